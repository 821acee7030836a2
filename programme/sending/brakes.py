"""What stops a run: too many failed requests, or a plan far outside the usual band. Source: contract section 3."""

from collections.abc import Iterable
from typing import NamedTuple

from programme.sending.state_changes import RequestState

SHARE_COUNTS_FROM = 20  # requests; with fewer, the share of failures means little
FAILURES_IN_A_ROW = 3
PIECES_IN_A_ROW = 40  # halving a thousand with twenty bad ones meets some twenty refusals before the first success
BAND_FLOOR = 200  # so many messages a day never need a go
BAND_DAYS = 28


class FailureBrake:
    """Counts the requests of a run and decides when the run must stop.

    Throttled requests are not counted. The pieces of a refused request have a longer patience of their own: a few bad
    addresses among a thousand must not stop a run, but a provider that refuses everything must.
    """

    def __init__(self, max_share: float) -> None:
        self.max_share = max_share
        self.requests = 0
        self.failures = 0
        self.in_a_row = 0
        self.pieces_in_a_row = 0
        self.was_accepted = False

    def count(self, state: RequestState, is_piece: bool = False) -> None:
        """Count one request by the state in which it ended.

        Args:
            is_piece: the request was a piece of a refused request.
        """
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
        """Why the run must stop, as the end of a sentence; None while it may continue."""
        if self.in_a_row >= FAILURES_IN_A_ROW:
            return f"{self.in_a_row} requests failed in a row"
        if self.pieces_in_a_row >= PIECES_IN_A_ROW:
            return f"every piece of a refused request is refused ({self.pieces_in_a_row} in a row)"
        if self.requests >= SHARE_COUNTS_FROM and self.failures > self.max_share * self.requests:
            return f"{self.failures} of {self.requests} requests failed (allowed share: {self.max_share:g})"
        return None


class BandFault(NamedTuple):
    """A day's plan far outside the usual band; its text says what to do."""

    would_send: int
    limit: int
    largest: int

    def __str__(self) -> str:
        return (
            f"{self.would_send} messages would go out, more than {self.limit} (largest day of the last {BAND_DAYS}: "
            f"{self.largest}); look at the plan, then run again with --confirm, or set BOUWCLUB_DAILY_BAND"
        )


def band_fault(would_send: int, day_counts: Iterable[int], band: float) -> BandFault | None:
    """The fault of a run that would send more than max(200, band x the largest day); None otherwise.

    Args:
        day_counts: the number of messages of each of the 28 days before the run's.
        band: 0 switches the check off.
    """
    largest = max(day_counts, default=0)
    limit = max(BAND_FLOOR, int(band * largest))
    if band == 0 or would_send <= limit:
        return None
    return BandFault(would_send, limit, largest)
