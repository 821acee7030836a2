"""The ways in which a provider fails, and a plan of them that is the same for the same seed."""

import random
import threading
from collections.abc import Mapping
from enum import StrEnum


class Trouble(StrEnum):
    NONE = "none"
    SLOW = "slow"  # a late 202
    THROTTLED = "throttled"  # 429, Retry-After in seconds
    THROTTLED_DATE = "throttled_date"  # 429, Retry-After as a date
    THROTTLED_PAST = "throttled_past"  # 429, a date that is over
    THROTTLED_BARE = "throttled_bare"  # 429 without Retry-After
    RATE_HEADERS = "rate_headers"  # 202, and no request left in this second
    ERROR_BEFORE = "error_before"  # 500, not accepted
    ERROR_AFTER = "error_after"  # 500, although accepted
    UNAVAILABLE = "unavailable"  # 503, not accepted
    CLOSE_BEFORE = "close_before"  # no answer, not accepted
    CLOSE_AFTER = "close_after"  # no answer, although accepted
    RESET = "reset"  # connection reset after half of the request
    LATE = "late"  # accepted after the client gave up
    DRIBBLE = "dribble"  # accepted, the answer comes byte by byte without an end
    TOO_LARGE = "too_large"  # 413 with an HTML page
    REDIRECT = "redirect"  # 302 to elsewhere
    MOVED = "moved"  # 308 to elsewhere
    WRONG_KEY = "wrong_key"  # 401
    FORBIDDEN = "forbidden"  # 403
    NOT_FOUND = "not_found"  # 404
    BAD_REPLY_TO = "bad_reply_to"  # 400 about reply_to
    BAD_FROM = "bad_from"  # 400 about the sender
    BAD_CONTENT = "bad_content"  # 400 about the content
    NAMELESS = "nameless"  # 400 that names no field
    PROXY = "proxy"  # 400 with a proxy's HTML page
    UNPAID = "unpaid"  # 402
    GONE = "gone"  # 410
    HEADERS_TOO_LARGE = "headers_too_large"  # 431
    RATE_FOR_AN_HOUR = "rate_for_an_hour"  # 202, and no request left in this hour
    NO_ID = "no_id"  # 202 without X-Message-Id


# As many faults as no provider has, so that a short run meets all of them. Shares of a hundred.
STORM: Mapping[Trouble, int] = {
    Trouble.SLOW: 4,
    Trouble.THROTTLED: 3,
    Trouble.THROTTLED_PAST: 1,
    Trouble.THROTTLED_BARE: 1,
    Trouble.RATE_HEADERS: 2,
    Trouble.ERROR_BEFORE: 4,
    Trouble.ERROR_AFTER: 3,
    Trouble.UNAVAILABLE: 3,
    Trouble.CLOSE_BEFORE: 4,
    Trouble.CLOSE_AFTER: 4,
    Trouble.RESET: 2,
    Trouble.LATE: 1,
    Trouble.DRIBBLE: 1,
}


# Refusals that are our own fault or our account's: whatever the number of messages, none may be closed by them.
OWN_FAULTS = (
    Trouble.WRONG_KEY,
    Trouble.FORBIDDEN,
    Trouble.NOT_FOUND,
    Trouble.MOVED,
    Trouble.BAD_REPLY_TO,
    Trouble.BAD_FROM,
    Trouble.BAD_CONTENT,
    Trouble.NAMELESS,
    Trouble.PROXY,
    Trouble.UNPAID,
    Trouble.GONE,
    Trouble.HEADERS_TOO_LARGE,
)


class FaultPlan:
    """What happens to the next request: first the queue, then the shares.

    Args:
        shares: of a hundred requests, how many meet each trouble.
    """

    def __init__(self, shares: Mapping[Trouble, int] | None = None, seed: int = 0) -> None:
        self.shares = dict(shares or {})
        self.queue: list[Trouble] = []
        self._random = random.Random(seed)
        self._lock = threading.Lock()

    def next(self) -> Trouble:
        with self._lock:
            if self.queue:
                return self.queue.pop(0)
            point = self._random.uniform(0, 100)
        for trouble, share in self.shares.items():
            point -= share
            if point < 0:
                return trouble
        return Trouble.NONE
