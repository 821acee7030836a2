"""The table of section 4: the rules that can stop a mail, in their order, and when the temporary ones end.

Each rule is a test of one candidate on one day. Each kind of mail names the rules that apply to it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from programme.facts.projects import is_delivered
from programme.facts.records import Client, PastMessage, Recipient
from programme.rules.due import Occasion, due_occasions
from programme.rules.experiments import is_held_out
from programme.rules.recipient_day import RecipientDay
from programme.terms.kinds import MailKind
from programme.terms.schema import Programme
from programme.words.naming.names import says_death
from programme.words.states import Flow, HandFlow, Purpose, Reason

# Flows whose mails pass through the whole table of section 4.
FLOWS_OF_THE_TABLE = frozenset({Flow.DAILY, Flow.WIN_BACK, HandFlow.CAMPAIGN})


class Candidate(NamedTuple):
    """A client for whom an occasion of a kind of mail is due, and whose key is open."""

    client: Client
    kind: MailKind
    due: Occasion


def _is_marketing(candidate: Candidate) -> bool:
    return candidate.kind.purpose == Purpose.MARKETING


def _has_no_address(day: RecipientDay, candidate: Candidate) -> bool:
    return not day.recipient.address or candidate.client.is_erased or says_death(candidate.client.name)


def _is_suppressed(day: RecipientDay, candidate: Candidate) -> bool:
    stopped_by = candidate.kind.stopped_by
    return day.is_suppressed and (stopped_by is None or day.recipient.suppression_reason in stopped_by)


def _has_no_consent(day: RecipientDay, candidate: Candidate) -> bool:
    return _is_marketing(candidate) and not day.allows_marketing


def _is_not_wanted(day: RecipientDay, candidate: Candidate) -> bool:
    kind = candidate.kind
    return kind.topic in day.wanted.unwanted or (kind.until_built and day.is_built(candidate.due.project_id))


def _is_superseded(day: RecipientDay, candidate: Candidate) -> bool:
    return is_due_below(day.programme, candidate, day.recipient, day.as_of) or _goes_with_another(day, candidate)


def is_due_below(programme: Programme, candidate: Candidate, recipient: Recipient, as_of: date) -> bool:
    """Whether a touchpoint that supersedes this one is due too, whatever its own decision and its key."""
    for other_id, superseding in programme.superseding.get(candidate.kind.id, ()):
        due = due_occasions(programme, other_id, candidate.client, recipient, as_of)
        if any(not superseding.same_occasion or found.occasion == candidate.due.occasion for found in due):
            return True
    return False


def _goes_with_another(day: RecipientDay, candidate: Candidate) -> bool:
    """Whether the mail of a project delivered together with this one names this one as well."""
    if candidate.kind.anchor != "project_delivered":
        return False
    together = day.due_together(candidate.kind.id, candidate.due.due_on)
    return bool(together) and together[0] < (candidate.client.client_id, candidate.due.occasion)


def _is_repeated(day: RecipientDay, candidate: Candidate) -> bool:
    repeat_days = candidate.kind.repeat_days
    if repeat_days is None:
        return False
    return day.was_mailed(day.as_of - timedelta(days=repeat_days - 1), day.as_of, candidate.kind.id)


def _has_open_case(day: RecipientDay, _candidate: Candidate) -> bool:
    return day.has_open_case


def _has_no_delivery(day: RecipientDay, _candidate: Candidate) -> bool:
    return not any(is_delivered(project, day.as_of) for client in day.recipient.clients for project in client.projects)


def _was_surveyed(day: RecipientDay, _candidate: Candidate) -> bool:
    """Whether the recipient was asked for an opinion in the last days, by hand or by a touchpoint that is a survey."""
    first = day.as_of - timedelta(days=day.programme.care.survey_gap_days - 1)
    return any(day.was_mailed(first, day.as_of, kind.id) for kind in day.programme.kinds.values() if kind.is_survey)


def _owes_an_invoice(day: RecipientDay, candidate: Candidate) -> bool:
    return _is_marketing(candidate) and day.owes_an_invoice


def _is_paused(day: RecipientDay, candidate: Candidate) -> bool:
    until = day.wanted.paused_until
    return until is not None and day.as_of < until and _is_marketing(candidate)


def _waits_for_project(day: RecipientDay, candidate: Candidate) -> bool:
    return candidate.kind.pause and day.has_running_project


def _is_outranked(day: RecipientDay, _candidate: Candidate) -> bool:
    """One mail per recipient and day, whichever run sent it."""
    return any(_counts_for_the_day(day, message) for message in day.mails_of_today())


def _counts_for_the_day(day: RecipientDay, message: PastMessage) -> bool:
    """Whether the message counts for that rule: as its kind says.

    A kind that the programme no longer has is judged by the flow that made the message.
    """
    kind = day.programme.kinds.get(message.touchpoint)
    return message.flow in FLOWS_OF_THE_TABLE if kind is None else kind.is_one_a_day


def _is_capped(day: RecipientDay, candidate: Candidate) -> bool:
    return _latest_of_cap(day, candidate) is not None


def _latest_of_cap(day: RecipientDay, candidate: Candidate) -> date | None:
    """The day of the latest earlier mail that is too near; None when there is none.

    Any mail is too near for marketing; only a service mail is too near for a service mail.
    """
    first = day.as_of - timedelta(days=_gap_days(day, candidate) - 1)
    mailed = day.mailed_between(first, day.as_of - timedelta(days=1))
    return max((on for on, *mail in mailed if _counts_for_the_cap(day, candidate, *mail)), default=None)


def _gap_days(day: RecipientDay, candidate: Candidate) -> int:
    caps = day.programme.caps
    if not _is_marketing(candidate):
        return caps.service_gap_days
    return caps.less_often_gap_days if day.wanted.is_less_often else caps.marketing_gap_days


def _counts_for_the_cap(day: RecipientDay, candidate: Candidate, kind_id: str, purpose: str) -> bool:
    if not _is_marketing(candidate) and purpose != Purpose.SERVICE:
        return False
    kind = day.programme.kinds.get(kind_id)
    return kind is None or kind.is_of_cap


def _end_of_day(day: RecipientDay, _candidate: Candidate) -> date:
    return day.as_of + timedelta(days=1)


def _end_of_pause(day: RecipientDay, _candidate: Candidate) -> date:
    until = day.wanted.paused_until
    assert until is not None  # called only for a candidate that is paused
    return until


def _end_of_cap(day: RecipientDay, candidate: Candidate) -> date:
    latest = _latest_of_cap(day, candidate)
    assert latest is not None  # called only for a candidate that is capped
    return latest + timedelta(days=_gap_days(day, candidate))


def _is_held_out(day: RecipientDay, candidate: Candidate) -> bool:
    return is_held_out(day.programme, candidate.kind.id, candidate.client.client_id, day.as_of)


Rule = tuple[Reason, Callable[[RecipientDay, Candidate], bool]]

# The first rule that applies decides. When none applies, the mail is sent.
RULES: tuple[Rule, ...] = (
    (Reason.NO_ADDRESS, _has_no_address),
    (Reason.SUPPRESSED, _is_suppressed),
    (Reason.NO_CONSENT, _has_no_consent),
    (Reason.NOT_WANTED, _is_not_wanted),
    (Reason.NO_DELIVERY, _has_no_delivery),
    (Reason.SUPERSEDED, _is_superseded),
    (Reason.REPEATED, _is_repeated),
    (Reason.OPEN_CASE, _has_open_case),
    (Reason.SURVEY_BUDGET, _was_surveyed),
    (Reason.OVERDUE_INVOICE, _owes_an_invoice),
    (Reason.PAUSED, _is_paused),
    (Reason.RUNNING_PROJECT, _waits_for_project),
    (Reason.OUTRANKED, _is_outranked),
    (Reason.FREQUENCY_CAP, _is_capped),
    (Reason.HELD_OUT, _is_held_out),
)


# The rules that end by themselves, each with the first day on which it no longer applies.
_ENDS: Mapping[Reason, Callable[[RecipientDay, Candidate], date]] = {
    Reason.PAUSED: _end_of_pause,
    Reason.OUTRANKED: _end_of_day,
    Reason.FREQUENCY_CAP: _end_of_cap,
}

# Facts that may change between planning and sending, and that must not be missed.
ASKED_AGAIN = frozenset({Reason.NO_ADDRESS, Reason.SUPPRESSED, Reason.NO_CONSENT, Reason.NOT_WANTED, Reason.OPEN_CASE})


@cache
def _rules(asked: frozenset[Reason]) -> tuple[Rule, ...]:
    return tuple(rule for rule in RULES if rule[0] in asked)


def stopping_reasons(day: RecipientDay, candidate: Candidate, asked: frozenset[Reason]) -> Iterator[Reason]:
    """The rules of `asked` that stop the candidate, in the order of the table.

    Lazy: a rule is tested only when the caller reads that far.
    """
    return (reason for reason, applies in _rules(asked) if applies(day, candidate))


def end_of(day: RecipientDay, candidate: Candidate, reasons: Iterable[Reason]) -> date | None:
    """The first day on which none of these rules stops the candidate any more, as far as they end by themselves.

    None when none of them does.
    """
    return max((_ENDS[reason](day, candidate) for reason in reasons if reason in _ENDS), default=None)
