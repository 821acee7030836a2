"""One decision for each candidate, each with one clear reason (programme section 4)."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from programme.facts.records import Client, PastMessage, Recipient
from programme.rules import tiers
from programme.rules.due import Occasion, due_occasions
from programme.rules.experiments import is_held_out
from programme.rules.recipient_day import RecipientDay
from programme.rules.recipient_day import allows_marketing as allows_marketing  # a rule, asked for where the rules are
from programme.rules.segments import segment_of
from programme.terms.schema import CampaignTemplate, Programme, Touchpoint
from programme.words.states import CLOSING_REASONS, AnyFlow, Flow, HandFlow, MessageStatus, Outcome, Purpose, Reason

# Mails of a case, of the referral programme and of surveys by hand stand outside "one mail a day".
FLOWS_OF_ONE_A_DAY = frozenset({Flow.DAILY, Flow.WIN_BACK, HandFlow.CAMPAIGN})

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
    flow: AnyFlow
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
    """A client for whom an occasion of a touchpoint is due and its key is open."""

    client: Client
    touchpoint_id: str
    touchpoint: Touchpoint | CampaignTemplate
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
            day.messages.append(_message_of(decision))
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
    every = programme.touchpoints_of(flow)
    found = [
        Candidate(client, touchpoint_id, every[touchpoint_id], due)
        for client in recipient.clients
        for touchpoint_id in (every if only is None else only.get(client.client_id, ()))
        for due in due_occasions(programme, touchpoint_id, client, recipient, as_of)
        if (client.client_id, touchpoint_id, due.occasion) not in closed
    ]
    return sorted(found, key=_judging_order)


def recheck_reason(
    programme: Programme, purpose: Purpose, recipient: Recipient, client: Client, as_of: date
) -> Reason | None:
    """Rules 1 to 3 and 6, asked again when a message is claimed for sending; None when it may go."""
    day = RecipientDay(programme, recipient, as_of)
    if not recipient.address or client.is_erased:
        return Reason.NO_ADDRESS
    if day.is_suppressed:
        return Reason.SUPPRESSED
    if purpose == Purpose.MARKETING and not day.allows_marketing:
        return Reason.NO_CONSENT
    return Reason.OPEN_CASE if day.has_open_case else None


def judge(day: RecipientDay, flow: AnyFlow, candidate: Candidate) -> Decision:
    """What becomes of one candidate: the first rule that applies decides."""
    reason = next((reason for reason, applies in RULES if applies(day, candidate)), None)
    tier = tiers.tier_of(day.programme, candidate.client, day.as_of)
    return Decision(
        day.as_of,
        flow,
        candidate.client.client_id,
        day.recipient.address,
        candidate.touchpoint_id,
        candidate.due.occasion,
        candidate.due.due_on,
        candidate.due.closes_on,
        _outcome_of(reason),
        reason,
        segment_of(day.programme, candidate.client, day.as_of),
        tier.id if tier else None,
        candidate.touchpoint.priority,
        candidate.due.project_id,
        candidate.due.quote_id,
    )


def _outcome_of(reason: Reason | None) -> Outcome:
    if reason is None:
        return Outcome.SEND
    return Outcome.DEFER if reason in DEFERRING_REASONS else Outcome.SKIP


def _is_marketing(candidate: Candidate) -> bool:
    return candidate.touchpoint.purpose == Purpose.MARKETING


def _has_no_address(day: RecipientDay, candidate: Candidate) -> bool:
    return not day.recipient.address or candidate.client.is_erased


def _is_suppressed(day: RecipientDay, _candidate: Candidate) -> bool:
    return day.is_suppressed


def _has_no_consent(day: RecipientDay, candidate: Candidate) -> bool:
    return _is_marketing(candidate) and not day.allows_marketing


def _is_superseded(day: RecipientDay, candidate: Candidate) -> bool:
    """A touchpoint that supersedes this one is due too, whatever its own decision and its key."""
    for other_id, superseding in day.programme.superseding.get(candidate.touchpoint_id, ()):
        due = due_occasions(day.programme, other_id, candidate.client, day.recipient, day.as_of)
        if any(not superseding.same_occasion or found.occasion == candidate.due.occasion for found in due):
            return True
    return False


def _is_repeated(day: RecipientDay, candidate: Candidate) -> bool:
    repeat_days = candidate.touchpoint.repeat_days
    if repeat_days is None:
        return False
    return day.was_mailed(day.as_of - timedelta(days=repeat_days - 1), day.as_of, candidate.touchpoint_id)


def _has_open_case(day: RecipientDay, _candidate: Candidate) -> bool:
    return day.has_open_case


def _owes_an_invoice(day: RecipientDay, candidate: Candidate) -> bool:
    return _is_marketing(candidate) and day.owes_an_invoice


def _waits_for_project(day: RecipientDay, candidate: Candidate) -> bool:
    return candidate.touchpoint.pause and day.has_running_project


def _is_outranked(day: RecipientDay, _candidate: Candidate) -> bool:
    """One mail a day a recipient, from whichever run."""
    return any(message.as_of == day.as_of and message.flow in FLOWS_OF_ONE_A_DAY for message in day.messages)


def _is_capped(day: RecipientDay, candidate: Candidate) -> bool:
    gap_days = day.programme.caps.marketing_gap_days
    first = day.as_of - timedelta(days=gap_days - 1)
    return _is_marketing(candidate) and day.was_mailed(first, day.as_of - timedelta(days=1))


def _is_held_out(day: RecipientDay, candidate: Candidate) -> bool:
    return is_held_out(day.programme, candidate.touchpoint_id, candidate.client.client_id, day.as_of)


# The first rule that applies decides; none of them means send.
RULES: tuple[tuple[Reason, Callable[[RecipientDay, Candidate], bool]], ...] = (
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


def _judging_order(candidate: Candidate) -> tuple[int, date, str, str, str]:
    return (
        -candidate.touchpoint.priority,
        candidate.due.due_on,
        candidate.client.client_id,
        candidate.touchpoint_id,
        candidate.due.occasion,
    )


def _message_of(decision: Decision) -> PastMessage:
    return PastMessage(
        decision.client_id,
        decision.recipient,
        decision.touchpoint,
        decision.occasion,
        decision.as_of,
        MessageStatus.PLANNED,
        decision.flow,
    )
