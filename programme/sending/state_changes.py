"""What may become of a message, and through what: the one table that every change of a status consults.

Pure. The database's side is tasks/sending/status_changes.py: the WHERE of each update is read from this table.
Source: programme section 2 (statuses); the algorithm is described in tasks/sending/delivery.py.
"""

from collections.abc import Iterable
from enum import StrEnum

from programme.words.states import MessageStatus as Status

NOT_SENT_SECONDS = 5.0  # before a host that could not be reached is tried again


class Cause(StrEnum):
    """What changes the status of a message that was planned."""

    FENCE = "fence"  # its request goes on the wire now
    ANSWER = "answer"  # the provider answered its request, perhaps late
    LOST = "lost"  # the worker ended or stalled while the request may have been on the wire
    LOOK_UP = "look_up"  # the provider's own log knows its request
    EVENT = "event"  # the provider's events about it
    RESEND = "resend"  # a person let it go again
    WITHDRAWAL = "withdrawal"  # the rules at the claim, a withdrawn campaign, a backfill that keeps one each
    EXPIRY = "expiry"  # its window closed before it could go


_OPEN = frozenset({Status.PLANNED, Status.SENDING, Status.IN_DOUBT})
_CALLED_OFF = frozenset({Status.EXPIRED, Status.CANCELLED})
_ON_WIRE = frozenset({Status.SENDING, Status.IN_DOUBT})

# Through which cause a message gets a status, and from which: anything else is a fault of ours.
# A late answer counts from everywhere that its message can have gone meanwhile (each claim has a request id of its own)
# but not against an event: a drop that was told before the answer was written down stays.
CHANGES: dict[tuple[Cause, Status], frozenset[Status]] = {
    (Cause.FENCE, Status.SENDING): frozenset({Status.PLANNED}),
    (Cause.ANSWER, Status.ACCEPTED): _OPEN | _CALLED_OFF,
    (Cause.ANSWER, Status.REJECTED): _OPEN,
    (Cause.ANSWER, Status.PLANNED): _OPEN,
    (Cause.ANSWER, Status.IN_DOUBT): _ON_WIRE,  # what a person let go again is not taken back by a late doubt
    (Cause.LOST, Status.IN_DOUBT): frozenset({Status.SENDING}),
    (Cause.LOST, Status.PLANNED): frozenset({Status.SENDING}),
    (Cause.LOOK_UP, Status.ACCEPTED): frozenset({Status.IN_DOUBT}),
    (Cause.EVENT, Status.ACCEPTED): _OPEN | _CALLED_OFF | {Status.ACCEPTED, Status.REJECTED},
    (Cause.EVENT, Status.REJECTED): _OPEN | {Status.ACCEPTED, Status.REJECTED},
    (Cause.RESEND, Status.PLANNED): frozenset({Status.IN_DOUBT, Status.REJECTED}),
    (Cause.WITHDRAWAL, Status.CANCELLED): frozenset({Status.PLANNED}),
    (Cause.EXPIRY, Status.EXPIRED): frozenset({Status.PLANNED}),
}


def statuses_before(cause: Cause, after: Status) -> tuple[Status, ...]:
    """The statuses from which `cause` may lead to `after`, in life order. Raises KeyError when it never may."""
    before = CHANGES[cause, after]
    return tuple(status for status in Status if status in before)


def may_change(cause: Cause, before: Status, after: Status) -> bool:
    return before in CHANGES.get((cause, after), frozenset())


class RequestState(StrEnum):
    """The life of one request, in order; all but the first two are ends."""

    CLAIMED = "claimed"
    ON_WIRE = "on_wire"
    ACCEPTED = "accepted"
    REJECTED = "rejected"  # refused for good for its recipient's sake, and it carried one message
    SPLIT = "split"  # refused for good, and it carried several: one of them is bad, or they are too many
    THROTTLED = "throttled"  # asked to come back later
    NOT_SENT = "not_sent"  # not a byte left us, or the answer says that the messages were not looked at
    IN_DOUBT = "in_doubt"  # nobody can say whether it was accepted
    RELEASED = "released"  # claimed, never on the wire


MESSAGE_STATUS_AFTER: dict[RequestState, Status] = {
    RequestState.ACCEPTED: Status.ACCEPTED,
    RequestState.REJECTED: Status.REJECTED,
    RequestState.SPLIT: Status.PLANNED,
    RequestState.THROTTLED: Status.PLANNED,
    RequestState.NOT_SENT: Status.PLANNED,
    RequestState.IN_DOUBT: Status.IN_DOUBT,
    RequestState.RELEASED: Status.PLANNED,
}


class Refusal(StrEnum):
    """A refusal that is our own fault, or our account's: the run stops, the messages stay planned."""

    KEY = "key"
    CREDIT = "credit"  # the account has no mails left, or is not paid for
    PERMISSION = "permission"
    HOST = "host"  # something else answers there
    REGION = "region"
    REQUEST = "request"  # what we wrote in the request, beside its recipients
    STORAGE = "storage"  # our own disk


def split_positions(count: int, suspects: Iterable[int] = ()) -> list[tuple[int, ...]]:
    """How to ask again for a refused request of `count` messages (two or more): smaller requests, all of it.

    Args:
        suspects: positions that the provider's errors name; a hint only. Few of them go each alone, after the rest.
    """
    named = sorted({position for position in suspects if 0 <= position < count})
    if 0 < len(named) <= 20 and len(named) < count:
        rest = tuple(position for position in range(count) if position not in set(named))
        return [rest, *((position,) for position in named)]
    middle = count // 2
    return [tuple(range(middle)), tuple(range(middle, count))]
