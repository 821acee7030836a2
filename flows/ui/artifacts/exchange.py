"""What the exchange of suppression lists with the provider leaves in the Prefect UI: counts, in Dutch."""

from prefect import get_run_logger
from prefect.cache_policies import NO_CACHE

from flows.secrecy import task
from flows.ui.markdown import table
from flows.ui.publishing import publish
from programme.words.numerals import dotted
from tasks.inbound.suppressions import SyncReport


@task(name="publish-sync", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=1)
def publish_sync(report: SyncReport) -> SyncReport:
    """What was exchanged with the provider, in counts."""
    rows = table(("Lijst", "Opgehaald"), list(report.pulled.items()))
    news, pushed, unreadable = dotted(report.news), dotted(report.pushed), dotted(report.unreadable)
    title = f"Nieuw voor ons: {news}. Doorgegeven: {pushed}. Zonder adres: {unreadable}."
    publish(key="afmeldingen", markdown=f"# Afmeldingen\n\n{title}\n\n{rows}", description=title)
    pulled = sum(report.pulled.values())
    get_run_logger().info("housekeeping pulled=%s news=%s pushed=%s", pulled, report.news, report.pushed)
    return report
