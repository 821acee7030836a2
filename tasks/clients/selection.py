"""Who may be due on a day: SQL selects by the range of anchors whose window contains the day, the rules decide.

The queries return at least every client that the pure rules find due (a property test checks that). They use an index
over the anchor's day, so that a day costs what is due on it, not the size of the base.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import Connection, select

from models.database.bulk import batches, in_values
from models.present import clients
from programme.rules.anchors import ANCHORS
from programme.rules.due import unspread_due_on
from programme.terms.schema import Programme, Touchpoint
from programme.words.dates import anchors_due_between
from programme.words.states import Flow
from tasks.clients.anchor_queries import QUERIES, Wanted

DueClient = tuple[str, str, str]
"""(recipient, client id, touchpoint id)"""

LOOKED_UP_AT_ONCE = 5_000  # clients; for many more, PostgreSQL reads the whole table instead of the index


def select_due_clients(connection: Connection, programme: Programme, flow: Flow, as_of: date) -> list[DueClient]:
    """Every (recipient, client id, touchpoint id) that may be due, sorted by code point."""
    found: dict[str, set[str]] = {}
    for touchpoint_id, touchpoint in programme.touchpoints_of(flow).items():
        due: set[str] = found.setdefault(touchpoint_id, set())
        anchors = due_anchors(programme, touchpoint, as_of)
        if anchors is None:
            continue
        for query in QUERIES[touchpoint.anchor](Wanted(programme, touchpoint_id, touchpoint, *anchors, as_of)):
            due.update(connection.scalars(query).all())
        if ANCHORS[touchpoint.anchor].asks_activity:
            due.update(_read_sharing(connection, due))
    recipient_of = _read_recipient_of(connection, set().union(*found.values()))
    return sorted(
        (recipient_of[client_id], client_id, touchpoint_id)
        for touchpoint_id, client_ids in found.items()
        for client_id in client_ids
    )


def _read_recipient_of(connection: Connection, client_ids: Iterable[str]) -> dict[str, str]:
    """The recipient of each client, read separately and in batches, so that the database uses the index.

    Joined to the due queries, PostgreSQL would read all clients for the few thousand that are due.
    """
    recipient_of: dict[str, str] = {}
    for ids in batches(sorted(client_ids), LOOKED_UP_AT_ONCE):
        query = select(clients.c.client_id, clients.c.recipient).where(
            in_values(clients.c.client_id, ids, connection.dialect.name)
        )
        recipient_of.update(connection.execute(query).all())  # type: ignore[arg-type]  # rows of two strings
    return recipient_of


def _read_sharing(connection: Connection, client_ids: Iterable[str]) -> list[str]:
    """The clients that share an address with one of these clients, because last activity is that of the recipient."""
    sharing: list[str] = []
    for ids in batches(sorted(client_ids), LOOKED_UP_AT_ONCE):
        is_one = in_values(clients.c.client_id, ids, connection.dialect.name)
        addresses = connection.scalars(select(clients.c.recipient).where(is_one, clients.c.recipient != "")).all()
        is_theirs = in_values(clients.c.recipient, addresses, connection.dialect.name)
        sharing += connection.scalars(select(clients.c.client_id).where(is_theirs)).all()
    return sharing


def due_anchors(programme: Programme, touchpoint: Touchpoint, as_of: date) -> tuple[date, date] | None:
    """The first and last anchor day whose window can contain `as_of` for some client; None when there is none."""
    spread_days = programme.seasons.spread_days - 1 if touchpoint.spread else 0
    first = as_of - timedelta(days=touchpoint.grace_days + spread_days)
    return anchors_due_between(lambda day: unspread_due_on(programme, touchpoint, day), first, as_of)
