"""The story of a backfill: the runs of past days in order, with the steps of a day.

Over the outbox each day is a run as it would have been. To people, all days are decided before anything is sent, and
each recipient gets the last message alone.
"""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import TypeVar

from flows.day import DaySteps, decide_day, deliver_day, run_checked_day
from programme.sending.report import DayReport
from programme.words.states import Flow
from tasks.runs.backfill import Period, adopt_stopped, keep_last_of_each
from tasks.runs.day import Day, QueuedDay

Done = TypeVar("Done", DayReport, QueuedDay)
InARun = Callable[[date, Callable[[], list[Done]]], list[Done]]


def plainly(_as_of: date, work: Callable[[], list[Done]]) -> list[Done]:
    """The work of a calendar day, without a run of its own around it."""
    return work()


def run_period(steps: DaySteps, period: Period, in_a_run: InARun = plainly) -> list[DayReport]:
    """One report for each run, in order. Started again after a stop, it goes on.

    Args:
        in_a_run: does the work of a calendar day; a flow puts a run around it.

    Raises:
        DayRefused: before anything is written.
        DailyNotFinished: win-back alone, on a day whose daily run has not finished.
    """
    steps.check_days(period.days)
    if period.sends_one_each:
        return _send_one_each(steps, period, in_a_run)
    reports: list[DayReport] = []
    for as_of, days in period.by_day:
        reports += in_a_run(as_of, partial(_each, run_checked_day, steps, days))
    return reports


def _send_one_each(steps: DaySteps, period: Period, in_a_run: InARun) -> list[DayReport]:
    for day in period.days:
        if day.flow == Flow.WIN_BACK and not day.without_daily:
            steps.require_daily(day)
    adopt_stopped(period)
    queued: list[QueuedDay] = []
    for as_of, days in period.by_day:
        queued += in_a_run(as_of, partial(_each, decide_day, steps, days))
    keep_last_of_each(period)
    return [deliver_day(steps, one) for one in queued]


def _each(tell: Callable[[DaySteps, Day], Done], steps: DaySteps, days: Sequence[Day]) -> list[Done]:
    return [tell(steps, day) for day in days]
