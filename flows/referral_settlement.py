"""On the first of the month: prepare the payouts, for another person to approve."""

from datetime import UTC, date, datetime

from prefect.cache_policies import NO_CACHE

from flows.payouts import PayoutSteps, run_rewards, run_settlement
from flows.secrecy import flow, task
from flows.ui.artifacts.payout import publish_booking, publish_settlement
from tasks.base.workspace import open_workspace, today_in_amsterdam
from tasks.money import booking
from tasks.referrals import settlement
from tasks.referrals.batches import SCHEDULED_NAME
from tasks.referrals.mails import sending

STEPS = PayoutSteps(
    plan_booking=task(name="plan-booking", cache_policy=NO_CACHE)(booking.plan_booking),
    prepare=task(name="prepare", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=10)(
        settlement.prepare_settlement
    ),
    send_requests=task(name="send-requests", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=60)(
        sending.send_settlement_mails
    ),
)


@flow(name="referral-settlement")
def referral_settlement(as_of: date | None = None, dry_run: bool = True) -> str | None:
    """Zet op de eerste van de maand de uitbetalingen klaar, die iemand anders daarna goedkeurt.

    Args:
        as_of: De dag waarvoor wordt gekeken; leeg is vandaag (Amsterdam).
        dry_run: Alleen kijken wat er geboekt zou worden: er wordt niets klaargezet.
    """
    now, as_of = datetime.now(UTC), as_of or today_in_amsterdam()
    workspace = open_workspace()
    if dry_run:
        publish_booking(run_rewards(STEPS, workspace, as_of, now, dry_run=True), dry_run=True)
        return None
    return publish_settlement(run_settlement(STEPS, workspace, as_of, SCHEDULED_NAME, now).settlement)
