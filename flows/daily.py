"""Every day: find who reached a moment worth a message, decide, write and send."""

from datetime import date

from prefect import runtime

from flows.day import run_day
from flows.day_tasks import TASKS
from flows.secrecy import flow
from flows.ui.artifacts.day import publish_day
from programme.sending.report import DayReport
from programme.words.states import Flow, RunMode
from tasks.base.workspace import open_workspace, today_in_amsterdam
from tasks.runs.day import Day


def _run_name() -> str:
    return f"daily-{runtime.flow_run.parameters.get('as_of') or today_in_amsterdam()}"


@flow(name="daily", flow_run_name=_run_name)
def daily(as_of: date | None = None, dry_run: bool = True, confirm: bool = False) -> DayReport:
    """Stuurt elke klant die vandaag aan een bericht toe is precies één mail, met één duidelijke reden.

    Args:
        as_of: De dag waarvoor wordt gekeken; leeg is vandaag (Amsterdam).
        dry_run: Alleen kijken: er wordt niets geschreven en niets verstuurd.
        confirm: Ook versturen als het er veel meer zijn dan gewoonlijk, of voor een dag die al voorbij is.
    """
    today = today_in_amsterdam()
    workspace = open_workspace(with_templates=True)
    mode = RunMode.PLAN if dry_run else RunMode.SEND
    day = Day(workspace, Flow.DAILY, as_of or today, mode, today, confirm=confirm)
    return publish_day(run_day(TASKS, day), workspace)
