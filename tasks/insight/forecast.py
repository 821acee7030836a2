"""The calendar of mails to come: the forecast of every client, on the facts known on the first day."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain
from typing import NamedTuple

from sqlalchemy import Engine

from models.database.engine import reading
from programme.facts.known import known_at
from programme.facts.records import Recipient
from programme.figures.families.rates import Estimate, estimate_of, exactly
from programme.insight.calendar.mail_calendar import Agenda
from programme.insight.simulated_runs import Horizon
from programme.rules.decide import Decision
from programme.terms.schema import Programme
from programme.words.states import Flow, Outcome
from tasks.clients.facts.audience import read_recipients
from tasks.clients.pages import count_recipients, read_pages, read_part
from tasks.runs.taking_up.judging_again import foresee_left_over

Progress = Callable[[int], None]
"""Called with the number of clients done since the last call."""

PART = 20_000  # recipients; what one in a hundred of them gets is known to 14 %, in under a minute

AGENDA_HEADER = ("day", "flow", "touchpoint", "label", "send", "defer")


class Expected(NamedTuple):
    """Clients to whom a touchpoint will come, each once.

    Attributes:
        asked: so many recipients stand for all; None where everybody was asked.
    """

    clients: Estimate
    asked: int | None


def forecast_mails(
    engine: Engine,
    programme: Programme,
    first: date,
    days: int,
    progress: Progress | None = None,
    with_people: bool = False,
) -> Agenda:
    """The counts of the daily and win-back runs of `days` days from `first` on; nothing is written.

    Facts and messages dated after `first` are ignored. What a run of `first` has sent already is history: it closes its
    keys and counts for the caps, and is not counted again. What it would take up of earlier runs is counted.

    Args:
        with_people: keep the client ids of every mail as well, in the order of the ids.
    """
    agenda = Agenda(programme, first, first + timedelta(days=days - 1))
    if with_people:
        agenda.people = {}
    for decisions in decisions_ahead(engine, Horizon(programme, first, agenda.last), progress):
        agenda.add(decisions)
    return agenda


def expect_clients(engine: Engine, programme: Programme, touchpoint: str, first: date, days: int) -> Expected:
    """How many clients get the touchpoint in these days; of a large base it asks a part and takes it for all."""
    if touchpoint not in programme.touchpoints:
        return Expected(exactly(0), None)  # a campaign: no run of these days begins one
    recipients, horizon = count_recipients(engine), Horizon(programme, first, first + timedelta(days=days - 1))
    asked = found = 0
    for known in _known(engine, horizon, read_part(engine, recipients, PART)):
        asked += 1
        decisions = horizon.decisions_of(known) if horizon.asks(known, touchpoint) else ()
        sends = (each for each in decisions if each.touchpoint == touchpoint and each.outcome is Outcome.SEND)
        found += len({each.client_id for each in sends})
    return Expected(estimate_of(found, asked, recipients), asked if asked < recipients else None)


def decisions_ahead(engine: Engine, horizon: Horizon, progress: Progress | None = None) -> Iterator[Iterator[Decision]]:
    """The decisions of the horizon about each recipient, in order of day, page after page of recipients.

    What earlier runs left planned is taken up on the first day, as its runs would do.
    """
    left_over = foresee_left_over(engine, horizon.programme, horizon.first)
    for recipient in _known(engine, horizon, read_pages(engine), progress):
        taken_up = (decision for flow in Flow for decision in left_over.decisions_of(recipient, flow))
        yield chain(taken_up, horizon.decisions_of(left_over.seen_by(recipient)))


def agenda_rows(agenda: Agenda) -> Iterator[tuple[str | int, ...]]:
    """The cells that are not zero, as rows under AGENDA_HEADER."""
    for cell in agenda.cells():
        label = agenda.programme.kinds[cell.touchpoint].label
        yield cell.day.isoformat(), cell.flow, cell.touchpoint, label, cell.send, cell.defer


def known_on(recipient: Recipient, day: date) -> Recipient:
    """The recipient as the look ahead from that day sees it: no later fact, and the messages up to that day."""
    messages = tuple(message for message in recipient.messages if message.as_of <= day)
    return replace(known_at(recipient, day), messages=messages)


def _known(
    engine: Engine, horizon: Horizon, pages: Iterable[list[str]], progress: Progress | None = None
) -> Iterator[Recipient]:
    """Each recipient of these client ids as the horizon's first day sees it."""
    for client_ids in pages:
        with reading(engine) as connection:
            recipients = read_recipients(connection, horizon.programme, client_ids, horizon.first)
        for recipient in recipients:
            yield known_on(recipient, horizon.first)
        if progress:
            progress(len(client_ids))
