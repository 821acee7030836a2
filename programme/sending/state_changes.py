"""What may become of a message on its way out, and what a provider's answer means for it.

Pure: the tables of legal changes, the reading of HTTP answers and of Retry-After, and the two brakes. Source:
programme section 2 (statuses), contract section 3 (brakes); the algorithm is described in tasks/sending/delivery.py.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import NamedTuple

from programme.words.states import MessageStatus

RETRY_AFTER_CAP_SECONDS = 3600.0
THROTTLE_SECONDS = 30.0  # asked to slow down without being told for how long
NOT_SENT_SECONDS = 5.0  # before a host that could not be reached is tried again
SHARE_COUNTS_FROM = 20  # requests, before the share of failures means anything
FAILURES_IN_A_ROW = 3
PIECES_IN_A_ROW = 40  # halving a thousand with twenty bad ones meets some twenty refusals before the first success
BAND_FLOOR = 200  # messages a day that never ask for a go
BAND_DAYS = 28

# Which status may follow which, and through what; anything else is a fault of ours.
CHANGES: dict[MessageStatus, frozenset[MessageStatus]] = {
    MessageStatus.PLANNED: frozenset(
        {
            MessageStatus.SENDING,  # the fence
            MessageStatus.CANCELLED,  # rules 1 to 3 at the claim; a case mail that came too late
            MessageStatus.EXPIRED,  # its window closed before it could go
            MessageStatus.ACCEPTED,  # a late answer of the same request, after a resend was allowed
            MessageStatus.REJECTED,  # likewise
        }
    ),
    MessageStatus.SENDING: frozenset(
        {MessageStatus.ACCEPTED, MessageStatus.REJECTED, MessageStatus.IN_DOUBT, MessageStatus.PLANNED}
    ),
    MessageStatus.IN_DOUBT: frozenset({MessageStatus.ACCEPTED, MessageStatus.REJECTED, MessageStatus.PLANNED}),
    MessageStatus.ACCEPTED: frozenset(),
    MessageStatus.REJECTED: frozenset(),
    MessageStatus.EXPIRED: frozenset(),
    MessageStatus.CANCELLED: frozenset(),
}

# A late answer still counts from each of these, because every claim has its own request id.
SETTLED_FROM = (MessageStatus.SENDING, MessageStatus.IN_DOUBT, MessageStatus.PLANNED)


def may_become(before: MessageStatus, after: MessageStatus) -> bool:
    return after in CHANGES.get(before, frozenset())


class RequestState(StrEnum):
    """The life of one request, in order; all but the first two are ends."""

    CLAIMED = "claimed"
    ON_WIRE = "on_wire"
    ACCEPTED = "accepted"
    REJECTED = "rejected"  # refused for good, and it carried one message
    SPLIT = "split"  # refused for good, and it carried several: one of them is bad
    THROTTLED = "throttled"  # asked to come back later
    NOT_SENT = "not_sent"  # not a byte left us, or the answer says that nothing was looked at
    IN_DOUBT = "in_doubt"  # nobody can say whether it was accepted
    RELEASED = "released"  # claimed, never on the wire


MESSAGE_STATUS_AFTER: dict[RequestState, MessageStatus] = {
    RequestState.ACCEPTED: MessageStatus.ACCEPTED,
    RequestState.REJECTED: MessageStatus.REJECTED,
    RequestState.SPLIT: MessageStatus.PLANNED,
    RequestState.THROTTLED: MessageStatus.PLANNED,
    RequestState.NOT_SENT: MessageStatus.PLANNED,
    RequestState.IN_DOUBT: MessageStatus.IN_DOUBT,
    RequestState.RELEASED: MessageStatus.PLANNED,
}


class Refusal(StrEnum):
    """A refusal that has nothing to do with the messages: the run stops, they stay planned."""

    KEY = "key"
    PERMISSION = "permission"
    HOST = "host"
    REGION = "region"
    STORAGE = "storage"  # our own disk


class Meaning(NamedTuple):
    state: RequestState
    refusal: Refusal | None = None


_REFUSALS = {
    401: Refusal.KEY,
    403: Refusal.PERMISSION,
    404: Refusal.HOST,
    405: Refusal.HOST,
    406: Refusal.HOST,
    407: Refusal.HOST,
    415: Refusal.HOST,
    421: Refusal.HOST,
    451: Refusal.REGION,
    # A mail service does not redirect: somebody else answered, and says that it is not the place.
    301: Refusal.HOST,
    307: Refusal.HOST,
    308: Refusal.HOST,
}
# Definite: the body was looked at and refused. Any other status leaves us in doubt.
_DEFINITE = frozenset({400, 402, 409, 410, 411, 412, 413, 414, 416, 417, 422, 426, 428, 431})


def meaning_of(http_status: int, recipients: int) -> Meaning:
    """What an answer says about all messages of its request.

    Args:
        recipients: how many messages the request carried; a definite refusal of several only says that one is bad.
    """
    if http_status == 202:
        return Meaning(RequestState.ACCEPTED)
    if http_status == 429:
        return Meaning(RequestState.THROTTLED)
    if refusal := _REFUSALS.get(http_status):
        return Meaning(RequestState.NOT_SENT, refusal)
    if http_status in _DEFINITE:
        return Meaning(RequestState.REJECTED if recipients == 1 else RequestState.SPLIT)
    return Meaning(RequestState.IN_DOUBT)


def retry_after_seconds(header: str | None, now: datetime) -> float | None:
    """Seconds to wait as a Retry-After header says, in [0, 3600]; None when it is absent or unreadable.

    Args:
        header: whole seconds or an HTTP date (RFC 9110 section 10.2.3).
        now: aware; only the date form needs it.
    """
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return _capped(float(text[:9]))
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return _capped((moment - now).total_seconds())


def _capped(seconds: float) -> float:
    return min(max(seconds, 0.0), RETRY_AFTER_CAP_SECONDS)


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


class FailureBrake:
    """Counts a run's requests and says when it has to stop.

    Throttled requests are left out. The pieces of a refused request have a longer patience of their own: a few bad
    addresses among a thousand must not stop a run, a provider that refuses everything must.
    """

    def __init__(self, max_share: float) -> None:
        self.max_share = max_share
        self.requests = 0
        self.failures = 0
        self.in_a_row = 0
        self.pieces_in_a_row = 0
        self.was_accepted = False

    def count(self, state: RequestState, is_piece: bool = False) -> None:
        """Args: is_piece: the request was a piece of one that was refused."""
        if state == RequestState.THROTTLED:
            return
        if state == RequestState.ACCEPTED:
            self.requests += 1
            self.in_a_row = self.pieces_in_a_row = 0
            self.was_accepted = True
            return
        if is_piece and state in (RequestState.SPLIT, RequestState.REJECTED):
            self.pieces_in_a_row += 1
            self.requests += state == RequestState.REJECTED
            self.failures += state == RequestState.REJECTED
            return
        self.requests += 1
        self.failures += 1
        self.in_a_row += 1

    @property
    def reason(self) -> str | None:
        """Why the run has to stop, as the end of a sentence; None while it may go on."""
        if self.in_a_row >= FAILURES_IN_A_ROW:
            return f"{self.in_a_row} requests failed in a row"
        if self.pieces_in_a_row >= PIECES_IN_A_ROW:
            return f"every piece of a refused request is refused ({self.pieces_in_a_row} in a row)"
        if self.requests >= SHARE_COUNTS_FROM and self.failures > self.max_share * self.requests:
            return f"{self.failures} of {self.requests} requests failed (allowed share: {self.max_share:g})"
        return None


class BandFault(NamedTuple):
    """A day's plan far outside the usual band."""

    would_send: int
    limit: int
    largest: int

    def __str__(self) -> str:
        return (
            f"{self.would_send} messages would go out, more than {self.limit} (largest day of the last {BAND_DAYS}: "
            f"{self.largest}); look at the plan, then run again with --confirm, or set BOUWCLUB_DAILY_BAND"
        )


def band_fault(would_send: int, day_counts: Iterable[int], band: float) -> BandFault | None:
    """Whether a run would send more than max(200, band x the largest day); a band of 0 never asks.

    Args:
        day_counts: messages of each of the last 28 days before the run's.
    """
    largest = max(day_counts, default=0)
    limit = max(BAND_FLOOR, int(band * largest))
    if band == 0 or would_send <= limit:
        return None
    return BandFault(would_send, limit, largest)
