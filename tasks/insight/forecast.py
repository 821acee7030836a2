"""The calendar of mails to come: the forecast of every client, on the facts known on the first day."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import Engine

from models.database.engine import reading
from programme.facts.known import known_at
from programme.facts.records import Recipient
from programme.insight.calendar.mail_calendar import Agenda
from programme.insight.simulated_runs import Horizon
from programme.rules.decide import Decision
from programme.terms.schema import Programme
from tasks.clients.audience import read_recipients
from tasks.clients.pages import read_pages

Progress = Callable[[int], None]
"""Called with the number of clients done since the last call."""

AGENDA_HEADER = ("day", "flow", "touchpoint", "label", "send", "defer")


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
    keys and counts for the caps, and is not counted again.

    Args:
        with_people: keep the client ids of every mail as well, in the order of the ids.
    """
    agenda = Agenda(programme, first, first + timedelta(days=days - 1))
    if with_people:
        agenda.people = {}
    for decisions in decisions_ahead(engine, Horizon(programme, first, agenda.last), progress):
        agenda.add(decisions)
    return agenda


def decisions_ahead(engine: Engine, horizon: Horizon, progress: Progress | None = None) -> Iterator[Iterator[Decision]]:
    """The decisions of the horizon about each recipient, in order of day, page after page of recipients."""
    for client_ids in read_pages(engine):
        with reading(engine) as connection:
            recipients = read_recipients(connection, horizon.programme, client_ids, horizon.first)
        for recipient in recipients:
            yield horizon.decisions_of(known_on(recipient, horizon.first))
        if progress:
            progress(len(client_ids))


def agenda_rows(agenda: Agenda) -> Iterator[tuple[str | int, ...]]:
    """The cells that are not zero, as rows under AGENDA_HEADER."""
    for cell in agenda.cells():
        label = agenda.programme.kinds[cell.touchpoint].label
        yield cell.day.isoformat(), cell.flow, cell.touchpoint, label, cell.send, cell.defer


def known_on(recipient: Recipient, day: date) -> Recipient:
    """The recipient as the look ahead from that day sees it: no later fact, and the messages up to that day."""
    messages = tuple(message for message in recipient.messages if message.as_of <= day)
    return replace(known_at(recipient, day), messages=messages)
