"""Every night: forget whom we must, look ahead for the calendar, and exchange the suppression lists, both ways."""

from datetime import UTC, date, datetime

from prefect import get_run_logger
from prefect.cache_policies import NO_CACHE

from flows.secrecy import flow, task
from flows.ui.artifacts.exchange import publish_sync
from tasks.base.workspace import Workspace, open_workspace, today_in_amsterdam
from tasks.clients import snapshots
from tasks.inbound import suppressions
from tasks.inbound.suppressions import SyncReport
from tasks.insight import kept_forecast
from tasks.privacy import retention
from tasks.referrals.links import forgetting


@task(name="sync-suppressions", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=60)
def sync_suppressions(workspace: Workspace) -> SyncReport:
    """Safe to repeat: the exchange goes on where it stopped."""
    settings = workspace.settings
    return suppressions.sync_suppressions(
        workspace.engine, suppressions.open_api(settings), datetime.now(UTC), settings.every_key()
    )


@task(name="forget-strangers", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=5)
def forget_strangers(workspace: Workspace, today: date) -> int:
    """Old sign-ups that no client came of, and the keys of visitors of days that are over. Safe to repeat."""
    return forgetting.forget_strangers(workspace.engine, workspace.programme.referral, today)


@task(name="apply-retention", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=5)
def apply_retention(workspace: Workspace, now: datetime, today: date) -> dict[str, int]:
    """What is kept no longer, as [retention] says. Safe to repeat; returns rows by table."""
    outbox = workspace.settings.outbox_dir
    return dict(retention.apply_retention(workspace.engine, workspace.programme, outbox, now, today))


@task(name="keep-health", cache_policy=NO_CACHE, retries=1, retry_delay_seconds=60)
def keep_health(workspace: Workspace, today: date) -> int:
    """The health of whoever's changed since the night before. Safe to repeat."""
    return snapshots.keep_snapshots(workspace.engine, workspace.programme, today)


@task(name="keep-forecast", cache_policy=NO_CACHE, retries=1, retry_delay_seconds=60)
def keep_forecast(workspace: Workspace, now: datetime, today: date) -> str:
    """What the calendar of the desk shows; of a large base it takes minutes. Safe to repeat."""
    return kept_forecast.keep_forecast(workspace.engine, workspace.programme, today, now)


@flow(name="housekeeping")
def housekeeping(dry_run: bool = True) -> SyncReport | None:
    """Haalt elke nacht afmeldingen en bounces op en geeft de onze door, wist wat te oud is en rekent de kalender uit.

    Args:
        dry_run: Niets ophalen, doorgeven of wissen.
    """
    workspace = open_workspace()
    if dry_run:
        return _exchange(workspace, dry_run)
    now, today = datetime.now(UTC), today_in_amsterdam()
    get_run_logger().info("housekeeping forgotten=%d", forget_strangers(workspace, today))
    get_run_logger().info("housekeeping health=%d", keep_health(workspace, today))
    get_run_logger().info("housekeeping retention=%s", apply_retention(workspace, now, today))
    report = _exchange(workspace, dry_run)
    # The last, because nobody depends on it: a look ahead that fails must stop nothing that must be done.
    get_run_logger().info("housekeeping forecast=%s", keep_forecast(workspace, now, today))
    return report


def _exchange(workspace: Workspace, dry_run: bool) -> SyncReport | None:
    """The lists of the provider and ours; None where there is nothing to exchange with."""
    if dry_run or workspace.settings.sendgrid_api_key is None:
        why = "dry_run=true" if dry_run else "BOUWCLUB_SENDGRID_API_KEY=unset"
        get_run_logger().info("housekeeping skipped=suppression-sync %s", why)
        return None
    return publish_sync(sync_suppressions(workspace))
