"""The runs of past days, in order: looked at, logged, or sent."""

from datetime import date
from typing import Literal

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.artifacts import publish_period
from programme.report import DayReport
from programme.states import Flow, RunMode
from tasks import backfilling
from tasks.desk import open_desk, today_in_amsterdam

run_days = task(name="run-days", retries=0, cache_policy=NO_CACHE)(backfilling.backfill)

FLOWS = {"daily": (Flow.DAILY,), "win-back": (Flow.WIN_BACK,), "both": (Flow.DAILY, Flow.WIN_BACK)}


@flow(name="backfill", flow_run_name="backfill-{first}-{last}-{mode}")
def backfill(
    first: date,
    last: date,
    which: Literal["daily", "win-back", "both"] = "both",
    mode: Literal["plan", "log", "send"] = "plan",
    confirm: bool = False,
) -> list[DayReport]:
    """Draait de dagen van een periode alsnog, in volgorde.

    Args:
        first: eerste dag.
        last: laatste dag.
        which: welke berichten: daily, win-back of both (allebei).
        mode: plan kijkt alleen, log legt vast zonder te versturen, send verstuurt.
        confirm: ook versturen voor dagen van meer dan een week geleden.
    """
    desk = open_desk(with_templates=True)
    today = today_in_amsterdam()
    reports = run_days(desk, first, last, FLOWS[which], RunMode(mode), today=today, confirm=confirm)
    return publish_period(reports, desk.programme)
