"""The stored decisions and messages, read row by row in a fixed order."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, case, select

from models import tables
from models.decisions import DECISION_COLUMNS

ROWS_AT_ONCE = 5_000

# The fields of a message in the contract, in the order of its JSON.
MESSAGE_FIELDS = (
    "message_id",
    "client_id",
    "recipient",
    "touchpoint",
    "occasion",
    "as_of",
    "status",
    "segment",
    "tier",
    "subject",
    "provider_id",
    "attempts",
)
MESSAGE_COLUMNS = (*MESSAGE_FIELDS, "request_id", "flow", "closes_on", "reason")


def read_decisions(
    connection: Connection, first: date | None = None, last: date | None = None, client_id: str | None = None
) -> Iterator[Row[Any]]:
    """The decisions of some days: by day, flow (daily first), recipient, then in the order of judging.

    Clients without an address are each judged alone, so their decisions are sorted by client id.

    Args:
        first, last: the days, both included; None for no bound.
    """
    table = tables.decisions.c
    alone = case((table.recipient == "", table.client_id), else_="")
    query = select(*(table[name] for name in DECISION_COLUMNS)).order_by(
        table.as_of,
        table.flow,
        table.recipient,
        alone,
        table.priority.desc(),
        table.due_on,
        table.client_id,
        table.touchpoint,
        table.occasion,
        table.id,
    )
    if client_id is not None:
        query = query.where(table.client_id == client_id)
    return _rows(connection, _within(query, tables.decisions, first, last))


def read_messages(
    connection: Connection,
    first: date | None = None,
    last: date | None = None,
    status: str | None = None,
    client_id: str | None = None,
) -> Iterator[Row[Any]]:
    """The messages dated on some days, by day, recipient and touchpoint.

    Args:
        first, last: the days, both included; None for no bound.
    """
    table = tables.messages.c
    query = select(*(table[name] for name in MESSAGE_COLUMNS)).order_by(
        table.as_of, table.recipient, table.touchpoint, table.client_id, table.occasion
    )
    if status is not None:
        query = query.where(table.status == status)
    if client_id is not None:
        query = query.where(table.client_id == client_id)
    return _rows(connection, _within(query, tables.messages, first, last))


def _within(query: Select[Any], table: Table, first: date | None, last: date | None) -> Select[Any]:
    if first is not None:
        query = query.where(table.c.as_of >= first)
    if last is not None:
        query = query.where(table.c.as_of <= last)
    return query


def _rows(connection: Connection, query: Select[Any]) -> Iterator[Row[Any]]:
    """Read through a server-side cursor, so that a long log needs little memory."""
    yield from connection.execution_options(yield_per=ROWS_AT_ONCE).execute(query)
