"""After the daily run: ask those who have been quiet for half a year whether they have plans."""

from datetime import date
from typing import Annotated

from prefect import flow, runtime, task
from prefect.cache_policies import NO_CACHE
from pydantic import Field

from flows.artifacts import publish_day, publish_doubts
from flows.daily import begin, decide, deliver, finish, hold_to_band, index_outbox, plan, read_doubts, take_up
from programme.report import DayReport
from programme.states import Flow, RunMode
from tasks import days
from tasks.desk import open_desk, today_in_amsterdam

require_daily = task(name="require-daily", cache_policy=NO_CACHE)(days.require_daily)


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
    desk = open_desk(with_templates=True)
    if dry_run:
        return publish_day(plan(desk, Flow.WIN_BACK, as_of), desk.programme)

    if not without_daily:
        require_daily(desk, as_of, wait_hours)
    run = begin(desk, Flow.WIN_BACK, as_of, RunMode.SEND)
    take_up(run)
    decide(run)
    hold_to_band(run, confirm)
    deliver(run)
    index_outbox(run)
    publish_doubts(read_doubts(desk.engine), desk.programme)
    return publish_day(finish(run), desk.programme)
