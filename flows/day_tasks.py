"""The steps of a day as Prefect tasks, one line each.

Nothing is cached and nothing persisted: the database says what is done, and a result may name clients. No task is
tried again: each is safe to run twice, but a run that failed is started anew by somebody who has seen why.
"""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

from prefect.cache_policies import NO_CACHE

from flows.day import DaySteps
from flows.deliver import deliver_together
from flows.secrecy import task
from flows.ui.refusals import check_days, hold_to_band, require_daily

P = ParamSpec("P")
R = TypeVar("R")


def step(name: str, function: Callable[P, R], **options: Any) -> Callable[P, R]:
    """A task that is called like the function it wraps."""
    chosen: dict[str, Any] = {"cache_policy": NO_CACHE, "persist_result": False} | options
    return cast("Callable[P, R]", task(name=name, **chosen)(function))


def as_tasks(steps: DaySteps) -> DaySteps:
    """The same steps, each a task; what refuses says so in Dutch, and delivering asks other workers to help."""
    return DaySteps(
        check_days=check_days,
        plan=step("plan", steps.plan),
        require_daily=step("require-daily", require_daily),
        begin=step("begin", steps.begin),
        take_up=step("take-up-left-over", steps.take_up),
        decide=step("decide", steps.decide),
        hold_to_band=step("hold-to-band", hold_to_band),
        deliver=step("deliver", deliver_together, retries=0),  # the table decides what goes again
        index_outbox=step("index-outbox", steps.index_outbox),
        finish=step("finish", steps.finish),
    )


TASKS = as_tasks(DaySteps())
