"""One decision for each candidate, each with one clear reason (programme section 4)."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from programme.facts.records import Client, PastMessage, Recipient
from programme.rules import tiers
from programme.rules.due import Occasion, due_occasions
from programme.rules.experiments import is_held_out
from programme.rules.recipient_day import RecipientDay
from programme.rules.recipient_day import allows_marketing as allows_marketing  # a rule, asked for where the rules are
from programme.rules.segments import segment_of
from programme.terms.kinds import MailKind
from programme.terms.schema import Programme
from programme.words.states import CLOSING_REASONS, Flow, HandFlow, MessageStatus, Outcome, Purpose, Reason

# Their mails pass through the whole table of section 4.
FLOWS_OF_THE_TABLE = frozenset({Flow.DAILY, Flow.WIN_BACK, HandFlow.CAMPAIGN})

DEFERRING_REASONS = frozenset(
    {
        Reason.OPEN_CASE,
        Reason.OVERDUE_INVOICE,
        Reason.RUNNING_PROJECT,
        Reason.OUTRANKED,
        Reason.FREQUENCY_CAP,
    }
)


class Decision(NamedTuple):
    """What became of a candidate on one day; `reason` is None for send, `tier` None without one."""

    as_of: date
    flow: str
    client_id: str
    recipient: str
    touchpoint: str
    occasion: str
    due_on: date
    closes_on: date
    outcome: Outcome
    reason: Reason | None
    segment: str
    tier: str | None
    priority: int
    project_id: str | None
    quote_id: str | None

    @property
    def status(self) -> MessageStatus | None:
        """Status of the message that the decision makes; None when it leaves the key open."""
        if self.outcome == Outcome.SEND:
            return MessageStatus.PLANNED
        return CLOSING_REASONS.get(self.reason) if self.reason else None


class Candidate(NamedTuple):
    """A client for whom an occasion of a kind of mail is due and its key is open."""

    client: Client
    kind: MailKind
    due: Occasion


def decide_recipient(
    programme: Programme,
    flow: Flow,
    recipient: Recipient,
    as_of: date,
    only: Mapping[str, Iterable[str]] | None = None,
) -> list[Decision]:
    """Judge all candidates of one recipient in their order; every decision sees those before it.

    Args:
        recipient: with its full message history; what is dated after `as_of` closes keys but counts for nothing.
        only: touchpoints to look at, by client id; None looks at all of the flow.
    """
    day = RecipientDay(programme, recipient, as_of)
    decisions = []
    for candidate in candidates(programme, flow, recipient, as_of, only):
        decision = judge(day, flow, candidate)
        decisions.append(decision)
        if decision.outcome == Outcome.SEND:
            day.messages.append(message_of(decision))
    return decisions


def candidates(
    programme: Programme,
    flow: Flow,
    recipient: Recipient,
    as_of: date,
    only: Mapping[str, Iterable[str]] | None = None,
) -> list[Candidate]:
    """The recipient's candidates in the order of judging."""
    closed = {(message.client_id, message.touchpoint, message.occasion) for message in recipient.messages}
    every, kinds = programme.touchpoints_of(flow), programme.kinds
    found = [
        Candidate(client, kinds[touchpoint_id], due)
        for client in recipient.clients
        for touchpoint_id in (every if only is None else only.get(client.client_id, ()))
        for due in due_occasions(programme, touchpoint_id, client, recipient, as_of)
        if (client.client_id, touchpoint_id, due.occasion) not in closed
    ]
    return sorted(found, key=_judging_order)


def recheck_reason(
    programme: Programme, kind: MailKind, recipient: Recipient, client: Client, as_of: date
) -> Reason | None:
    """Of rules 1 to 3 and 6 those that the kind asks, asked again when a message is claimed; None when it may go."""
    anything = Occasion("", as_of, as_of, as_of, None, None)  # none of these rules asks what the mail is about
    return _reason_among(
        _rules(kind.rules & ASKED_AGAIN), RecipientDay(programme, recipient, as_of), Candidate(client, kind, anything)
    )


def reason_against(day: RecipientDay, candidate: Candidate) -> Reason | None:
    """The first rule of its kind that stops a candidate; None when it may go."""
    return _reason_among(_rules(candidate.kind.rules), day, candidate)


def judge(day: RecipientDay, flow: str, candidate: Candidate) -> Decision:
    """What becomes of one candidate: the first rule that applies decides."""
    reason = reason_against(day, candidate)
    tier = tiers.tier_of(day.programme, candidate.client, day.as_of)
    return Decision(
        day.as_of,
        flow,
        candidate.client.client_id,
        day.recipient.address,
        candidate.kind.id,
        candidate.due.occasion,
        candidate.due.due_on,
        candidate.due.closes_on,
        _outcome_of(reason),
        reason,
        segment_of(day.programme, candidate.client, day.as_of),
        tier.id if tier else None,
        candidate.kind.priority,
        candidate.due.project_id,
        candidate.due.quote_id,
    )


def _outcome_of(reason: Reason | None) -> Outcome:
    if reason is None:
        return Outcome.SEND
    return Outcome.DEFER if reason in DEFERRING_REASONS else Outcome.SKIP


def _is_marketing(candidate: Candidate) -> bool:
    return candidate.kind.purpose == Purpose.MARKETING


def _has_no_address(day: RecipientDay, candidate: Candidate) -> bool:
    return not day.recipient.address or candidate.client.is_erased


def _is_suppressed(day: RecipientDay, candidate: Candidate) -> bool:
    stopped_by = candidate.kind.stopped_by
    return day.is_suppressed and (stopped_by is None or day.recipient.suppression_reason in stopped_by)


def _has_no_consent(day: RecipientDay, candidate: Candidate) -> bool:
    return _is_marketing(candidate) and not day.allows_marketing


def _is_superseded(day: RecipientDay, candidate: Candidate) -> bool:
    """A touchpoint that supersedes this one is due too, whatever its own decision and its key."""
    for other_id, superseding in day.programme.superseding.get(candidate.kind.id, ()):
        due = due_occasions(day.programme, other_id, candidate.client, day.recipient, day.as_of)
        if any(not superseding.same_occasion or found.occasion == candidate.due.occasion for found in due):
            return True
    return False


def _is_repeated(day: RecipientDay, candidate: Candidate) -> bool:
    repeat_days = candidate.kind.repeat_days
    if repeat_days is None:
        return False
    return day.was_mailed(day.as_of - timedelta(days=repeat_days - 1), day.as_of, candidate.kind.id)


def _has_open_case(day: RecipientDay, _candidate: Candidate) -> bool:
    return day.has_open_case


def _owes_an_invoice(day: RecipientDay, candidate: Candidate) -> bool:
    return _is_marketing(candidate) and day.owes_an_invoice


def _waits_for_project(day: RecipientDay, candidate: Candidate) -> bool:
    return candidate.kind.pause and day.has_running_project


def _is_outranked(day: RecipientDay, _candidate: Candidate) -> bool:
    """One mail a day a recipient, from whichever run."""
    return any(message.as_of == day.as_of and _counts_for_the_day(day, message) for message in day.mails)


def _counts_for_the_day(day: RecipientDay, message: PastMessage) -> bool:
    """As its kind says; of a kind that the programme no longer has, as the flow that made it."""
    kind = day.programme.kinds.get(message.touchpoint)
    return message.flow in FLOWS_OF_THE_TABLE if kind is None else kind.is_one_a_day


def _is_capped(day: RecipientDay, candidate: Candidate) -> bool:
    if not _is_marketing(candidate):
        return False
    first = day.as_of - timedelta(days=day.programme.caps.marketing_gap_days - 1)
    last = day.as_of - timedelta(days=1)
    return any(first <= message.as_of <= last and _counts_for_the_cap(day, message) for message in day.mails)


def _counts_for_the_cap(day: RecipientDay, message: PastMessage) -> bool:
    kind = day.programme.kinds.get(message.touchpoint)
    return kind is None or kind.is_of_cap


def _is_held_out(day: RecipientDay, candidate: Candidate) -> bool:
    return is_held_out(day.programme, candidate.kind.id, candidate.client.client_id, day.as_of)


Rule = tuple[Reason, Callable[[RecipientDay, Candidate], bool]]

# The first rule that applies decides; none of them means send.
RULES: tuple[Rule, ...] = (
    (Reason.NO_ADDRESS, _has_no_address),
    (Reason.SUPPRESSED, _is_suppressed),
    (Reason.NO_CONSENT, _has_no_consent),
    (Reason.SUPERSEDED, _is_superseded),
    (Reason.REPEATED, _is_repeated),
    (Reason.OPEN_CASE, _has_open_case),
    (Reason.OVERDUE_INVOICE, _owes_an_invoice),
    (Reason.RUNNING_PROJECT, _waits_for_project),
    (Reason.OUTRANKED, _is_outranked),
    (Reason.FREQUENCY_CAP, _is_capped),
    (Reason.HELD_OUT, _is_held_out),
)


# What may change between the plan and the wire, and must not be missed.
ASKED_AGAIN = frozenset({Reason.NO_ADDRESS, Reason.SUPPRESSED, Reason.NO_CONSENT, Reason.OPEN_CASE})


@cache
def _rules(asked: frozenset[Reason]) -> tuple[Rule, ...]:
    return tuple(rule for rule in RULES if rule[0] in asked)


def _reason_among(rules: tuple[Rule, ...], day: RecipientDay, candidate: Candidate) -> Reason | None:
    return next((reason for reason, applies in rules if applies(day, candidate)), None)


def order_of_judging(decision: Decision) -> tuple[int, date, str, str, str]:
    """The place of a decision among those of its recipient."""
    return (-decision.priority, decision.due_on, decision.client_id, decision.touchpoint, decision.occasion)


def _judging_order(candidate: Candidate) -> tuple[int, date, str, str, str]:
    return (
        -candidate.kind.priority,
        candidate.due.due_on,
        candidate.client.client_id,
        candidate.kind.id,
        candidate.due.occasion,
    )


def message_of(decision: Decision) -> PastMessage:
    """The message that a decision makes, as later rules see it; its status is the decision's, planned without one."""
    return PastMessage(
        decision.client_id,
        decision.recipient,
        decision.touchpoint,
        decision.occasion,
        decision.as_of,
        decision.status or MessageStatus.PLANNED,
        decision.flow,
    )
