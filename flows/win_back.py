"""After the daily run: ask those who have been quiet for half a year whether they have plans."""

from datetime import date
from typing import Annotated

from prefect import flow, runtime, task
from prefect.cache_policies import NO_CACHE
from pydantic import Field

from flows.daily import begin, decide, deliver, finish, hold_to_band, index_outbox, plan, read_doubts, take_up
from flows.ui.day_artifacts import publish_day, publish_doubts
from programme.sending.report import DayReport
from programme.words.states import Flow, RunMode
from tasks.base.workspace import open_workspace, today_in_amsterdam
from tasks.runs import steps

require_daily = task(name="require-daily", cache_policy=NO_CACHE)(steps.require_daily)


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
    """Vraagt klanten van wie we een half jaar niets hoorden of er weer bouwplannen zijn; na de dagelijkse berichten.

    Args:
        as_of: de dag waarvoor wordt gekeken; leeg is vandaag (Amsterdam).
        dry_run: alleen kijken: er wordt niets geschreven en niets verstuurd.
        confirm: ook versturen als het er veel meer zijn dan gewoonlijk.
        without_daily: ook draaien als de dagelijkse berichten van die dag er niet zijn.
        wait_hours: hoeveel uur te wachten tot de dagelijkse berichten van die dag klaar zijn.
    """
    as_of = as_of or today_in_amsterdam()
    workspace = open_workspace(with_templates=True)
    if dry_run:
        return publish_day(plan(workspace, Flow.WIN_BACK, as_of), workspace.programme)

    if not without_daily:
        require_daily(workspace, as_of, wait_hours)
    run = begin(workspace, Flow.WIN_BACK, as_of, RunMode.SEND)
    take_up(run)
    decide(run)
    hold_to_band(run, confirm)
    deliver(run)
    index_outbox(run)
    publish_doubts(read_doubts(workspace.engine), workspace.programme)
    return publish_day(finish(run), workspace.programme)
