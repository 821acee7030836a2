"""The runs of past days, in order: looked at, logged, or sent. Each day is a run of its own, named by its date."""

from collections.abc import Callable
from datetime import date
from typing import Literal

from flows.day_tasks import TASKS
from flows.period import Done, run_period
from flows.secrecy import flow
from flows.ui.artifacts.day import log_days, publish_period
from flows.ui.refusals import checked_period
from programme.sending.report import DayReport
from programme.words.states import RunMode
from tasks.base.workspace import open_workspace, today_in_amsterdam
from tasks.runs.backfill import FLOWS, period_of


@flow(name="backfill", flow_run_name="backfill-{first}-{last}-{mode}")
def backfill(
    first: date,
    last: date,
    which: Literal["daily", "win-back", "both"] = "both",
    mode: Literal["plan", "log", "send"] = "plan",
    confirm: bool = False,
) -> list[DayReport]:
    """Draait de dagen van een periode alsnog, in volgorde; gestopt en opnieuw gestart gaat het verder.

    Args:
        first: Eerste dag.
        last: Laatste dag.
        which: Welke berichten: daily, win-back of both (allebei).
        mode: Alleen kijken (plan), vastleggen zonder te versturen (log), of versturen (send).
        confirm: Ook versturen voor dagen van meer dan een week geleden.
    """
    today = today_in_amsterdam()
    workspace = open_workspace(with_templates=True)
    with checked_period(first, last):
        period = period_of(workspace, first, last, FLOWS[which], RunMode(mode), today=today, confirm=confirm)
    return publish_period(run_period(TASKS, period, _in_a_run), workspace)


def _in_a_run(as_of: date, work: Callable[[], list[Done]]) -> list[Done]:
    """The work of a calendar day as a run of its own, which logs its counts."""

    @flow(name="backfill-day", flow_run_name=f"backfill-{as_of}", persist_result=False)
    def backfill_day() -> list[Done]:
        return log_days(work())

    return backfill_day()
