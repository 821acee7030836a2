"""Rows as the driver gives them, where SQLAlchemy would take longer to convert them than the database to find them.

Here clients and projects are made of the columns of a row, whether SQLAlchemy converted them or not.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Executable

from models import present
from programme.facts.records import Client, Feedback, Invoice, Project, Quote, WonReferral
from programme.words.dates import day_from

CLIENT = present.clients.c[
    "client_id", "recipient", "name", "kind", "consent", "channel", "id_crc32", "erased_on", "phone_consent",
    "tracking_consent",
]  # fmt: skip
PROJECT = [present.projects.c[name] for name in Project._fields]


def read_rows(connection: Connection, query: Executable, given: Mapping[str, Any] | None = None) -> list[Sequence[Any]]:
    """All rows of a query with these parameters; on SQLite dates are ISO text and truth is a number."""
    cursor: Any = connection.execute(query, given).cursor
    return list(cursor.fetchall())


def make_client(
    columns: Sequence[Any],
    projects: Iterable[Project],
    feedback: Iterable[Feedback] = (),
    quotes: Iterable[Quote] = (),
    invoices: Iterable[Invoice] = (),
    won_referrals: Iterable[WonReferral] = (),
    last_activity_on: date | None = None,
) -> Client:
    """A client from the columns of CLIENT and its code, which may be None, with its facts."""
    client_id, address, name, kind, consent, channel, number, erased_on, by_phone, tracked, code = columns
    return Client(
        client_id,
        address,
        name,
        kind,
        consent,
        channel,
        number,
        erased_on is not None,
        _bool_of(by_phone),
        _bool_of(tracked),
        tuple(projects),
        tuple(feedback),
        tuple(quotes),
        tuple(invoices),
        tuple(won_referrals),
        last_activity_on,
        code or "",
    )


def make_project(columns: Sequence[Any]) -> Project:
    """A project from the columns of PROJECT."""
    project_id, client_id, kind, cents, ordered_on, delivered_on, cancelled_on, *others, monument = columns
    days = day_from(ordered_on), day_from(delivered_on), day_from(cancelled_on)
    return Project._make((project_id, client_id, kind, cents, *days, *others, _bool_of(monument)))


def _bool_of(value: Any) -> bool | None:
    """What SQLite keeps as a number."""
    return None if value is None else bool(value)
