"""The health of clients: reads facts and opens chunk by chunk; programme.care.health judges them."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, Engine, select

from models.database.bulk import in_values
from models.database.clock import aware
from models.database.engine import reading
from models.present import clients
from models.tables import events, messages
from programme.care.health import Health, TrackedMail, health_of
from programme.inbound.events import EventKind
from programme.terms.schema import Programme
from programme.words.dates import day_in_amsterdam
from tasks.clients.audience import read_recipients

CHUNK_CLIENTS = 5_000  # clients whose facts are in memory at once
ARRIVED = (EventKind.DELIVERED.value, EventKind.OPENED.value)


class ClientHealth(NamedTuple):
    """The health of one client."""

    client_id: str
    health: Health


def read_health(
    engine: Engine, programme: Programme, as_of: date, client_id: str | None = None
) -> Iterator[ClientHealth]:
    """The health of every client (or of one), by client id; erased clients have none."""
    after = ""
    while True:
        with reading(engine) as connection:
            chunk = [client_id] if client_id is not None else _next_client_ids(connection, after)
            yield from _judged(connection, programme, chunk, as_of)
        if client_id is not None or len(chunk) < CHUNK_CLIENTS:
            return
        after = chunk[-1]


def read_tracked_mails(connection: Connection, client_ids: list[str]) -> dict[str, list[TrackedMail]]:
    """The delivered mails of these clients whose opens are tracked, by client id; an open proves delivery."""
    query = (
        select(messages.c.client_id, events.c.message_id, events.c.kind, events.c.occurred_at, events.c.is_machine)
        .join_from(messages, events, events.c.message_id == messages.c.message_id)
        .where(in_values(messages.c.client_id, client_ids, connection.dialect.name))
        .where(messages.c.is_tracked.is_(True), events.c.kind.in_(ARRIVED))
        .order_by(events.c.occurred_at, events.c.id)
    )
    arrived: dict[tuple[str, str], date] = {}
    opened: dict[tuple[str, str], date] = {}
    for row in connection.execute(query):
        key = (row.client_id, row.message_id)
        day = day_in_amsterdam(aware(row.occurred_at))
        arrived.setdefault(key, day)
        if row.kind == EventKind.OPENED and not row.is_machine:
            opened.setdefault(key, day)
    found: dict[str, list[TrackedMail]] = defaultdict(list)
    for key, day in arrived.items():
        found[key[0]].append(TrackedMail(key[1], day, opened.get(key)))
    return found


def _judged(connection: Connection, programme: Programme, chunk: list[str], as_of: date) -> list[ClientHealth]:
    if not chunk:
        return []
    mails = read_tracked_mails(connection, chunk)
    asked = set(chunk)
    judged = [
        ClientHealth(client.client_id, health_of(programme, client, recipient, mails.get(client.client_id, ()), as_of))
        for recipient in read_recipients(connection, programme, chunk, as_of)
        for client in recipient.clients
        if client.client_id in asked and not client.is_erased
    ]
    return sorted(judged, key=lambda each: each.client_id)


def _next_client_ids(connection: Connection, after: str) -> list[str]:
    query = select(clients.c.client_id).where(clients.c.client_id > after).order_by(clients.c.client_id)
    return list(connection.execute(query.limit(CHUNK_CLIENTS)).scalars())
