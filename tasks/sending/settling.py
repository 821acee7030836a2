"""Records the result of a request, and ends the requests of workers that died.

Settling compares the request id: a late answer still counts, even after its message was put in doubt or released
again, as long as no worker has claimed it anew. No answer can touch a message of another request.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, FromClause, and_, case, false, func, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.sql.elements import ColumnElement

from models import tables
from models.database import clock
from models.database.engine import writing_durably
from programme.sending.state_changes import MESSAGE_STATUS_AFTER, Cause, RequestState
from programme.words.states import MessageStatus
from tasks.base.checkpoints import passed
from tasks.sending import limiter
from tasks.sending.claims import is_one_of
from tasks.sending.messenger import Answer, Claim, Letter
from tasks.sending.sender import is_gone
from tasks.sending.status_changes import change_status

_STATES, _REQUESTS = tables.message_states, tables.requests
OPEN_STATES = (RequestState.CLAIMED, RequestState.ON_WIRE)
DETAIL_CHARACTERS = 500
SETTLE_TRIES = 5  # with 0.4 to 3.2 s between them


def settle_surely(engine: Engine, delivery: str, answers: Sequence[tuple[Claim, Answer]], is_limited: bool) -> int:
    """Settle all in one transaction, and return the number of messages settled. Retries while the database is busy.

    An answer is too valuable to lose to a busy or restarting database, and recording it twice changes nothing.
    """
    for attempt in range(1, SETTLE_TRIES):
        try:
            return _settle_all(engine, delivery, answers, is_limited)
        except OperationalError:
            time.sleep(0.2 * 2**attempt)
    return _settle_all(engine, delivery, answers, is_limited)


def _settle_all(engine: Engine, delivery: str, answers: Sequence[tuple[Claim, Answer]], is_limited: bool) -> int:
    with writing_durably(engine) as connection:
        return sum(settle(connection, delivery, claim, answer, is_limited) for claim, answer in answers)


def settle(connection: Connection, delivery: str, claim: Claim, answer: Answer, is_limited: bool) -> int:
    """Record an answer on its request and on the messages that still belong to it; return the number of those."""
    dialect = connection.dialect.name
    connection.execute(
        update(_REQUESTS)
        .where(_REQUESTS.c.request_id == claim.request_id)
        .values(
            state=answer.state,
            answered_at=clock.now(dialect),
            http_status=answer.http_status,
            provider_id=answer.provider_id,
            detail=(answer.detail or "")[:DETAIL_CHARACTERS] or None,
        )
    )
    status = MESSAGE_STATUS_AFTER[answer.state]
    values: dict[str, Any] = {"settled_at": clock.now(dialect), "not_before": None}
    if answer.state == RequestState.ACCEPTED:
        values["provider_id"] = answer.provider_id
    if answer.state in (RequestState.THROTTLED, RequestState.NOT_SENT):
        values["not_before"] = clock.now_plus(dialect, answer.wait_seconds)
    ours = and_(_about(claim.letters, dialect), _STATES.c.request_id == claim.request_id)
    settled = change_status(connection, Cause.ANSWER, status, ours, **values)
    if is_limited:
        rest = answer.wait_seconds if answer.state == RequestState.THROTTLED else 0.0
        limiter.learn(connection, delivery, answer, rest)
    passed("in_settle")
    return settled


def _about(letters: Sequence[Letter], dialect: str) -> ColumnElement[bool]:
    """SQL for a range or list that contains the letters; the request id excludes other messages in between."""
    first, last = letters[0].id, letters[-1].id
    return _STATES.c.id.between(first, last) if last - first < 4 * len(letters) else is_one_of(letters, dialect)


def members_of(connection: Connection, request_id: str, table: FromClause = _STATES) -> ColumnElement[bool]:
    """SQL for the messages (by default their states) that now belong to a request.

    They are found by the range that it claimed, so no index is needed.
    """
    row = connection.execute(
        select(_REQUESTS.c.first_id, _REQUESTS.c.last_id).where(_REQUESTS.c.request_id == request_id)
    ).first()
    if row is None:
        return false()
    return and_(table.c.id.between(row.first_id, row.last_id), table.c.request_id == request_id)


def close_doubt(connection: Connection, request_id: str) -> bool:
    """Set a request in doubt to accepted once no message of it is in doubt any more; return whether it did.

    For evidence that arrives message by message. The provider accepts or refuses a request as a whole.
    """
    doubtful = and_(members_of(connection, request_id), _STATES.c.status == MessageStatus.IN_DOUBT)
    if connection.execute(select(_STATES.c.id).where(doubtful).limit(1)).first():
        return False
    known = select(func.min(_STATES.c.provider_id)).where(members_of(connection, request_id)).scalar_subquery()
    values = {
        "state": RequestState.ACCEPTED,
        "provider_id": func.coalesce(_REQUESTS.c.provider_id, known),
        "answered_at": clock.now(connection.dialect.name),
    }
    mine = and_(_REQUESTS.c.request_id == request_id, _REQUESTS.c.state == RequestState.IN_DOUBT)
    return connection.execute(update(_REQUESTS).where(mine).values(values)).rowcount == 1


def end_lost_requests(connection: Connection, deliveries: Mapping[str, bool]) -> dict[RequestState, int]:
    """End the requests whose worker died or whose lease expired. Safe at any time, for any process.

    A request never on the wire: its messages are planned and free again. One that may have been on the wire: in doubt,
    unless it may simply be repeated. If the worker is alive after all, its fence fails or its late answer settles.

    Args:
        deliveries: the providers whose requests to end; by name, whether repeating is harmless
        (Messenger.is_repeatable).

    Returns:
        The number of requests ended, by their new state.
    """
    overdue = _REQUESTS.c.lease_until <= clock.now(connection.dialect.name)
    query = select(
        _REQUESTS.c.request_id,
        _REQUESTS.c.state,
        _REQUESTS.c.delivery,
        _REQUESTS.c.worker,
        case((overdue, 1), else_=0).label("is_overdue"),
    ).where(_REQUESTS.c.state.in_(OPEN_STATES), _REQUESTS.c.delivery.in_(sorted(deliveries)))
    ended: dict[RequestState, int] = {}
    for row in connection.execute(query.with_for_update(skip_locked=True)).all():
        if row.is_overdue or is_gone(row.worker):
            end = _end_of(row.state, deliveries[row.delivery])
            _end(connection, row.request_id, RequestState(row.state), end)
            ended[end] = ended.get(end, 0) + 1
    return ended


def _end_of(state: str, is_repeatable: bool) -> RequestState:
    if state == RequestState.CLAIMED:
        return RequestState.RELEASED
    return RequestState.NOT_SENT if is_repeatable else RequestState.IN_DOUBT


def _end(connection: Connection, request_id: str, before: RequestState, end: RequestState) -> None:
    connection.execute(
        update(_REQUESTS)
        .where(_REQUESTS.c.request_id == request_id)
        .values(state=end, detail="the worker ended or stalled before the answer was written down")
    )
    if before == RequestState.CLAIMED:
        return  # nothing was written on its messages
    now = clock.now(connection.dialect.name)
    values: dict[str, Any] = {"settled_at": now} if end == RequestState.IN_DOUBT else {}
    ours = members_of(connection, request_id)
    change_status(connection, Cause.LOST, MESSAGE_STATUS_AFTER[end], ours, **values)
