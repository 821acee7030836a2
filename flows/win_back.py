"""After the daily run: ask those who have been quiet for half a year whether they have plans."""

from datetime import date
from typing import Annotated

from prefect import runtime
from pydantic import Field

from flows.day import run_day
from flows.day_tasks import TASKS
from flows.secrecy import flow
from flows.ui.artifacts.day import publish_day
from programme.sending.report import DayReport
from programme.words.states import Flow, RunMode
from tasks.base.workspace import open_workspace, today_in_amsterdam
from tasks.runs.day import Day


def _run_name() -> str:
    return f"win-back-{runtime.flow_run.parameters.get('as_of') or today_in_amsterdam()}"


@flow(name="win-back", flow_run_name=_run_name)
def win_back(
    as_of: date | None = None,
    dry_run: bool = True,
    confirm: bool = False,
    without_daily: bool = False,
    wait_hours: Annotated[int, Field(ge=0, le=12)] = 0,
) -> DayReport:
    """Vraagt klanten van wie we lang niets hoorden of er weer plannen zijn; na de dagelijkse berichten.

    Args:
        as_of: De dag waarvoor wordt gekeken; leeg is vandaag (Amsterdam).
        dry_run: Alleen kijken: er wordt niets geschreven en niets verstuurd.
        confirm: Ook versturen als het er veel meer zijn dan gewoonlijk, of voor een dag die al voorbij is.
        without_daily: Ook draaien als de dagelijkse berichten van die dag er niet zijn.
        wait_hours: Hoeveel uur te wachten tot de dagelijkse berichten van die dag klaar zijn.
    """
    today = today_in_amsterdam()
    workspace = open_workspace(with_templates=True)
    mode = RunMode.PLAN if dry_run else RunMode.SEND
    day = Day(workspace, Flow.WIN_BACK, as_of or today, mode, today, confirm, without_daily, wait_hours)
    return publish_day(run_day(TASKS, day), workspace)
