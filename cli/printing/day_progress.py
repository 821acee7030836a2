"""A line that moves while a day is decided and delivered, for who is watching."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TypeVar

from cli.printing.console import advance, progress
from flows.day import PLAIN, DaySteps
from programme.sending.report import DayReport
from tasks.runs import steps
from tasks.runs.day import Day, DayRun, Delivered, Queued

Told = TypeVar("Told")


@contextmanager
def shown_steps() -> Iterator[DaySteps]:
    """The plain steps of a day, with their counts on standard error where it is a terminal."""
    with progress("starting") as bar:
        if bar is None:
            yield PLAIN
            return

        def plan(day: Day) -> DayReport:
            begin(f"{day.flow} {day.as_of}: looking", None)
            return steps.plan(day)

        def decide(run: DayRun) -> Queued:
            begin(f"{run.flow} {run.as_of}: deciding", None)
            return steps.decide(run, progress=move)

        def deliver(run: DayRun) -> Delivered:
            begin(f"{run.flow} {run.as_of}: delivering", steps.count_planned(run))
            return steps.deliver(run, progress=move)

        def begin(what: str, total: int | None) -> None:
            bar.reset(bar.task_ids[0], description=what, total=total)

        move: Callable[[int], None] = partial(advance, bar)
        yield replace(PLAIN, plan=plan, decide=decide, deliver=deliver)
