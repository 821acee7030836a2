"""A person releases messages to be sent again; the name is recorded for good.

Allowed for a message in doubt after the settle time, and for one that the provider dropped because of our account.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, case, delete, or_, select
from sqlalchemy.sql.elements import ColumnElement

from models import present, tables
from models.database import clock
from models.database.bulk import insert_rows
from models.database.engine import writing_durably
from models.database.given import in_values
from programme.inbound.events import OWN_FAULTS, EventKind
from programme.sending.state_changes import Cause
from programme.words.states import MessageStatus
from tasks.sending.claiming.holds import goes_until, is_not_stopped
from tasks.sending.settling import members_of
from tasks.sending.status_changes import change_status

_MESSAGES, _STATES, _EVENTS = tables.messages, tables.message_states, tables.events


class ResendRefused(Exception):
    """A message may not be sent again (yet); nothing was changed."""


class ResendTooSoon(ResendRefused):
    """It may still turn out that the message arrived."""


class ResendStopped(ResendRefused):
    """It is of a campaign that somebody stopped, of which nothing is claimed any more."""


class ResendGone(ResendRefused):
    """It is to somebody who was erased, or whom the CRM no longer has: nothing goes there."""


class ResendTooLate(ResendRefused):
    """Its window has closed, or its code is over, so the next run would let it expire."""


class Resent(NamedTuple):
    """Message ids that are planned again; they go with the next delivering run."""

    message_ids: list[str]


# What the caller writes of it in the same transaction, so that there is no deed without its act.
Noted = Callable[[Connection, Resent], None]


def resend_messages(
    engine: Engine,
    message_ids: Collection[str],
    by_name: str,
    today: date,
    settle_minutes: int,
    noted: Noted | None = None,
) -> Resent:
    """Plan these messages again, all or none. Raises ResendRefused, which names the first that may not go."""
    with writing_durably(engine) as connection:
        wanted = in_values(_MESSAGES.c.message_id, message_ids)
        rows = _read(connection, wanted)
        if unknown := sorted(set(message_ids) - {row.message_id for row in rows}):
            raise ResendRefused(f"there is no message {unknown[0]}; see bouwclub messages --status in_doubt")
        return _plan_again(connection, rows, by_name, today, settle_minutes, noted)


def resend_request(
    engine: Engine, request_id: str, by_name: str, today: date, settle_minutes: int, noted: Noted | None = None
) -> Resent:
    """Plan the messages of a request again that are in doubt or were dropped because of us. Raises ResendRefused.

    Those that may not go, or that somebody let rest, stay as they are: one of them must not keep the others from going.
    """
    with writing_durably(engine) as connection:
        rows = _read(connection, members_of(connection, request_id, _MESSAGES))
        if not rows:
            raise ResendRefused(f"there is no request {request_id}; see bouwclub messages --status in_doubt")
        unsent = [row for row in rows if row.status == MessageStatus.IN_DOUBT or _was_dropped_for_us(row)]
        unsent = [row for row in unsent if not row.was_left]
        if not unsent:
            raise ResendRefused(
                f"no message of request {request_id} is in doubt any more, or somebody let it rest; nothing was changed"
            )
        unsent = [row for row in unsent if _why_not(row, today, settle_minutes) is None] or unsent
        return _plan_again(connection, unsent, by_name, today, settle_minutes, noted)


def was_left_in_doubt() -> ColumnElement[bool]:
    """SQL for a message in doubt of which somebody decided that it does not go again."""
    left = tables.left_in_doubt.c
    return select(left.message_id).where(left.message_id == _MESSAGES.c.message_id).exists()


def _read(connection: Connection, wanted: Any) -> Sequence[Any]:
    query = select(
        _MESSAGES.c.id,
        _MESSAGES.c.message_id,
        _MESSAGES.c.request_id,
        _MESSAGES.c.status,
        goes_until(),
        clock.seconds_until(_MESSAGES.c.settled_at).label("doubtful_for"),
        _has_event(not_in=OWN_FAULTS).label("was_heard_of"),
        _has_event(one_of=OWN_FAULTS).label("is_own_fault"),
        is_not_stopped(_MESSAGES).label("may_leave"),
        _is_gone().label("is_gone"),
        was_left_in_doubt().label("was_left"),
    ).where(wanted)
    return connection.execute(query.order_by(_MESSAGES.c.id).with_for_update(of=_MESSAGES)).all()


def _is_gone() -> ColumnElement[bool]:
    """Whether the client of a message was erased, or is one whom the CRM no longer has."""
    own = present.clients.c
    erased = select(own.client_id).where(own.client_id == _MESSAGES.c.client_id, own.erased_on.is_not(None)).exists()
    return or_(erased, _MESSAGES.c.client_id.in_(present.gone_clients))


def _has_event(*, one_of: Collection[EventKind] = (), not_in: Collection[EventKind] = ()) -> ColumnElement[bool]:
    """Whether the provider reported an event of these kinds about the message, or of any other than those."""
    kinds = _EVENTS.c.kind.in_(sorted(one_of)) if one_of else _EVENTS.c.kind.not_in(sorted(not_in))
    return select(_EVENTS.c.id).where(_EVENTS.c.message_id == _MESSAGES.c.message_id, kinds).exists()


def _plan_again(
    connection: Connection, rows: Sequence[Any], by_name: str, today: date, settle_minutes: int, noted: Noted | None
) -> Resent:
    for row in rows:
        if refusal := _why_not(row, today, settle_minutes):
            raise refusal
    ids = [row.message_id for row in rows]
    # A message in doubt keeps its request: if the answer arrives after all, it counts until the message is claimed
    # again. A dropped message has had its answer.
    is_doubtful = _STATES.c.status == MessageStatus.IN_DOUBT
    again = {
        "request_id": case((is_doubtful, _STATES.c.request_id)),
        "provider_id": case((is_doubtful, _STATES.c.provider_id)),
        "not_before": None,
    }
    these = in_values(_STATES.c.id, [row.id for row in rows])
    change_status(connection, Cause.RESEND, MessageStatus.PLANNED, these, **again)
    at = clock.read_now(connection)
    columns = ["message_id", "request_id", "by_name", "resent_at"]
    kept = [(row.message_id, row.request_id or "", by_name, at) for row in rows]
    insert_rows(connection, tables.resends, columns, kept)
    # Whoever names one that was left has thought again; in doubt once more, it must be seen.
    connection.execute(delete(tables.left_in_doubt).where(in_values(tables.left_in_doubt.c.message_id, ids)))
    again_planned = Resent(ids)
    if noted:
        noted(connection, again_planned)
    return again_planned


def _was_dropped_for_us(row: Any) -> bool:
    return bool(row.status == MessageStatus.REJECTED and row.is_own_fault)


def _why_not(row: Any, today: date, settle_minutes: int) -> ResendRefused | None:
    """Why the message may not go again, or would not; None when it may.

    ResendRefused: it is neither in doubt nor dropped because of our account; ResendTooSoon: it is in doubt, but not for
    long enough; the others say so themselves.
    """
    if not _was_dropped_for_us(row) and (refusal := _why_not_doubted(row, settle_minutes)):
        return refusal
    if not row.may_leave:
        return ResendStopped(f"message {row.message_id} is of a campaign that was stopped; nothing of it goes any more")
    if row.is_gone:
        return ResendGone(
            f"message {row.message_id} is to a client who was erased or is not in the CRM; nothing goes there"
        )
    if row.goes_until < today:
        return ResendTooLate(
            f"message {row.message_id} could go until {row.goes_until}; planned again it would expire, so nothing was "
            "changed"
        )
    return None


def _why_not_doubted(row: Any, settle_minutes: int) -> ResendRefused | None:
    """Why its doubt is none, or is too young; None when it has been in doubt for long enough."""
    if row.status != MessageStatus.IN_DOUBT:
        return ResendRefused(
            f"message {row.message_id} is {row.status}; only one in doubt, or one that the provider dropped for our "
            "account's sake (quota, content), can be sent again"
        )
    if row.was_heard_of:
        return ResendRefused(
            f"message {row.message_id}: the provider told of it, so it was accepted; nothing to resend"
        )
    waited = -(row.doubtful_for or 0.0) / 60
    if waited < settle_minutes:
        left = int(settle_minutes - waited) + 1
        return ResendTooSoon(
            f"message {row.message_id} has been in doubt for {int(waited)} of {settle_minutes} minutes; it may still "
            f"turn out to be accepted. Ask again in {left} minutes, or set BOUWCLUB_SETTLE_MINUTES."
        )
    return None
