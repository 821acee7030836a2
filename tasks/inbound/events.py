"""The provider's events about our mails: stored first, then applied. Both are safe to repeat, and to run at once."""

import json
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, and_, case, false, or_, select, update

from models.database import clock
from models.database.bulk import insert_rows
from models.database.engine import writing, writing_again, writing_durably
from models.database.given import in_values
from models.erased import erased_among
from models.suppressions import Suppression, suppress_all
from models.tables import events, message_states, messages, requests, resends
from programme.inbound.events import Event, EventKind, note_of_arrival, status_after
from programme.sending.state_changes import Cause, may_change
from programme.words.dates import day_in_amsterdam
from programme.words.states import MessageStatus, SuppressionReason
from tasks.providers.sendgrid.events import read_event
from tasks.sending.settling import close_doubt
from tasks.sending.status_changes import change_status_of_each

CHUNK = 500  # events applied in one transaction: a few milliseconds, so that storing never waits long
GIVE_WAY_SECONDS = 0.02  # pause between chunks on SQLite, for pages and webhooks that wait to write
# A server may refuse a mail days after it accepted it; SendGrid itself tries for 72 hours at most.
LATE_DAYS = 7
_LATE_KINDS = (EventKind.BOUNCED, EventKind.BLOCKED)
_COLUMNS = [*(name for name in Event._fields if name != "suppresses"), "received_at", "payload"]


class Applied(NamedTuple):
    """The result of one chunk.

    Attributes:
        applied: the number of events whose effect was applied.
        last_id: highest event id examined; None when no event waited.
    """

    applied: int
    last_id: int | None


def store_events(engine: Engine, payloads: Sequence[object], received_at: datetime, keys: Sequence[bytes] = ()) -> int:
    """Store every event once, and suppress the addresses that they suppress, in one transaction. Safe to repeat.

    Of an erased person only what happened is kept, without the address.

    Args:
        payloads: the elements of the webhook's list, as parsed by json.loads.
        keys: that tell the addresses of erased persons.

    Returns:
        The number of new events.
    """
    read = [(read_event(payload, received_at), payload) for payload in payloads]
    return store_read(engine, read, received_at, keys)


def store_read(
    engine: Engine, read: Sequence[tuple[Event, object]], received_at: datetime, keys: Sequence[bytes] = ()
) -> int:
    """The same for events that were read, each with its payload."""
    # Sorted by id, so that two transactions with the same events cannot wait for each other.
    read = sorted(read, key=lambda pair: pair[0].provider_event_id)
    suppressing = [(event, event.suppresses) for event, _ in read if event.suppresses]
    # A lost event leaves a message in doubt at worst; a lost opt-out would be broken, so it must survive a power cut.
    with (writing_durably if suppressing else writing)(engine) as connection:
        gone = erased_among(connection, keys, {event.recipient for event, _ in read})
        rows = [_row(event, payload, received_at, event.recipient in gone) for event, payload in read]
        stored = insert_rows(connection, events, _COLUMNS, rows, ignore_existing=True)
        if suppressing := [(event, reason) for event, reason in suppressing if event.recipient not in gone]:
            _suppress(connection, suppressing, received_at)
    return stored


def apply_events(engine: Engine) -> int:
    """Apply the effect of all waiting events, and return their number.

    Safe to repeat, also by two processes at once.
    """
    applied, after = 0, 0
    while True:
        chunk = apply_chunk(engine, after)
        if chunk.last_id is None:
            return applied
        applied, after = applied + chunk.applied, chunk.last_id
        if engine.dialect.name == "sqlite":
            time.sleep(GIVE_WAY_SECONDS)


def apply_chunk(engine: Engine, after: int = 0, limit: int = CHUNK) -> Applied:
    """Apply the effect of at most `limit` waiting events with an id above `after`, in one transaction."""
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
        mark = update(events).where(in_values(events.c.id, done))
        connection.execute(mark.values(applied_at=clock.now()))
        return Applied(len(done), waiting[-1].id)


def _row(event: Event, payload: object, received_at: datetime, is_erased: bool) -> list[Any]:
    return [
        event.provider_event_id,
        event.kind.value,
        event.message_id,
        event.provider_message_id,
        "" if is_erased else event.recipient,
        event.occurred_at,
        event.is_machine,
        None if is_erased else event.reason,
        received_at,
        None if is_erased else json.dumps(payload, separators=(",", ":")),
    ]


def _suppress(connection: Connection, found: Sequence[tuple[Event, SuppressionReason]], received_at: datetime) -> None:
    """Suppress the address that each event names, and its message's own address when that differs."""
    ids = {event.message_id for event, _ in found if event.message_id}
    query = select(*messages.c["message_id", "recipient"])
    query = query.where(in_values(messages.c.message_id, sorted(ids)))
    recipients = {row.message_id: row.recipient for row in connection.execute(query)}
    wanted = [
        Suppression(recipient, reason, day_in_amsterdam(event.occurred_at), event.occurred_at, event.message_id)
        for event, reason in found
        for recipient in {event.recipient, recipients.get(event.message_id or "", "")}
    ]
    suppress_all(connection, wanted, source="webhook", changed_at=received_at)


def _link(connection: Connection, waiting: Sequence[Any]) -> dict[int, str | None]:
    """The message id of each event, by event id; events without one are matched, and the match is stored."""
    message_of: dict[int, str | None] = {row.id: row.message_id for row in waiting}
    for row in waiting:
        if row.message_id is None and row.recipient and row.kind != EventKind.OTHER:
            message_of[row.id] = found = _matching_message(connection, row)
            if found:
                connection.execute(update(events).where(events.c.id == row.id).values(message_id=found))
    return message_of


def _matching_message(connection: Connection, row: Any) -> str | None:
    """The message of an event without our id, such as a delayed bounce.

    The provider's own id is proof. Address and time are not: they only select which of the accepted messages a bounce
    is about, and must never settle a message in doubt.
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
    """Give each message the status that its events imply.

    Returns:
        The messages that another transaction holds just now, and the requests of messages that were in doubt.
    """
    names = ("id", "status", "provider_id", "request_id", "reason")
    seen = _read_tries(connection, message_ids)
    ours = in_values(messages.c.message_id, sorted(message_ids))
    changing = {
        row.id: row.message_id
        for row in connection.execute(select(messages.c.message_id, *messages.c[names]).where(ours))
        if _changed(row, seen[row.message_id])
    }
    if not changing:
        return set(), set()
    # Read again under a lock, without waiting for it: the sender holds many of these rows while it settles.
    locked = connection.execute(
        select(*message_states.c[names])
        .where(in_values(message_states.c.id, sorted(changing)))
        .order_by(message_states.c.id)
        .with_for_update(skip_locked=True)
    ).all()
    changes: dict[MessageStatus, list[dict[str, Any]]] = defaultdict(list)
    for row in locked:
        if change := _changed(row, seen[changing[row.id]]):
            changes[change.pop("status")].append(change)
    settled = {"settled_at": clock.now(), "not_before": None}
    for status, rows in changes.items():
        change_status_of_each(connection, Cause.EVENT, status, rows, **settled)
    doubtful = {row.request_id for row in locked if row.status == MessageStatus.IN_DOUBT and row.request_id}
    return set(changing.values()) - {changing[row.id] for row in locked}, doubtful


class _Tries(NamedTuple):
    """Everything that the stored events say about one message, by request.

    Attributes:
        kinds, provider_ids: of the last request that carried it.
        earlier: kinds by the provider's id of each request after which a person released the message again.
        anonymous: kinds of earlier events that name no request.
    """

    kinds: set[EventKind]
    provider_ids: set[str]
    earlier: dict[str, set[EventKind]]
    anonymous: set[EventKind]

    def of_earlier(self) -> list[set[EventKind]]:
        """The kinds of each earlier request; an event that names no request may belong to any of them."""
        return [kinds | self.anonymous for kinds in self.earlier.values()] or [self.anonymous]


def _read_tries(connection: Connection, message_ids: set[str]) -> dict[str, _Tries]:
    seen: dict[str, _Tries] = defaultdict(lambda: _Tries(set(), set(), {}, set()))
    resent = _read_resends(connection, message_ids)
    query = select(*events.c["message_id", "kind", "provider_message_id", "occurred_at"])
    ours = in_values(events.c.message_id, sorted(message_ids))
    for row in connection.execute(query.where(ours)):
        kind, tries = EventKind(row.kind), seen[row.message_id]
        is_earlier = row.message_id in resent and resent[row.message_id].covers(row)
        if not is_earlier:
            tries.kinds.add(kind)
            tries.provider_ids.update({row.provider_message_id} - {None})
        elif row.provider_message_id:
            tries.earlier.setdefault(row.provider_message_id, set()).add(kind)
        else:
            tries.anonymous.add(kind)
    return seen


class _Resent(NamedTuple):
    """When a person last released a message again, and the provider's ids of the requests before that."""

    last_at: datetime
    provider_ids: set[str]

    def covers(self, event: Any) -> bool:
        """Whether the event belongs to a request before the resend, by its id or by its time."""
        return event.provider_message_id in self.provider_ids or clock.aware(event.occurred_at) <= self.last_at


def _read_resends(connection: Connection, message_ids: set[str]) -> dict[str, _Resent]:
    found: dict[str, _Resent] = {}
    query = (
        select(*resends.c["message_id", "resent_at"], requests.c.provider_id)
        .outerjoin_from(resends, requests, requests.c.request_id == resends.c.request_id)
        .where(in_values(resends.c.message_id, sorted(message_ids)))
        .order_by(resends.c.resent_at)
    )
    for row in connection.execute(query):
        before = found[row.message_id].provider_ids if row.message_id in found else set()
        found[row.message_id] = _Resent(clock.aware(row.resent_at), before | ({row.provider_id} - {None}))
    return found


def _changed(row: Any, tries: _Tries) -> dict[str, Any] | None:
    """The columns that must change (status, the provider's id, the note); None when nothing must."""
    before = MessageStatus(row.status)
    status = status_after(before, tries.kinds, tries.of_earlier())
    if not may_change(Cause.EVENT, before, status):
        return None
    reported = min(tries.provider_ids, default=None) or min(tries.earlier, default=None)
    change = {"provider_id": row.provider_id or reported, "reason": note_of_arrival(before, status, row.reason)}
    if (status, change["provider_id"]) == (before, row.provider_id):
        return None
    return {"id": row.id, "status": status, **change}
