"""Every night: exchange the suppression lists with the provider, both ways."""

from datetime import UTC, datetime

from prefect import get_run_logger
from prefect.cache_policies import NO_CACHE

from flows.secrecy import flow, task
from flows.ui.day_artifacts import publish_sync
from tasks.base.workspace import Workspace, open_workspace
from tasks.inbound import suppressions
from tasks.inbound.suppressions import SyncReport


@task(name="sync-suppressions", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=60)
def sync_suppressions(workspace: Workspace) -> SyncReport:
    """Safe to repeat: the exchange goes on where it stopped."""
    return suppressions.sync_suppressions(
        workspace.engine, suppressions.open_api(workspace.settings), datetime.now(UTC)
    )


@flow(name="housekeeping")
def housekeeping(dry_run: bool = True) -> SyncReport | None:
    """Haalt elke nacht de afmeldingen en bounces van de verzender op, en geeft de onze door.

    Args:
        dry_run: niets ophalen of doorgeven.
    """
    workspace = open_workspace()
    if dry_run or workspace.settings.sendgrid_api_key is None:
        why = "dry_run=true" if dry_run else "BOUWCLUB_SENDGRID_API_KEY=unset"
        get_run_logger().info("housekeeping skipped=suppression-sync %s", why)
        return None
    return publish_sync(sync_suppressions(workspace))
