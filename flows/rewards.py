"""Every morning: book what referrers earned, and what became payable."""

from datetime import UTC, date, datetime

from prefect.cache_policies import NO_CACHE

from flows.payouts import PayoutSteps, run_rewards
from flows.secrecy import flow, task
from flows.ui.artifacts.payout import publish_booking
from flows.ui.artifacts.referral import publish_referrals
from tasks.base.workspace import open_workspace, today_in_amsterdam
from tasks.figures.families.referrals import read_overview
from tasks.money import booking
from tasks.money.booking import BookingReport
from tasks.referrals.mails import sending

STEPS = PayoutSteps(
    plan_booking=task(name="plan-booking", cache_policy=NO_CACHE)(booking.plan_booking),
    book=task(name="book", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=10)(booking.book),
    send_mails=task(name="send-mails", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=60)(
        sending.send_reward_mails
    ),
)
OVERVIEW = task(name="read-overview", cache_policy=NO_CACHE)(read_overview)


@flow(name="rewards")
def rewards(as_of: date | None = None, dry_run: bool = True) -> BookingReport:
    """Boekt elke ochtend wat klanten met hun aanbevelingen hebben verdiend, en wat daarvan mag worden uitbetaald.

    Args:
        as_of: De dag waarvoor wordt geboekt; leeg is vandaag (Amsterdam).
        dry_run: Alleen kijken: er wordt niets geboekt.
    """
    now, day = datetime.now(UTC), as_of or today_in_amsterdam()
    workspace = open_workspace()
    report = run_rewards(STEPS, workspace, day, now, dry_run)
    publish_referrals(OVERVIEW(workspace.engine, workspace.programme, day), workspace.programme.figures.small_n)
    return publish_booking(report, dry_run)
