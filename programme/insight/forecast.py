"""The forecast for one recipient: the runs of the days to come, with the facts known today and nothing new."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from programme.facts.known import known_at
from programme.facts.projects import counted
from programme.facts.records import Client, Recipient
from programme.insight.simulated_runs import Horizon
from programme.rules.conditions import Occurrence, holds
from programme.rules.decide import Decision
from programme.rules.due import Occasion, occasions
from programme.rules.left_over import Foreseen
from programme.terms.schema import Programme, Touchpoint
from programme.words.states import Flow, Outcome

NOTHING_LEFT = Foreseen((), date.min)
WANTS_TARGET = "target"  # stands for the rule that a cross-sell is due only until its target is ordered
ALREADY_MAILED = "already_mailed"  # stands for a key closed before its window, because the CRM moved the date
TAKEN_FOR_GRANTED = frozenset({"tier_at_least"})  # not reported: nobody expects a mail about a tier without one


class Spell(NamedTuple):
    """Consecutive days on which an occasion got the same decision; `reason` is None for send."""

    outcome: Outcome
    reason: str | None
    first_on: date
    last_on: date


class Prospect(NamedTuple):
    """An occasion that runs in the days to come will judge, with the decision of each run.

    Attributes:
        send_on: the day on which it would go out; None when it would not go in the days looked at.
        spells: in order of day.
    """

    client_id: str
    touchpoint: str
    occasion: str
    due_on: date
    closes_on: date
    send_on: date | None
    spells: tuple[Spell, ...]


class NotDue(NamedTuple):
    """An occasion whose window is open in the days to come, but which no run judges because a condition fails.

    Attributes:
        condition: its name in the programme file, WANTS_TARGET or ALREADY_MAILED.
    """

    client_id: str
    touchpoint: str
    occasion: str
    due_on: date
    closes_on: date
    condition: str


class Forecast(NamedTuple):
    """The prospects in order of their first day, and the occasions not due in order of `due_on`."""

    prospects: tuple[Prospect, ...]
    not_due: tuple[NotDue, ...]


def forecast(
    programme: Programme, recipient: Recipient, as_of: date, days: int, left_over: Foreseen = NOTHING_LEFT
) -> Forecast:
    """What the runs of `as_of` and of the `days` days after it would decide, daily before win-back.

    It assumes that nothing else happens: no order, no answer, no feedback. Messages already in the log close their
    keys.

    Args:
        recipient: with the facts read for `as_of`; later facts are ignored.
        left_over: what earlier runs left planned, which the runs of `as_of` take up.
    """
    known = left_over.seen_by(known_at(recipient, as_of))
    span = [as_of + timedelta(days=number) for number in range(days + 1)]
    taken_up = [decision for flow in Flow for decision in left_over.decisions_of(known, flow)]
    decisions = [*taken_up, *Horizon(programme, span[0], span[-1]).decisions_of(known)]
    judged = {(decision.client_id, decision.touchpoint, decision.occasion) for decision in decisions}
    closed = {(message.client_id, message.touchpoint, message.occasion) for message in recipient.messages}
    mailed = _mailed_before(programme, known, span)
    not_due = {(each.client_id, each.touchpoint, each.occasion): each for each in mailed}
    for missed in _missed(programme, known, span):
        key = (missed.client_id, missed.touchpoint, missed.occasion)
        if key not in judged and key not in closed and missed.condition not in TAKEN_FOR_GRANTED:
            not_due.setdefault(key, missed)
    return Forecast(
        _prospects(decisions), tuple(sorted(not_due.values(), key=lambda each: (each.due_on, each.touchpoint)))
    )


def _prospects(decisions: list[Decision]) -> tuple[Prospect, ...]:
    grouped: dict[tuple[str, str, str], list[Decision]] = {}
    for decision in decisions:
        grouped.setdefault((decision.client_id, decision.touchpoint, decision.occasion), []).append(decision)
    return tuple(_prospect(group) for group in grouped.values())


def _prospect(decisions: list[Decision]) -> Prospect:
    first = decisions[0]
    sent = (decision.as_of for decision in decisions if decision.outcome == Outcome.SEND)
    return Prospect(
        first.client_id,
        first.touchpoint,
        first.occasion,
        first.due_on,
        first.closes_on,
        next(sent, None),
        spells_of((decision.as_of, decision.outcome, decision.reason) for decision in decisions),
    )


def spells_of(answers: Iterator[tuple[date, Outcome, str | None]]) -> tuple[Spell, ...]:
    """Consecutive equal decisions merged into spells; `answers` must be in order of day."""
    spells: list[Spell] = []
    for day, outcome, reason in answers:
        if spells and (spells[-1].outcome, spells[-1].reason) == (outcome, reason):
            spells[-1] = spells[-1]._replace(last_on=day)
        else:
            spells.append(Spell(outcome, reason, day, day))
    return tuple(spells)


def _missed(programme: Programme, recipient: Recipient, span: list[date]) -> Iterator[NotDue]:
    """The occasions whose window is open on some day of the span while a condition fails on that day."""
    for client in recipient.clients:
        for touchpoint_id, touchpoint in programme.touchpoints.items():
            for day in span if touchpoint.active else ():
                for occasion in occasions(programme, touchpoint_id, client, recipient, day):
                    if not occasion.due_on <= day <= occasion.closes_on:
                        continue
                    if condition := failing_condition(programme, touchpoint, client, recipient, occasion, day):
                        yield NotDue(
                            client.client_id,
                            touchpoint_id,
                            occasion.occasion,
                            occasion.due_on,
                            occasion.closes_on,
                            condition,
                        )


def _mailed_before(programme: Programme, recipient: Recipient, span: list[date]) -> Iterator[NotDue]:
    """Occasions that come due again although their mail went before their window, because the CRM corrected a date."""
    owner = {client.client_id: client for client in recipient.clients}
    for message in recipient.messages:
        if message.client_id not in owner or message.touchpoint not in programme.touchpoints or not message.counts:
            continue
        client = owner[message.client_id]
        for each in occasions(programme, message.touchpoint, client, recipient, span[-1]):
            comes = each.due_on <= span[-1] and each.closes_on >= span[0]
            if each.occasion == message.occasion and comes and message.as_of < each.due_on:
                yield NotDue(
                    client.client_id, message.touchpoint, each.occasion, each.due_on, each.closes_on, ALREADY_MAILED
                )


def failing_condition(
    programme: Programme, touchpoint: Touchpoint, client: Client, recipient: Recipient, occasion: Occasion, as_of: date
) -> str | None:
    """The name of the first condition that the occasion fails on that day; None when it meets all of them."""
    if touchpoint.target and any(project.type == touchpoint.target for project in counted(client.projects, as_of)):
        return WANTS_TARGET
    occurrence = Occurrence(
        programme,
        recipient,
        client,
        occasion.anchor_on,
        occasion.occasion,
        next((each for each in client.projects if each.project_id == occasion.project_id), None),
        next((each for each in client.quotes if each.quote_id == occasion.quote_id), None),
        as_of,
    )
    failing = (condition for condition in touchpoint.conditions if not holds(condition, occurrence))
    return next((condition.name for condition in failing), None)
