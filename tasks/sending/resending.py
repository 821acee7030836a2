"""Letting a message in doubt go again: only by name, only after the settle time, and kept for good."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, and_, select, update

from models import tables
from models.database import clock
from models.database.bulk import in_values, insert_rows
from models.database.engine import writing_durably
from programme.words.states import MessageStatus
from tasks.sending.settling import members_of

_MESSAGES, _EVENTS = tables.messages, tables.events


class ResendRefused(Exception):
    """A message may not be sent again (yet); nothing was changed."""


class Resent(NamedTuple):
    """Message ids that are planned again; they go with the next delivering run."""

    message_ids: list[str]


def resend_messages(engine: Engine, message_ids: Collection[str], by_name: str, settle_minutes: int) -> Resent:
    """Plan these messages again. All or none. Raises ResendRefused, naming the first that may not."""
    with writing_durably(engine) as connection:
        wanted = in_values(_MESSAGES.c.message_id, message_ids, connection.dialect.name)
        rows = _read(connection, wanted)
        if unknown := sorted(set(message_ids) - {row.message_id for row in rows}):
            raise ResendRefused(f"there is no message {unknown[0]}; see bouwclub messages --status in_doubt")
        return _plan_again(connection, rows, by_name, settle_minutes)


def resend_request(engine: Engine, request_id: str, by_name: str, settle_minutes: int) -> Resent:
    """Plan the messages of a request again that are still in doubt. Raises ResendRefused."""
    with writing_durably(engine) as connection:
        rows = _read(connection, members_of(connection, request_id))
        if not rows:
            raise ResendRefused(f"there is no request {request_id}; see bouwclub messages --status in_doubt")
        doubtful = [row for row in rows if row.status == MessageStatus.IN_DOUBT]
        if not doubtful:
            raise ResendRefused(f"no message of request {request_id} is in doubt any more; nothing was changed")
        return _plan_again(connection, doubtful, by_name, settle_minutes)


def _read(connection: Connection, wanted: Any) -> Sequence[Any]:
    dialect = connection.dialect.name
    heard = select(_EVENTS.c.id).where(_EVENTS.c.message_id == _MESSAGES.c.message_id).exists()
    query = select(
        _MESSAGES.c.message_id,
        _MESSAGES.c.request_id,
        _MESSAGES.c.status,
        clock.seconds_until(dialect, _MESSAGES.c.settled_at).label("doubtful_for"),
        heard.label("was_heard_of"),
    ).where(wanted)
    return connection.execute(query.order_by(_MESSAGES.c.id).with_for_update(of=_MESSAGES)).all()


def _plan_again(connection: Connection, rows: Sequence[Any], by_name: str, settle_minutes: int) -> Resent:
    for row in rows:
        _require_settled(row, settle_minutes)
    dialect = connection.dialect.name
    ids = [row.message_id for row in rows]
    still = and_(in_values(_MESSAGES.c.message_id, ids, dialect), _MESSAGES.c.status == MessageStatus.IN_DOUBT)
    # The request id stays: should its answer come after all, it still counts until the message is claimed anew.
    again = {"status": MessageStatus.PLANNED, "lease_until": None, "not_before": None}
    connection.execute(update(_MESSAGES).where(still).values(again))
    at = clock.read_now(connection)
    columns = ["message_id", "request_id", "by_name", "resent_at"]
    insert_rows(connection, tables.resends, columns, [(row.message_id, row.request_id, by_name, at) for row in rows])
    return Resent(ids)


def _require_settled(row: Any, settle_minutes: int) -> None:
    if row.status != MessageStatus.IN_DOUBT:
        raise ResendRefused(f"message {row.message_id} is {row.status}; only one in doubt can be sent again")
    if row.was_heard_of:
        raise ResendRefused(f"message {row.message_id}: the provider told of it, so it was accepted; nothing to resend")
    waited = -(row.doubtful_for or 0.0) / 60
    if waited < settle_minutes:
        left = int(settle_minutes - waited) + 1
        raise ResendRefused(
            f"message {row.message_id} has been in doubt for {int(waited)} of {settle_minutes} minutes; it may still "
            f"turn out to be accepted. Ask again in {left} minutes, or set BOUWCLUB_SETTLE_MINUTES."
        )
