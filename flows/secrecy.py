"""Prefect's `flow` and `task`, of which no error carries a secret into a run's state, its log or an alert.

All flows and tasks are made by these two. Importing them guards the logs of the process as well.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import prefect
from prefect.flows import Flow
from prefect.tasks import Task

from models.database.refusals import machine_fault
from models.secrecy import guard_logs, without_secrets

P = ParamSpec("P")
R = TypeVar("R")

guard_logs()


class DatabaseRefused(Exception):
    """The database or a disk stopped a run; the message says what to mend, in its state and in the alert."""


def flow(**options: Any) -> Callable[[Callable[P, R]], Flow[P, R]]:
    """As Prefect's, with the options by name."""

    def make(function: Callable[P, R]) -> Flow[P, R]:
        made: Flow[P, R] = prefect.flow(**options)(function)
        # Afterwards: Prefect reads file and source of the function itself.
        made.fn = without_secrets(_telling(function))
        return made

    return make


def task(**options: Any) -> Callable[[Callable[P, R]], Task[P, R]]:
    """As Prefect's, with the options by name."""

    def make(function: Callable[P, R]) -> Task[P, R]:
        made: Task[P, R] = prefect.task(**options)(function)
        made.fn = without_secrets(function)
        return made

    return make


def _telling(function: Callable[P, R]) -> Callable[P, R]:
    """The function, of which a refusal of the database says what to do rather than which statement it stopped."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except Exception as found:
            if words := machine_fault(found):
                raise DatabaseRefused(f"{words}, and start the run again: what was finished is kept") from found
            raise

    return call
