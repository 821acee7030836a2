"""Claiming messages for sending: durable before any byte leaves, and fenced once more right before the wire.

A claim is a request id and a lease on the message, not a status: a claimed message still shows as planned. On
SQLite the transactions are immediate and fully synchronous; on PostgreSQL rows are locked with SKIP LOCKED.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, insert, or_, select, update

from models import clock, tables
from models.bulk import in_values, not_in_values
from programme.decide import recheck_reason
from programme.schema import Programme
from programme.sends import RequestState
from programme.states import MessageStatus, Purpose, Reason
from tasks import limiter
from tasks.checkpoints import passed
from tasks.messenger import Claim, Letter
from tasks.suspicion import is_suspect, is_tracked, standing_of

_MESSAGES, _REQUESTS = tables.messages, tables.requests
_LETTER = [_MESSAGES.c[name] for name in Letter._fields]


class ClaimLost(Exception):
    """The lease ran out before the request went on the wire; somebody else may have the messages."""


@dataclass(frozen=True)
class Queue:
    """What a run claims, and for whom.

    Attributes:
        window: messages looked at in one transaction; several requests come out of it.
        tracks: the delivery can tell of opens at all.
        is_limited: the delivery has a rate that all workers share.
    """

    programme: Programme
    as_of: date
    delivery: str
    per_request: int
    window: int
    lease_seconds: float
    tracks: bool
    is_limited: bool
    run_id: str
    worker: str


@dataclass
class Claimed:
    """What one claiming transaction did.

    Attributes:
        last_id: the next window starts after it.
        looked_at: 0 when there is nothing (more) to claim.
    """

    claims: list[Claim] = field(default_factory=list)
    cancelled: dict[Reason, int] = field(default_factory=lambda: defaultdict(int))
    held: list[int] = field(default_factory=list)
    looked_at: int = 0
    last_id: int = 0


class _Found(NamedTuple):
    letter: Letter
    standing: int


def claim_window(
    connection: Connection, queue: Queue, after_id: int, set_aside: Collection[int] = (), limit: int | None = None
) -> Claimed:
    """Claim the next messages after `after_id`, by id, as requests of at most `queue.per_request`.

    Rules 1 to 3 and 6 are asked again here: 1 to 3 cancel the message, 6 leaves it planned and out of this run.

    Args:
        set_aside: ids that this run leaves alone.
        limit: look at no more messages than this.
    """
    size = queue.window if limit is None else min(queue.window, limit)
    query = _claimable(connection, queue).where(_MESSAGES.c.id > after_id).order_by(_MESSAGES.c.id).limit(size)
    if set_aside:
        query = query.where(not_in_values(_MESSAGES.c.id, set_aside, connection.dialect.name))
    return _claim(connection, queue, query, None)


def claim_piece(connection: Connection, queue: Queue, ids: Collection[int], split_of: str | None) -> Claimed:
    """Claim messages as a request of their own; what others took meanwhile is left out.

    Args:
        split_of: the refused request that they are a piece of; None for messages taken out of a claim.
    """
    mine = and_(
        in_values(_MESSAGES.c.id, ids, connection.dialect.name), _MESSAGES.c.request_id.is_not_distinct_from(split_of)
    )
    return _claim(connection, queue, _claimable(connection, queue).where(mine).order_by(_MESSAGES.c.id), split_of)


def fence(connection: Connection, queue: Queue, claim: Claim) -> float:
    """Put a claim on the wire, if it is still ours and the provider's rate allows.

    Returns:
        0 when the request may and must now be sent, else the seconds to wait before asking again.

    Raises:
        ClaimLost: some of its messages are not ours any more; nothing may be sent.
    """
    dialect = connection.dialect.name
    if queue.is_limited and (wait := limiter.take(connection, queue.delivery)) > 0:
        return wait
    until = clock.now_plus(dialect, queue.lease_seconds)
    ours = and_(_REQUESTS.c.request_id == claim.request_id, _REQUESTS.c.state == RequestState.CLAIMED)
    values = {"state": RequestState.ON_WIRE, "sent_at": clock.now(dialect), "lease_until": until}
    started = connection.execute(update(_REQUESTS).where(ours).values(values)).rowcount
    held = and_(
        _MESSAGES.c.request_id == claim.request_id,
        _MESSAGES.c.status == MessageStatus.PLANNED,
        _MESSAGES.c.lease_until > clock.now(dialect),
    )
    sending = {"status": MessageStatus.SENDING, "lease_until": until, "attempts": _MESSAGES.c.attempts + 1}
    fenced = connection.execute(update(_MESSAGES).where(held).values(sending)).rowcount
    passed("in_fence")
    if started != 1 or fenced != len(claim.letters):
        raise ClaimLost(claim.request_id)
    return 0.0


def release(connection: Connection, request_ids: Iterable[str]) -> None:
    """Give up claims that never went on the wire."""
    for request_id in request_ids:
        ours = and_(_REQUESTS.c.request_id == request_id, _REQUESTS.c.state == RequestState.CLAIMED)
        connection.execute(update(_REQUESTS).where(ours).values(state=RequestState.RELEASED))
        claimed = and_(_MESSAGES.c.request_id == request_id, _MESSAGES.c.status == MessageStatus.PLANNED)
        connection.execute(update(_MESSAGES).where(claimed).values(lease_until=None))


def take_out(connection: Connection, claim: Claim, ids: Collection[int]) -> None:
    """Take letters out of a claim that cannot go with the others; they stay planned, and its answer is not theirs."""
    mine = and_(in_values(_MESSAGES.c.id, ids, connection.dialect.name), _MESSAGES.c.request_id == claim.request_id)
    connection.execute(update(_MESSAGES).where(mine).values(lease_until=None, request_id=None))


def _claimable(connection: Connection, queue: Queue) -> Select[Any]:
    """Planned messages of the run's day that nobody holds and no provider asked to let rest."""
    now = clock.now(connection.dialect.name)
    standing = standing_of(_MESSAGES, queue.programme, queue.as_of)
    return (
        select(*_LETTER, standing)
        .where(
            # The first condition adds nothing but lets SQLite see that its partial index covers the second.
            _MESSAGES.c.status.in_(QUEUE_STATUSES),
            _MESSAGES.c.status == MessageStatus.PLANNED,
            _MESSAGES.c.as_of == queue.as_of,
            or_(_MESSAGES.c.lease_until.is_(None), _MESSAGES.c.lease_until <= now),
            or_(_MESSAGES.c.not_before.is_(None), _MESSAGES.c.not_before <= now),
        )
        .with_for_update(skip_locked=True, of=_MESSAGES)
    )


def _claim(connection: Connection, queue: Queue, query: Select[Any], split_of: str | None) -> Claimed:
    found = [_Found(Letter(*row[:-1]), row[-1]) for row in connection.execute(query)]
    done = Claimed(looked_at=len(found), last_id=found[-1].letter.id if found else 0)
    suspects = [each.letter for each in found if is_suspect(queue.programme, each.letter, each.standing)]
    out = _recheck(connection, queue, suspects, done) if suspects else frozenset[int]()
    groups: dict[tuple[Any, ...], list[Letter]] = defaultdict(list)
    for letter, standing in found:
        if letter.id not in out:
            tracked = queue.tracks and is_tracked(queue.programme, standing)
            groups[letter.touchpoint, letter.variant, tracked].append(letter)
    for (touchpoint, variant, tracked), letters in groups.items():
        for part in parts_of(letters, queue.per_request):
            claim = Claim(uuid.uuid4().hex, queue.as_of, touchpoint, variant, tracked, part, split_of)
            _write(connection, queue, claim)
            done.claims.append(claim)
    passed("in_claim")
    return done


def parts_of(letters: Sequence[Letter], size: int) -> list[list[Letter]]:
    """Cut into requests of at most `size`, no address twice in one."""
    parts: list[list[Letter]] = []
    remaining = list(letters)
    while remaining:
        part: dict[str, Letter] = {}
        later = []
        for letter in remaining:
            if len(part) == size or letter.recipient in part:
                later.append(letter)
            else:
                part[letter.recipient] = letter
        parts.append(list(part.values()))
        remaining = later
    return parts


def _write(connection: Connection, queue: Queue, claim: Claim) -> None:
    dialect = connection.dialect.name
    until = clock.now_plus(dialect, queue.lease_seconds)
    connection.execute(
        insert(_REQUESTS).values(
            request_id=claim.request_id,
            run_id=queue.run_id,
            as_of=queue.as_of,
            delivery=queue.delivery,
            touchpoint=claim.touchpoint,
            recipients=len(claim.letters),
            worker=queue.worker,
            state=RequestState.CLAIMED,
            split_of=claim.split_of,
            claimed_at=clock.now(dialect),
            lease_until=until,
        )
    )
    mine = in_values(_MESSAGES.c.id, [letter.id for letter in claim.letters], dialect)
    values = {"request_id": claim.request_id, "lease_until": until, "is_tracked": claim.is_tracked}
    connection.execute(update(_MESSAGES).where(mine).values(values))


def _recheck(connection: Connection, queue: Queue, suspects: list[Letter], done: Claimed) -> frozenset[int]:
    """Ask the rules about the few that SQL could not clear; returns the ids that do not go now."""
    from tasks.audience import read_recipients

    asked = {letter.client_id for letter in suspects}
    recipients = read_recipients(connection, queue.programme, asked, queue.as_of)
    known = {client.client_id: (recipient, client) for recipient in recipients for client in recipient.clients}
    cancelled: dict[Reason, list[int]] = defaultdict(list)
    for letter in suspects:
        reason = _reason(queue, letter, known)
        if reason == Reason.OPEN_CASE:
            done.held.append(letter.id)
        elif reason is not None:
            cancelled[reason].append(letter.id)
    for reason, ids in cancelled.items():
        cancel(connection, ids, reason)
        done.cancelled[reason] += len(ids)
    return frozenset(done.held).union(*cancelled.values())


def _reason(queue: Queue, letter: Letter, known: dict[str, Any]) -> Reason | None:
    """Why a letter does not go now. An address that is no longer the client's counts as none."""
    if letter.client_id not in known:
        return Reason.NO_ADDRESS
    recipient, client = known[letter.client_id]
    if recipient.address != letter.recipient:
        return Reason.NO_ADDRESS
    reason = recheck_reason(queue.programme, Purpose(letter.purpose), recipient, client, queue.as_of)
    if reason == Reason.OPEN_CASE and letter.touchpoint not in queue.programme.touchpoints:
        return None  # mails of a case and of the referral programme stand outside rule 6
    return reason


def cancel(connection: Connection, ids: Collection[int], reason: str) -> int:
    """Cancel messages that are still planned; returns how many were."""
    still = and_(in_values(_MESSAGES.c.id, ids, connection.dialect.name), _MESSAGES.c.status == MessageStatus.PLANNED)
    values = {
        "status": MessageStatus.CANCELLED,
        "reason": str(reason),
        "lease_until": None,
        "settled_at": clock.now(connection.dialect.name),
    }
    return connection.execute(update(_MESSAGES).where(still).values(values)).rowcount


QUEUE_STATUSES = (MessageStatus.PLANNED, MessageStatus.SENDING, MessageStatus.IN_DOUBT)
