"""One decision for each candidate, with its one reason (programme section 4)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from programme.facts.records import Client, PastMessage, Recipient
from programme.rules.closed_keys import ClosedKeys
from programme.rules.due import Occasion, due_occasions
from programme.rules.groups import tiers
from programme.rules.groups.segments import segment_of
from programme.rules.recipient_day import RecipientDay, day_of
from programme.rules.recipient_day import allows_marketing as allows_marketing  # a rule, asked for where the rules are
from programme.rules.table import ASKED_AGAIN as ASKED_AGAIN
from programme.rules.table import Candidate as Candidate
from programme.rules.table import end_of, stopping_reasons
from programme.terms.kinds import MailKind
from programme.terms.schema import Programme
from programme.words.naming.names import says_death
from programme.words.states import CLOSING_REASONS, Flow, MessageStatus, Outcome, Purpose, Reason

# Reasons that may pass, so the candidate is judged again on the next day of its window. All others are skips.
DEFERRING_REASONS = frozenset(
    {
        Reason.OPEN_CASE,
        Reason.OVERDUE_INVOICE,
        Reason.PAUSED,
        Reason.RUNNING_PROJECT,
        Reason.OUTRANKED,
        Reason.FREQUENCY_CAP,
    }
)


class Decision(NamedTuple):
    """What a run decides for a candidate on one day; `reason` is None for a send, `tier` is None for no tier.

    Attributes:
        also: the other rules that would stop the mail too, in the order of the table.
        until: the first day on which none of the rules that end by themselves (paused, outranked, frequency_cap) stops
            it any more; None when none of them stops it now.
    """

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
    purpose: Purpose = Purpose.MARKETING
    also: tuple[Reason, ...] = ()
    until: date | None = None

    @property
    def status(self) -> MessageStatus | None:
        """The status of the message that the decision makes; None when it leaves the key open."""
        if self.outcome == Outcome.SEND:
            return MessageStatus.PLANNED
        return CLOSING_REASONS.get(self.reason) if self.reason else None


def decide_recipient(
    programme: Programme,
    flow: Flow,
    recipient: Recipient,
    as_of: date,
    only: Mapping[str, Iterable[str]] | None = None,
) -> list[Decision]:
    """Judge all candidates of one recipient in their order; each decision sees those before it.

    Args:
        recipient: with its full message history; a message dated after `as_of` closes its key but counts for nothing.
        only: touchpoints to consider, by client id; None considers all touchpoints of the flow.
    """
    return judge_in_turn(programme, flow, recipient, as_of, candidates(programme, flow, recipient, as_of, only))


def judge_in_turn(
    programme: Programme, flow: Flow, recipient: Recipient, as_of: date, every: Iterable[Candidate]
) -> list[Decision]:
    """Judge these candidates of one recipient, in the order of judging."""
    day = RecipientDay(programme, recipient, as_of)
    decisions = []
    for candidate in every:
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
    """The recipient's candidates in the order of judging; a client noted as deceased has none."""
    every, kinds = programme.touchpoints_of(flow), programme.kinds
    found = [
        Candidate(client, kinds[touchpoint_id], due)
        for client in recipient.clients
        if not says_death(client.name)
        for touchpoint_id in (every if only is None else only.get(client.client_id, ()))
        for due in due_occasions(programme, touchpoint_id, client, recipient, as_of)
    ]
    if found and recipient.messages:
        closed = ClosedKeys(recipient)
        found = [each for each in found if not closed.has(each.client.client_id, each.kind.id, each.due)]
    return sorted(found, key=_judging_order)


def recheck_reason(
    programme: Programme, kind: MailKind, recipient: Recipient, client: Client, as_of: date, occasion: str = ""
) -> Reason | None:
    """The rule that stops a planned message when it is claimed; None when the message may go.

    Only those of rules 1, 2, 3, 3b and 6 are checked that apply to its kind. Of its occasion they see the project.
    """
    project_id = occasion if kind.anchor == "project_delivered" else None
    candidate = Candidate(client, kind, Occasion(occasion, as_of, as_of, as_of, project_id, None))
    return next(stopping_reasons(day_of(programme, recipient, as_of), candidate, kind.rules & ASKED_AGAIN), None)


def reason_against(day: RecipientDay, candidate: Candidate) -> Reason | None:
    """The first rule of the candidate's kind that stops it; None when it may go."""
    return next(stopping_reasons(day, candidate, candidate.kind.rules), None)


def judge(day: RecipientDay, flow: str, candidate: Candidate) -> Decision:
    """The decision about one candidate: the first rule that applies decides."""
    reason = reason_against(day, candidate)
    also, until = _beside(day, candidate, reason) if reason else ((), None)
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
        candidate.kind.purpose,
        also,
        until,
    )


def same_for(decision: Decision, address: str, candidate: Candidate) -> Decision:
    """The same decision about the candidate of another recipient who is alike."""
    client, _, due = candidate
    return Decision(
        decision.as_of,
        decision.flow,
        client.client_id,
        address,
        decision.touchpoint,
        due.occasion,
        due.due_on,
        due.closes_on,
        decision.outcome,
        decision.reason,
        decision.segment,
        decision.tier,
        decision.priority,
        due.project_id,
        due.quote_id,
        decision.purpose,
        decision.also,
        decision.until,
    )


def _beside(day: RecipientDay, candidate: Candidate, first: Reason) -> tuple[tuple[Reason, ...], date | None]:
    """The other rules that stop the candidate, and the day on which all temporary ones (`first` included) end."""
    stopping = list(stopping_reasons(day, candidate, candidate.kind.rules))
    return tuple(reason for reason in stopping if reason != first), end_of(day, candidate, stopping)


def _outcome_of(reason: Reason | None) -> Outcome:
    if reason is None:
        return Outcome.SEND
    return Outcome.DEFER if reason in DEFERRING_REASONS else Outcome.SKIP


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
    """The message that a decision makes, as later rules see it.

    Its status is the decision's own, or planned when the decision makes no message.
    """
    return PastMessage(
        decision.client_id,
        decision.recipient,
        decision.touchpoint,
        decision.occasion,
        decision.as_of,
        decision.status or MessageStatus.PLANNED,
        decision.flow,
        decision.purpose,
    )
