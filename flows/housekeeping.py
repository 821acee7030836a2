"""Every night: forget whom we must, and exchange the suppression lists with the provider, both ways."""

from datetime import UTC, date, datetime

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE

from flows.ui.day_artifacts import publish_sync
from tasks.base.workspace import Workspace, open_workspace, today_in_amsterdam
from tasks.inbound import suppressions
from tasks.inbound.suppressions import SyncReport
from tasks.referrals.links import forgetting


@task(name="sync-suppressions", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=60)
def sync_suppressions(workspace: Workspace) -> SyncReport:
    """Safe to repeat: the exchange goes on where it stopped."""
    return suppressions.sync_suppressions(
        workspace.engine, suppressions.open_api(workspace.settings), datetime.now(UTC)
    )


@task(name="forget-strangers", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=5)
def forget_strangers(workspace: Workspace, today: date) -> int:
    """Old sign-ups that no client came of, and the keys of visitors of days that are over. Safe to repeat."""
    return forgetting.forget_strangers(workspace.engine, workspace.programme.referral, today)


@flow(name="housekeeping")
def housekeeping(dry_run: bool = True) -> SyncReport | None:
    """Haalt elke nacht de afmeldingen en bounces van de verzender op, en geeft de onze door. Wist oude aanmeldingen.

    Args:
        dry_run: niets ophalen, doorgeven of wissen.
    """
    workspace = open_workspace()
    if not dry_run:
        get_run_logger().info("housekeeping forgotten=%d", forget_strangers(workspace, today_in_amsterdam()))
    if dry_run or workspace.settings.sendgrid_api_key is None:
        why = "dry_run=true" if dry_run else "BOUWCLUB_SENDGRID_API_KEY=unset"
        get_run_logger().info("housekeeping skipped=suppression-sync %s", why)
        return None
    return publish_sync(sync_suppressions(workspace))
