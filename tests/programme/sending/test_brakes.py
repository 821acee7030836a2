"""When a run has to stop, and when it asks first."""

import pytest

from programme.sending.brakes import PIECES_IN_A_ROW, FailureBrake, band_fault
from programme.sending.state_changes import RequestState


def test_three_failures_in_a_row_stop() -> None:
    """An accepted request between them starts the count anew; throttling counts for nothing."""
    brake = FailureBrake(0.5)
    for state in (RequestState.IN_DOUBT, RequestState.NOT_SENT, RequestState.THROTTLED, RequestState.ACCEPTED):
        brake.count(state)
    for state in (RequestState.IN_DOUBT, RequestState.IN_DOUBT, RequestState.THROTTLED):
        brake.count(state)
    assert brake.reason is None
    brake.count(RequestState.IN_DOUBT)
    assert brake.reason == "3 requests failed in a row"


def test_the_share_counts_from_twenty() -> None:
    """More than the allowed share of at least twenty requests stops the run; the share itself does not."""
    exact = FailureBrake(0.5)
    for _ in range(10):
        exact.count(RequestState.IN_DOUBT)
        exact.count(RequestState.ACCEPTED)
    assert exact.reason is None

    brake = FailureBrake(0.4)
    for _ in range(10):
        brake.count(RequestState.IN_DOUBT)
        brake.count(RequestState.ACCEPTED)
        assert brake.reason is None or brake.requests >= 20
    assert brake.reason == "10 of 20 requests failed (allowed share: 0.4)"


def test_a_few_bad_addresses_do_not_stop_a_run() -> None:
    """The pieces of a refused request are not failures in a row; a provider that refuses all of them stops the run."""
    brake = FailureBrake(0.5)
    brake.count(RequestState.SPLIT)
    for _ in range(20):
        brake.count(RequestState.SPLIT, is_piece=True)
    assert brake.reason is None
    for _ in range(20):
        brake.count(RequestState.SPLIT, is_piece=True)
    assert brake.pieces_in_a_row == PIECES_IN_A_ROW
    assert brake.reason is not None


@pytest.mark.parametrize(
    ("would_send", "days", "band", "limit"),
    [
        (200, [], 3, None),
        (201, [], 3, 200),
        (301, [100, 20], 3, 300),
        (300, [100, 20], 3, None),
        (10**6, [1], 0, None),
        (251, [100], 2.5, 250),
    ],
)
def test_the_band(would_send: int, days: list[int], band: float, limit: int | None) -> None:
    """Above max(200, band x largest day) asks for a go; a band of 0 never does."""
    fault = band_fault(would_send, days, band)
    assert (fault.limit if fault else None) == limit
