"""What money leaves in the Prefect UI: one thing is one, and a batch is told what comes next for it."""

from datetime import UTC, date, datetime

import pytest

from flows.ui.artifacts.payout import booking_markdown, settlement_markdown
from programme.money.states import BatchState
from tasks.money.booking import BookingReport
from tasks.referrals.batches import Batch, Settlement

DAY = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, ("1 aanbeveling telt mee.", "1 aanbeveling was al betaald (€ 100), 1 staat nog open")),
        (2, ("2 aanbevelingen tellen mee.", "2 aanbevelingen waren al betaald (€ 100), 2 staan nog open")),
    ],
)
def test_one_referral_is_one(count: int, said: tuple[str, str]) -> None:
    """Of a booking, and of the first one."""
    report = BookingReport(DAY, count, is_first=True, opened=count, opened_cents=10_000, owed=count, owed_cents=10_000)
    assert [words in booking_markdown(report, dry_run=False) for words in said] == [True, True]


@pytest.mark.parametrize(
    ("state", "says"),
    [(BatchState.PREPARED, "settlement approve S1 --by"), (BatchState.APPROVED, "settlement export S1 --out")],
)
def test_what_comes_next_for_a_batch(state: BatchState, says: str) -> None:
    """One that is approved already waits for its file, and cannot be approved again."""
    batch = Batch("S1", DAY, state, "Bas", datetime(2026, 6, 1, tzinfo=UTC), None, None)
    told = settlement_markdown(Settlement(batch))
    assert says in told
    assert told.count("bouwclub settlement") == 1
