"""Prefect's `flow` and `task`, of which no error carries a secret into a run's state, its log or an alert.

All flows and tasks are made by these two. Importing them guards the logs of the process as well.
"""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import prefect
from prefect.flows import Flow
from prefect.tasks import Task

from models.secrecy import guard_logs, without_secrets

P = ParamSpec("P")
R = TypeVar("R")

guard_logs()


def flow(**options: Any) -> Callable[[Callable[P, R]], Flow[P, R]]:
    """As Prefect's, with the options by name."""

    def make(function: Callable[P, R]) -> Flow[P, R]:
        made: Flow[P, R] = prefect.flow(**options)(function)
        made.fn = without_secrets(function)  # afterwards: Prefect reads file and source of the function itself
        return made

    return make


def task(**options: Any) -> Callable[[Callable[P, R]], Task[P, R]]:
    """As Prefect's, with the options by name."""

    def make(function: Callable[P, R]) -> Task[P, R]:
        made: Task[P, R] = prefect.task(**options)(function)
        made.fn = without_secrets(function)
        return made

    return make
