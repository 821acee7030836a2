"""On Monday mornings: the figures that the business steers by, as artifact and by mail."""

from datetime import date

from prefect.cache_policies import NO_CACHE

from flows.figures import ReportSteps, run_report
from flows.secrecy import flow, task
from flows.ui.artifacts.report import publish_report
from flows.ui.refusals import require_come
from tasks.base.workspace import now_in_amsterdam, open_workspace
from tasks.figures import closed, readers
from tasks.figures.report import read_report

STEPS = ReportSteps(
    read=task(name="read-report", cache_policy=NO_CACHE, persist_result=False)(read_report),
    is_kept=task(name="is-kept", cache_policy=NO_CACHE)(closed.is_kept),
    tell=task(name="tell-readers", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=60)(readers.tell_readers),
    keep=task(name="keep-closed", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=10)(closed.keep_closed),
)


@flow(name="report")
def report(as_of: date | None = None, dry_run: bool = True) -> None:
    """Zet elke maandag de cijfers klaar: komen klanten terug, wat zijn zij waard, en doet het programma iets?

    Args:
        as_of: De dag van de cijfers; leeg is vandaag (Amsterdam). Een dag die nog komt, kan alleen om te kijken.
        dry_run: Alleen kijken: er gaat geen mail uit en er wordt niets bewaard.
    """
    now = now_in_amsterdam()
    day = as_of or now.date()
    if not dry_run:  # later days would find it kept, and tell nobody
        require_come(day, now)
    workspace = open_workspace()
    publish_report(run_report(STEPS, workspace, day, dry_run), workspace.programme)
