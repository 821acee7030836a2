"""Every morning: book what referrers earned, and what became payable."""

from datetime import UTC, date, datetime

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.payouts import PayoutSteps, run_rewards
from flows.ui.payout_artifacts import publish_booking
from tasks.base.workspace import open_workspace, today_in_amsterdam
from tasks.money import booking
from tasks.money.booking import BookingReport

STEPS = PayoutSteps(
    plan_booking=task(name="plan-booking", cache_policy=NO_CACHE)(booking.plan_booking),
    book=task(name="book", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=10)(booking.book),
)


@flow(name="rewards")
def rewards(as_of: date | None = None, dry_run: bool = True) -> BookingReport:
    """Boekt elke ochtend wat klanten met hun aanbevelingen hebben verdiend, en wat daarvan mag worden uitbetaald.

    Args:
        as_of: de dag waarvoor wordt geboekt; leeg is vandaag (Amsterdam).
        dry_run: alleen kijken: er wordt niets geboekt.
    """
    now = datetime.now(UTC)
    report = run_rewards(STEPS, open_workspace(), as_of or today_in_amsterdam(), now, dry_run)
    return publish_booking(report, dry_run)
