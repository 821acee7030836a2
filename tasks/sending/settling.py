"""Records the result of a request, and ends the requests of workers that died.

Settling compares the request id: a late answer still counts, even after its message was put in doubt or released
again, as long as no worker has claimed it anew. No answer can touch a message of another request.
"""

import time
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Engine, FromClause, Update, and_, bindparam, case, false, func, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.sql.elements import ColumnElement

from models import tables
from models.database import clock
from models.database.engine import writing_durably
from models.database.given import in_given
from programme.sending.state_changes import MESSAGE_STATUS_AFTER, Cause, RequestState
from programme.words.states import MessageStatus
from tasks.base.checkpoints import passed
from tasks.sending.claiming.letters import given, is_given, is_range
from tasks.sending.messenger import Claim, ProviderAnswer
from tasks.sending.pacing import limiter
from tasks.sending.sender import is_gone
from tasks.sending.status_changes import change_status, changing

_STATES, _REQUESTS = tables.message_states, tables.requests
OPEN_STATES = (RequestState.CLAIMED, RequestState.ON_WIRE)
DETAIL_CHARACTERS = 500
WIDER = 4  # times: up to there a range is cheaper to look through than a list
SETTLE_TRIES = 5  # with 0.4 to 3.2 s between them

_OPEN_REQUESTS = (
    select(
        *_REQUESTS.c["request_id", "state", "delivery", "worker"],
        case((_REQUESTS.c.lease_until <= clock.now(), 1), else_=0).label("is_overdue"),
    )
    .where(_REQUESTS.c.state.in_(OPEN_STATES), in_given(_REQUESTS.c.delivery, "deliveries"))
    .with_for_update(skip_locked=True)
)


def settle_surely(
    engine: Engine, delivery: str, answers: Sequence[tuple[Claim, ProviderAnswer]], is_limited: bool
) -> int:
    """Settle all in one transaction, and return the number of messages settled. Retries while the database is busy.

    An answer is too valuable to lose to a busy or restarting database, and recording it twice changes nothing.
    """
    for attempt in range(1, SETTLE_TRIES):
        try:
            return _settle_all(engine, delivery, answers, is_limited)
        except OperationalError:
            time.sleep(0.2 * 2**attempt)
    return _settle_all(engine, delivery, answers, is_limited)


def _settle_all(
    engine: Engine, delivery: str, answers: Sequence[tuple[Claim, ProviderAnswer]], is_limited: bool
) -> int:
    with writing_durably(engine) as connection:
        return sum(settle(connection, delivery, claim, answer, is_limited) for claim, answer in answers)


def settle(connection: Connection, delivery: str, claim: Claim, answer: ProviderAnswer, is_limited: bool) -> int:
    """Record an answer on its request and on the messages that still belong to it; return the number of those."""
    # The request id excludes other messages in between, so a range that is wider than its letters will do.
    by_range = is_range(claim.letters, WIDER)
    of_request, of_messages = _settling(answer.state, answer.wait_seconds, by_range)
    mine, theirs = {"mine": claim.request_id}, {"theirs": answer.provider_id}
    detail = (answer.detail or "")[:DETAIL_CHARACTERS] or None
    connection.execute(of_request, mine | theirs | {"http": answer.http_status, "said": detail})
    named = mine | given(claim.letters, by_range)
    settled = connection.execute(
        of_messages, named | theirs if answer.state == RequestState.ACCEPTED else named
    ).rowcount
    if is_limited:
        rest = answer.wait_seconds if answer.state == RequestState.THROTTLED else 0.0
        limiter.learn(connection, delivery, answer, rest)
    passed("in_settle")
    return settled


@lru_cache(maxsize=32)  # a provider may ask for any wait
def _settling(state: RequestState, wait_seconds: float, by_range: bool) -> tuple[Update, Update]:
    """The statements of an answer, made once: to make them again for each request took as long as to run them."""
    now = clock.now()
    theirs: ColumnElement[Any] = bindparam("theirs")
    of_request = (
        update(_REQUESTS)
        .where(_REQUESTS.c.request_id == bindparam("mine"))
        .values(
            state=state, answered_at=now, http_status=bindparam("http"), provider_id=theirs, detail=bindparam("said")
        )
    )
    values: dict[str, Any] = {"settled_at": now, "not_before": None}
    if state == RequestState.ACCEPTED:
        values["provider_id"] = theirs
    if state in (RequestState.THROTTLED, RequestState.NOT_SENT):
        values["not_before"] = clock.now_plus(wait_seconds)
    ours = and_(is_given(_STATES.c.id, by_range), _STATES.c.request_id == bindparam("mine"))
    return of_request, changing(Cause.ANSWER, MESSAGE_STATUS_AFTER[state], ours, **values)


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
        "answered_at": clock.now(),
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
    ended: dict[RequestState, int] = {}
    for row in connection.execute(_OPEN_REQUESTS, {"deliveries": sorted(deliveries)}).all():
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
    now = clock.now()
    values: dict[str, Any] = {"settled_at": now} if end == RequestState.IN_DOUBT else {}
    ours = members_of(connection, request_id)
    change_status(connection, Cause.LOST, MESSAGE_STATUS_AFTER[end], ours, **values)
