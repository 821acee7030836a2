"""The one table of legal status changes of a message, and their causes; every change of a status consults it.

Pure. On the side of the database, tasks/sending/status_changes.py builds the WHERE of each update from this table.
Source: programme section 2 (statuses); tasks/sending/delivery.py describes the algorithm.
"""

from collections.abc import Iterable
from enum import StrEnum

from programme.words.states import MessageStatus as Status

NOT_SENT_SECONDS = 5.0  # the wait before the next try of a host that could not be reached


class Cause(StrEnum):
    """What changes the status of a planned message."""

    FENCE = "fence"  # its request goes on the wire now
    ANSWER = "answer"  # the provider answered its request, perhaps late
    LOST = "lost"  # the worker ended or stalled while the request may have been on the wire
    LOOK_UP = "look_up"  # the provider's own log knows its request
    EVENT = "event"  # the provider's events about it
    RESEND = "resend"  # a person released it again
    WITHDRAWAL = "withdrawal"  # a rule at the claim, a withdrawn campaign, a backfill that keeps one per recipient
    EXPIRY = "expiry"  # its window closed before it could go


_OPEN = frozenset({Status.PLANNED, Status.SENDING, Status.IN_DOUBT})
_CALLED_OFF = frozenset({Status.EXPIRED, Status.CANCELLED})
_ON_WIRE = frozenset({Status.SENDING, Status.IN_DOUBT})

# (cause, new status) -> the statuses from which this change is legal. Any other change is a bug.
# A late answer of the provider counts whatever happened to its message meanwhile (each claim has its own request id),
# but not against an event: a drop that was reported before the answer was recorded stays.
CHANGES: dict[tuple[Cause, Status], frozenset[Status]] = {
    (Cause.FENCE, Status.SENDING): frozenset({Status.PLANNED}),
    (Cause.ANSWER, Status.ACCEPTED): _OPEN | _CALLED_OFF,
    (Cause.ANSWER, Status.REJECTED): _OPEN,
    (Cause.ANSWER, Status.PLANNED): _OPEN,
    (Cause.ANSWER, Status.IN_DOUBT): _ON_WIRE,  # a late doubt must not take back a message that a person released
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
    """Whether `cause` may change a message from `before` to `after`."""
    return before in CHANGES.get((cause, after), frozenset())


class RequestState(StrEnum):
    """The life of one request, in order; all states but the first two are final."""

    CLAIMED = "claimed"
    ON_WIRE = "on_wire"
    ACCEPTED = "accepted"
    REJECTED = "rejected"  # refused for good because of its recipient; it carried one message
    SPLIT = "split"  # refused for good; it carried several messages, of which one is bad, or too many
    THROTTLED = "throttled"  # the provider asked us to try again later
    NOT_SENT = "not_sent"  # no byte left us, or the provider says that it did not process the messages
    IN_DOUBT = "in_doubt"  # nobody can tell whether it was accepted
    RELEASED = "released"  # claimed, but never on the wire


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
    """A refusal caused by our own request or account: the run stops, and the messages stay planned."""

    KEY = "key"
    CREDIT = "credit"  # the account has no mails left, or is not paid for
    PERMISSION = "permission"
    HOST = "host"  # the host that answers is not the provider
    REGION = "region"
    REQUEST = "request"  # something in the request other than its recipients
    STORAGE = "storage"  # our own disk


def split_positions(count: int, suspects: Iterable[int] = ()) -> list[tuple[int, ...]]:
    """How to split a refused request of `count` messages (two or more) into smaller requests that cover all of it.

    Args:
        suspects: positions that the provider's errors name, as a hint only. A few of them each get a request of their
            own, after the rest.

    Returns:
        Positions from 0, one tuple for each new request.
    """
    named = sorted({position for position in suspects if 0 <= position < count})
    if 0 < len(named) <= 20 and len(named) < count:
        rest = tuple(position for position in range(count) if position not in set(named))
        return [rest, *((position,) for position in named)]
    middle = count // 2
    return [tuple(range(middle)), tuple(range(middle, count))]
