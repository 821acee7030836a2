"""Claiming messages for sending: durable before any byte leaves, and fenced once more right before the wire.

A claim is a row of `requests`: an id, a lease, and the range of messages that it keeps from other workers. It writes
nothing on the messages, which still have status planned. The fence does: in one statement it moves all of the
request's messages from planned to sending, or none of them, and then nothing is sent. So whatever happens to claims (an
expired lease, two workers with one range), a message is on the wire for only one request. On SQLite the transactions
are immediate and fully synchronous; on PostgreSQL an advisory lock serialises claiming.
"""

import secrets
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, Select, Update, and_, bindparam, insert, select, update

from models import tables
from models.database import clock
from models.database.engine import BY_KEY
from programme.sending.state_changes import Cause, RequestState
from programme.words.states import MessageStatus, Reason
from tasks.base.checkpoints import passed
from tasks.sending.claiming.letters import given, is_given, is_range, parts_of, read_letters, read_variants
from tasks.sending.claiming.prescreen import is_suspect, is_tracked
from tasks.sending.claiming.queue import Queue
from tasks.sending.claiming.rechecking import known_on, recheck
from tasks.sending.claiming.windows import Form, bounds, ends_of, piece, window
from tasks.sending.messenger import Claim, Letter
from tasks.sending.status_changes import changing

_STATES, _REQUESTS = tables.message_states, tables.requests

_RELEASE = (
    update(_REQUESTS)
    .where(_REQUESTS.c.request_id == bindparam("mine"), _REQUESTS.c.state == RequestState.CLAIMED)
    .values(state=RequestState.RELEASED)
)
_LIVING_CLAIMS = (
    select(_REQUESTS.c.first_id, _REQUESTS.c.last_id)
    .where(_REQUESTS.c.state == RequestState.CLAIMED, _REQUESTS.c.lease_until > clock.now())
    .order_by(_REQUESTS.c.first_id)
)

CLAIMING_LOCK = 7_240_311  # an arbitrary number, the same for all workers


class ClaimLost(Exception):
    """The lease expired before the request went on the wire; another worker may have the messages."""

    def __init__(self, request_id: str) -> None:
        super().__init__(request_id)
        self.request_id = request_id


@dataclass
class Claimed:
    """The result of one claiming transaction.

    Attributes:
        held, moved: ids that stay planned: a case is open, or their client has another address by now.
        last_id: the next window starts after it; 0 when there is none.
        looked_at: the messages of the window that were free.
    """

    claims: list[Claim] = field(default_factory=list)
    cancelled: dict[Reason, int] = field(default_factory=dict)
    held: list[int] = field(default_factory=list)
    moved: list[int] = field(default_factory=list)
    looked_at: int = 0
    last_id: int = 0


def claim_window(
    connection: Connection, queue: Queue, after_id: int, set_aside: Collection[int] = (), limit: int | None = None
) -> Claimed:
    """Claim the next messages after `after_id`, by id, as requests of at most `queue.per_request`.

    Rules 1 to 3 and 6 are checked again: 1 to 3 cancel the message, 6 leaves it planned and out of this run. So does
    another address of a touchpoint's client.

    Args:
        set_aside: ids that this run leaves alone.
        limit: examine at most this many messages.
    """
    _take_turn(connection)
    size = queue.window if limit is None else min(queue.window, limit)
    others = ranges_of_claims(connection)
    ahead = [number for number in set_aside if number > after_id]
    form = Form(len(others), bool(ahead), queue.kinds)
    told = {"day": queue.as_of, "after": after_id, "set_aside": ahead} | ends_of(others)
    first, last = connection.execute(bounds(form), told | {"size": size}).one()
    if last is None:
        return Claimed()
    return _claim(connection, queue, window(form), told | {"first": first, "last": last}, None, last)


def claim_piece(connection: Connection, queue: Queue, ids: Collection[int], split_of: str | None) -> Claimed:
    """Claim these messages as a request of their own; messages that others took meanwhile are left out.

    Args:
        split_of: the refused request that they are a piece of; None for messages that cannot go with others.
    """
    _take_turn(connection)
    told = {"day": queue.as_of, "ids": list(ids), "split_of": split_of}
    return _claim(connection, queue, piece(split_of is not None, queue.kinds), told, split_of, 0)


def fence_all(connection: Connection, queue: Queue, claims: Sequence[Claim]) -> set[str]:
    """Fence claims; return the ids of the requests that were lost, which keep nobody else's from going."""
    try:
        with connection.begin_nested():
            for claim in claims:
                fence(connection, queue, claim)
    except ClaimLost as lost:
        if len(claims) == 1:
            return {lost.request_id}
        return set().union(*(fence_all(connection, queue, [claim]) for claim in claims))
    return set()


def fence(connection: Connection, queue: Queue, claim: Claim) -> None:
    """Put a claim on the wire, if it is still ours: the request must be sent now.

    Raises:
        ClaimLost: the lease expired, a message is no longer free, or none is left. The caller must roll back and send
            nothing.
    """
    if not claim.letters:
        raise ClaimLost(claim.request_id)
    by_range = is_range(claim.letters)
    of_request, of_messages = _fencing(queue.lease_seconds, by_range)
    mine = {"mine": claim.request_id}
    if connection.execute(of_request, mine | {"count": len(claim.letters)}).rowcount != 1:
        raise ClaimLost(claim.request_id)
    told = mine | {"day": queue.as_of, "tracked": claim.is_tracked}
    fenced = connection.execute(of_messages, told | given(claim.letters, by_range)).rowcount
    passed("in_fence")
    if fenced != len(claim.letters):
        raise ClaimLost(claim.request_id)


@cache
def _fencing(lease_seconds: float, by_range: bool) -> tuple[Update, Update]:
    """The statements of the fence, made once: to make them again for each request took as long as to run them."""
    now = clock.now()
    own, states = _REQUESTS.c, _STATES.c
    ours = and_(own.request_id == bindparam("mine"), own.state == RequestState.CLAIMED, own.lease_until > now)
    until = clock.now_plus(lease_seconds)
    of_request = (
        update(_REQUESTS)
        .where(ours)
        .values(state=RequestState.ON_WIRE, sent_at=now, lease_until=until, recipients=bindparam("count"))
    )
    of_messages = changing(
        Cause.FENCE,
        MessageStatus.SENDING,
        and_(is_given(_STATES.c.id, by_range), states.as_of == bindparam("day")),
        request_id=bindparam("mine"),
        attempts=states.attempts + 1,
        is_tracked=bindparam("tracked"),
    )
    return of_request, of_messages


def release(connection: Connection, request_ids: Iterable[str]) -> None:
    """Give up claims that never went on the wire."""
    for request_id in request_ids:
        connection.execute(_RELEASE, {"mine": request_id})


def _take_turn(connection: Connection) -> None:
    """Wait until no other worker claims. On SQLite the transaction has waited for that already.

    On a day of which PostgreSQL has no statistics yet it would otherwise read all suppressions for each message.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"{BY_KEY}; SELECT pg_advisory_xact_lock({CLAIMING_LOCK})")


def ranges_of_claims(connection: Connection) -> list[tuple[int, int]]:
    """The ranges of ids that living claims cover, merged where they meet."""
    joined: list[tuple[int, int]] = []
    for first, last in connection.execute(_LIVING_CLAIMS):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = joined[-1][0], max(last, joined[-1][1])
        else:
            joined.append((first, last))
    return joined


def _claim(
    connection: Connection,
    queue: Queue,
    query: Select[Any],
    told: dict[str, Any],
    split_of: str | None,
    last_id: int,
) -> Claimed:
    known = known_on(connection, queue.as_of) if queue.leaves_machine else queue.as_of
    letters = read_letters(connection, queue, query, told, known)
    done = Claimed(looked_at=len(letters), last_id=last_id)
    kinds = {(letter.purpose, letter.standing) for letter in letters}
    suspicious = {kind for kind in kinds if is_suspect(queue.programme, *kind)}
    if suspicious:
        suspects = [letter for letter in letters if (letter.purpose, letter.standing) in suspicious]
        verdict = recheck(connection, queue.programme, known, suspects)
        done.held, done.moved, done.cancelled = verdict.held, verdict.moved, verdict.cancelled
        out = verdict.out
        letters = [letter for letter in letters if letter.id not in out]
    tracked = {kind[1]: queue.leaves_machine and is_tracked(queue.programme, kind[1]) for kind in kinds}
    groups: dict[tuple[str, int | None, bool], list[Letter]] = defaultdict(list)
    for letter in letters:
        groups[letter.touchpoint, letter.variant_id, tracked[letter.standing]].append(letter)
    variants = read_variants(connection, {variant_id for _, variant_id, _ in groups})
    for (touchpoint, variant_id, is_followed), members in groups.items():
        for part in parts_of(members, queue.per_request):
            variant = variants.get(variant_id)
            claim = Claim(_new_request_id(), queue.as_of, touchpoint, variant, is_followed, part, split_of)
            done.claims.append(claim)
    if done.claims:
        _write(connection, queue, done.claims)
    passed("in_claim")
    return done


def _new_request_id() -> str:
    """A random id that starts with the time, so that its index grows at one end."""
    return f"{time.time_ns() // 1000:014x}{secrets.token_hex(9)}"


def _write(connection: Connection, queue: Queue, claims: Sequence[Claim]) -> None:
    shared = {"run_id": queue.run_id, "as_of": queue.as_of, "delivery": queue.delivery, "worker": queue.worker}
    rows = [
        shared
        | {
            "request_id": claim.request_id,
            "touchpoint": claim.touchpoint,
            "recipients": len(claim.letters),
            "first_id": claim.letters[0].id,
            "last_id": max(letter.id for letter in claim.letters),
            "split_of": claim.split_of,
        }
        for claim in claims
    ]
    connection.execute(_inserting(queue.lease_seconds), rows)


@cache
def _inserting(lease_seconds: float) -> Insert:
    return insert(_REQUESTS).values(
        state=RequestState.CLAIMED, claimed_at=clock.now(), lease_until=clock.now_plus(lease_seconds)
    )
