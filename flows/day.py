"""The story of one run of one day, told once: for daily, win-back, a campaign, the demo and each day of a backfill.

It imports no Prefect and gets its steps handed in: a flow hands in Prefect tasks (flows/day_tasks.py), a command the
plain functions.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from programme.sending.report import DayReport
from programme.words.states import Flow, RunMode
from tasks.runs import refusals, steps
from tasks.runs.day import Day, DayRun, Delivered, Queued, QueuedDay
from tasks.runs.taking_up.left_over import LeftOver


@dataclass(frozen=True)
class DaySteps:
    """The steps of a run; by default the plain functions of tasks/runs/steps.py, which say what each does."""

    check_days: Callable[[Sequence[Day]], None] = refusals.check_days
    plan: Callable[[Day], DayReport] = steps.plan
    require_daily: Callable[[Day], None] = steps.require_daily
    begin: Callable[[Day], DayRun] = steps.begin
    take_up: Callable[[DayRun], LeftOver] = steps.take_up
    decide: Callable[[DayRun], Queued] = steps.decide
    hold_to_band: Callable[[DayRun], tuple[str, ...]] = steps.hold_to_band
    deliver: Callable[[DayRun], Delivered] = steps.deliver
    index_outbox: Callable[[DayRun], None] = steps.index_outbox
    finish: Callable[[QueuedDay], DayReport] = steps.finish


PLAIN = DaySteps()


def run_day(steps: DaySteps, day: Day) -> DayReport:
    """Run a day, or only look at it in the mode plan.

    Raises DayRefused, DailyNotFinished, OutsideBand or DeliveryStopped; what was not sent by then stays planned.
    """
    steps.check_days([day])
    return run_checked_day(steps, day)


def run_checked_day(steps: DaySteps, day: Day) -> DayReport:
    """Run a day that may be run: decide, send, report."""
    if day.mode == RunMode.PLAN:
        return steps.plan(day)
    queued = decide_day(steps, day)
    return deliver_day(steps, queued)


def decide_day(steps: DaySteps, day: Day) -> QueuedDay:
    """Take up what earlier runs left, take the day's decisions, and keep the messages they make."""
    if day.flow == Flow.WIN_BACK and not day.without_daily:
        steps.require_daily(day)
    run = steps.begin(day)
    left_over = steps.take_up(run)
    queued = steps.decide(run)
    return QueuedDay(run, left_over, queued)


def deliver_day(steps: DaySteps, queued: QueuedDay) -> DayReport:
    """Send what is planned for the day, unless it is only logged, and report it all."""
    run = queued.run
    if run.day.mode == RunMode.LOG:
        return steps.finish(queued)
    notes = steps.hold_to_band(run)
    delivered = steps.deliver(run)
    steps.index_outbox(run)
    return steps.finish(replace(queued, notes=notes, delivered=delivered))
