"""The runs of past days, in order: looked at, logged, or sent. Each day is a run of its own, named by its date."""

from datetime import date
from typing import Literal

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.ui.day_artifacts import publish_period, tell_day
from programme.sending.report import DayReport
from programme.words.states import Flow, RunMode
from tasks.base.workspace import open_workspace, today_in_amsterdam
from tasks.runs.backfill import Period

FLOWS = {"daily": (Flow.DAILY,), "win-back": (Flow.WIN_BACK,), "both": (Flow.DAILY, Flow.WIN_BACK)}


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
        first: eerste dag.
        last: laatste dag.
        which: welke berichten: daily, win-back of both (allebei).
        mode: plan kijkt alleen, log legt vast zonder te versturen, send verstuurt.
        confirm: ook versturen voor dagen van meer dan een week geleden.
    """
    workspace = open_workspace(with_templates=True)
    today = today_in_amsterdam()
    reports: list[DayReport] = []
    with Period(workspace, first, last, FLOWS[which], RunMode(mode), today, confirm) as period:

        @flow(name="backfill-day", flow_run_name="backfill-{day}")
        def run_day(day: date) -> list[DayReport]:
            return tell_day(period.run_day(day))

        for day in period.days:
            reports += run_day(day)
        task(name="close", retries=0, cache_policy=NO_CACHE)(period.close)()
    return publish_period(reports, workspace.programme)
