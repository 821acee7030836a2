"""What the provider tells of our mails: stored first, then worked out. Both are safe to repeat and to run at once."""

import json
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, and_, bindparam, case, false, or_, select, update

from models.database import clock
from models.database.bulk import in_values, insert_rows
from models.database.engine import writing, writing_again, writing_durably
from models.suppressions import Suppression, suppress_all
from models.tables import events, messages
from programme.inbound.events import OPEN_TO_EVENTS, Event, EventKind, read_event, status_after, suppression_of
from programme.words.dates import day_in_amsterdam
from programme.words.states import MessageStatus, SuppressionReason
from tasks.sending.settling import close_doubt

CHUNK = 500  # events applied in one transaction: a few milliseconds, so that storing never waits long
GIVE_WAY_SECONDS = 0.02  # between chunks on SQLite, for pages and webhooks that wait to write
# A server may refuse a mail days after it took it; SendGrid itself tries for 72 hours at most.
LATE_DAYS = 7
_LATE_KINDS = (EventKind.BOUNCED, EventKind.BLOCKED)
_COLUMNS = [*Event._fields, "received_at", "payload"]


class Applied(NamedTuple):
    """What one chunk came to.

    Attributes:
        applied: events whose effect is worked out.
        last_id: highest event id looked at; None when nothing waited.
    """

    applied: int
    last_id: int | None


def store_events(engine: Engine, payloads: Sequence[object], received_at: datetime) -> int:
    """Keep every event once and suppress whom it says must be, in one transaction. Safe to repeat.

    Args:
        payloads: the elements of the webhook's list, as json.loads gave them.

    Returns:
        How many were new.
    """
    read = [(read_event(payload, received_at), payload) for payload in payloads]
    # In the order of their ids, so that two transactions with the same events cannot wait for each other.
    read.sort(key=lambda pair: pair[0].provider_event_id)
    rows = [_row(event, payload, received_at) for event, payload in read]
    suppressing = [(event, reason) for event, _ in read if (reason := suppression_of(event))]
    # An event lost to a power cut leaves a doubt; a lost wish to get no more mail would be broken.
    with (writing_durably if suppressing else writing)(engine) as connection:
        stored = insert_rows(connection, events, _COLUMNS, rows, ignore_existing=True)
        if suppressing:
            _suppress(connection, suppressing, received_at)
    return stored


def apply_events(engine: Engine) -> int:
    """Work out the effect of all events that still wait; returns how many. Safe to repeat, also by two at once."""
    applied, after = 0, 0
    while True:
        chunk = apply_chunk(engine, after)
        if chunk.last_id is None:
            return applied
        applied, after = applied + chunk.applied, chunk.last_id
        if engine.dialect.name == "sqlite":
            time.sleep(GIVE_WAY_SECONDS)


def apply_chunk(engine: Engine, after: int = 0, limit: int = CHUNK) -> Applied:
    """Work out the effect of at most `limit` waiting events with an id above `after`, in one transaction."""
    with writing_again(engine) as connection:
        waiting = connection.execute(
            select(*events.c["id", "kind", "message_id", "provider_message_id", "recipient", "occurred_at"])
            .where(events.c.applied_at.is_(None), events.c.id > after)
            .order_by(events.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        if not waiting:
            return Applied(0, None)
        message_of = _link(connection, waiting)
        busy, request_ids = _settle(connection, {id for id in message_of.values() if id is not None})
        for request_id in sorted(request_ids):
            close_doubt(connection, request_id)
        done = [row.id for row in waiting if message_of[row.id] not in busy]
        mark = update(events).where(in_values(events.c.id, done, connection.dialect.name))
        connection.execute(mark.values(applied_at=clock.now(connection.dialect.name)))
        return Applied(len(done), waiting[-1].id)


def _row(event: Event, payload: object, received_at: datetime) -> list[Any]:
    return [
        event.provider_event_id,
        event.kind.value,
        event.message_id,
        event.provider_message_id,
        event.recipient,
        event.occurred_at,
        event.is_machine,
        event.reason,
        received_at,
        json.dumps(payload, separators=(",", ":")),
    ]


def _suppress(connection: Connection, found: Sequence[tuple[Event, SuppressionReason]], received_at: datetime) -> None:
    """Suppress the address that each event names, and the one that its message went to should that differ."""
    ids = {event.message_id for event, _ in found if event.message_id}
    query = select(*messages.c["message_id", "recipient"])
    query = query.where(in_values(messages.c.message_id, sorted(ids), connection.dialect.name))
    recipients = {row.message_id: row.recipient for row in connection.execute(query)}
    wanted = [
        Suppression(recipient, reason, day_in_amsterdam(event.occurred_at), event.occurred_at, event.message_id)
        for event, reason in found
        for recipient in {event.recipient, recipients.get(event.message_id or "", "")}
    ]
    suppress_all(connection, wanted, source="webhook", changed_at=received_at)


def _link(connection: Connection, waiting: Sequence[Any]) -> dict[int, str | None]:
    """The message of each event, by event id; those that came without one are matched and remembered."""
    message_of: dict[int, str | None] = {row.id: row.message_id for row in waiting}
    for row in waiting:
        if row.message_id is None and row.recipient and row.kind != EventKind.OTHER:
            message_of[row.id] = found = _matching_message(connection, row)
            if found:
                connection.execute(update(events).where(events.c.id == row.id).values(message_id=found))
    return message_of


def _matching_message(connection: Connection, row: Any) -> str | None:
    """The message of an event that came without our id, as delayed bounces do.

    The provider's own id is proof. Address and time are not, so they only say which of the accepted messages a
    bounce was about: they must never settle a message in doubt.
    """
    by_id = messages.c.provider_id == row.provider_message_id if row.provider_message_id else false()
    moment = row.occurred_at if row.occurred_at.tzinfo else row.occurred_at.replace(tzinfo=UTC)
    day = day_in_amsterdam(moment)
    by_time = and_(
        messages.c.status == MessageStatus.ACCEPTED, messages.c.as_of.between(day - timedelta(days=LATE_DAYS), day)
    )
    matches = or_(by_id, by_time) if row.kind in _LATE_KINDS else by_id
    query = (
        select(messages.c.message_id)
        .where(messages.c.recipient == row.recipient, matches)
        .order_by(case((by_id, 0), else_=1), messages.c.as_of.desc(), messages.c.id.desc())
        .limit(1)
    )
    return connection.execute(query).scalar()


def _settle(connection: Connection, message_ids: set[str]) -> tuple[set[str], set[str]]:
    """Give each message the status that its events make.

    Returns:
        Those that somebody else holds just now, and the requests of those that were in doubt.
    """
    dialect = connection.dialect.name
    ours = in_values(messages.c.message_id, sorted(message_ids), dialect)
    columns = messages.c["message_id", "status", "provider_id", "request_id"]
    seen = _read_kinds(connection, message_ids)
    changing = {
        row.message_id
        for row in connection.execute(select(*columns).where(ours))
        if _change(row, seen[row.message_id]) != (row.status, row.provider_id)
    }
    if not changing:
        return set(), set()
    # Read again under a lock, which is never waited for: the sender holds many of these rows while it settles.
    locked = connection.execute(
        select(*columns)
        .where(in_values(messages.c.message_id, sorted(changing), dialect))
        .order_by(messages.c.id)
        .with_for_update(skip_locked=True)
    ).all()
    changes = [
        {"key": row.message_id, "to_status": change[0], "to_provider_id": change[1]}
        for row in locked
        if (change := _change(row, seen[row.message_id])) != (row.status, row.provider_id)
    ]
    if changes:
        connection.execute(
            update(messages)
            .where(messages.c.message_id == bindparam("key"))
            .values(
                status=bindparam("to_status"),
                provider_id=bindparam("to_provider_id"),
                settled_at=clock.now(dialect),
                lease_until=None,
                not_before=None,
            ),
            changes,
        )
    doubtful = {row.request_id for row in locked if row.status == MessageStatus.IN_DOUBT and row.request_id}
    return changing - {row.message_id for row in locked}, doubtful


class _Seen(NamedTuple):
    """All that the stored events say of one message: their kinds, and the provider's id of its request."""

    kinds: set[EventKind]
    provider_ids: set[str]


def _read_kinds(connection: Connection, message_ids: set[str]) -> dict[str, _Seen]:
    seen: dict[str, _Seen] = defaultdict(lambda: _Seen(set(), set()))
    query = select(*events.c["message_id", "kind", "provider_message_id"]).distinct()
    ours = in_values(events.c.message_id, sorted(message_ids), connection.dialect.name)
    for row in connection.execute(query.where(ours)):
        seen[row.message_id].kinds.add(EventKind(row.kind))
        if row.provider_message_id:
            seen[row.message_id].provider_ids.add(row.provider_message_id)
    return seen


def _change(row: Any, seen: _Seen) -> tuple[str, str | None]:
    """The status and provider id that the message should have; its own when nothing changes."""
    status = status_after(MessageStatus(row.status), seen.kinds)
    if status not in (MessageStatus.ACCEPTED, MessageStatus.REJECTED) or row.status not in OPEN_TO_EVENTS:
        return row.status, row.provider_id
    return status.value, row.provider_id or min(seen.provider_ids, default=None)
