"""The forecast of everybody, worked out beforehand and kept: for a large base it takes minutes, and its page must not.

The flow `housekeeping` keeps one every night; the desk does when there is none, or when it is old.
"""

import time
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from math import ceil
from typing import NamedTuple
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, Engine, FromClause, case, delete, func, insert, or_, select, update

from models.database.bulk import insert_rows
from models.database.clock import aware
from models.database.engine import reading, writing
from models.present import clients, projects
from models.tables import answers, campaigns, consent_history, forecast_mails, forecasts, runs
from programme.insight.calendar.mail_calendar import Agenda
from programme.insight.calendar.stored_agenda import read_agenda, written_agenda
from programme.insight.simulated_runs import Horizon
from programme.rules.decide import Decision
from programme.terms.digest import digest_of
from programme.terms.schema import Programme
from programme.words.states import Outcome
from tasks.insight.forecast import decisions_ahead

DAYS = 90
PART_ROWS = 20_000  # written at a time, so that on SQLite webhooks and pages wait no longer than a second
MAIL_COLUMNS = ("forecast_id", "day", "touchpoint", "client_id")


class KeptForecast(NamedTuple):
    """What was kept.

    Attributes:
        agenda: from today on; it ends DAYS after the day on which it was worked out.
        is_of_programme: whether it was worked out with the programme as it is now.
    """

    forecast_id: str
    as_of: date
    made_at: datetime
    took: timedelta
    agenda: Agenda
    is_of_programme: bool


class News(NamedTuple):
    """What came in since a forecast was made.

    Attributes:
        clients, projects: so many more than there were; less than 0 where there are fewer.
        choices: of consent, topics and the lists of addresses that get no mail.
    """

    clients: int
    projects: int
    answers: int
    choices: int
    campaigns: int
    runs: int


def keep_forecast(engine: Engine, programme: Programme, as_of: date, now: datetime) -> str:
    """Work out the forecast from `as_of` on and keep it in the place of the one before; returns its id.

    Safe to repeat. One that was broken off counts for nothing, and goes with the next.
    """
    forecast_id, began = uuid4().hex, time.monotonic()
    with writing(engine) as connection:
        counts = {"clients": _count(connection, clients), "projects": _count(connection, projects)}
        made = {"forecast_id": forecast_id, "as_of": as_of, "programme": digest_of(programme), "made_at": now}
        connection.execute(insert(forecasts).values(**made, **counts, took_seconds=0, counts=""))
    agenda = Agenda(programme, as_of, as_of + timedelta(days=DAYS - 1))
    rows: list[tuple[str, date, str, str]] = []
    for decisions in decisions_ahead(engine, Horizon(programme, agenda.first, agenda.last)):
        agenda.add(_noting(decisions, rows, forecast_id))
        if len(rows) >= PART_ROWS:
            _write_mails(engine, rows)
    _write_mails(engine, rows)
    took = ceil(time.monotonic() - began)
    with writing(engine) as connection:
        done = {"finished_at": now + timedelta(seconds=took), "took_seconds": took, "counts": written_agenda(agenda)}
        connection.execute(update(forecasts).where(forecasts.c.forecast_id == forecast_id).values(**done))
    _forget_before(engine, forecast_id, now)
    return forecast_id


def read_forecast(engine: Engine, programme: Programme, today: date) -> KeptForecast | None:
    """The latest forecast that has days from today on; None when there is none."""
    own = forecasts.c
    query = select(forecasts).where(own.finished_at.is_not(None), own.as_of > today - timedelta(days=DAYS))
    with reading(engine) as connection:
        row = connection.execute(query.order_by(own.made_at.desc(), own.forecast_id)).first()
    if row is None:
        return None
    agenda = read_agenda(row.counts, programme, row.as_of, DAYS, today)
    took, is_same = timedelta(seconds=row.took_seconds), row.programme == digest_of(programme)
    return KeptForecast(row.forecast_id, row.as_of, aware(row.made_at), took, agenda, is_same)


def list_people(
    engine: Engine, forecast: KeptForecast, day: date, touchpoints: Sequence[str], first: int, rows: int
) -> list[tuple[str, str]]:
    """(client id, touchpoint) of who gets a mail on the day, in the order of `touchpoints`, then of the ids."""
    own = forecast_mails.c
    place = case({name: number for number, name in enumerate(touchpoints)}, value=own.touchpoint)
    query = (
        select(own.client_id, own.touchpoint)
        .where(own.forecast_id == forecast.forecast_id, own.day == day, own.touchpoint.in_(touchpoints))
        .order_by(place, own.client_id)
    )
    with reading(engine) as connection:
        return [(row.client_id, row.touchpoint) for row in connection.execute(query.offset(first).limit(rows))]


def read_news(engine: Engine, forecast: KeptForecast) -> News:
    """What came in since it was made."""
    since = forecast.made_at
    with reading(engine) as connection:
        row = connection.execute(
            select(forecasts.c.clients, forecasts.c.projects).where(forecasts.c.forecast_id == forecast.forecast_id)
        ).one()
        return News(
            _count(connection, clients) - row.clients,
            _count(connection, projects) - row.projects,
            _count(connection, answers, answers.c.answered_at > since),
            _count(connection, consent_history, consent_history.c.changed_at > since),
            _count(connection, campaigns, campaigns.c.created_at > since),
            _count(connection, runs, runs.c.started_at > since, runs.c.mode == "send", runs.c.finished_at.is_not(None)),
        )


def _count(connection: Connection, table: FromClause, *only: ColumnElement[bool]) -> int:
    return connection.execute(select(func.count()).select_from(table).where(*only)).scalar_one()


def _noting(
    decisions: Iterator[Decision], rows: list[tuple[str, date, str, str]], forecast_id: str
) -> Iterator[Decision]:
    for decision in decisions:
        if decision.outcome == Outcome.SEND:
            rows.append((forecast_id, decision.as_of, decision.touchpoint, decision.client_id))
        yield decision


def _write_mails(engine: Engine, rows: list[tuple[str, date, str, str]]) -> None:
    with writing(engine) as connection:
        insert_rows(connection, forecast_mails, MAIL_COLUMNS, rows, ignore_existing=True)
    rows.clear()


def _forget_before(engine: Engine, forecast_id: str, now: datetime) -> None:
    """Remove the others, in parts; one that somebody began after this one is theirs."""
    own, mails = forecasts.c, forecast_mails.c
    is_other = or_(own.made_at < now, own.finished_at.is_not(None))
    with reading(engine) as connection:
        others = list(connection.scalars(select(own.forecast_id).where(own.forecast_id != forecast_id, is_other)))
        days = {
            other: list(connection.scalars(select(mails.day).where(mails.forecast_id == other).distinct()))
            for other in others
        }
    for other in others:
        for day in days[other]:
            with writing(engine) as connection:
                connection.execute(delete(forecast_mails).where(mails.forecast_id == other, mails.day == day))
        with writing(engine) as connection:
            connection.execute(delete(forecasts).where(own.forecast_id == other))
