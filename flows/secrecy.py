"""Prefect's `flow` and `task`, of which no error carries a secret into a run's state, its log or an alert.

All flows and tasks are made by these two. Importing them guards the logs of the process as well.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import prefect
from prefect.exceptions import ParameterTypeError
from prefect.flows import Flow
from prefect.tasks import Task

from flows.ui.fields import FieldsRefused, days_refused, fields_refused
from flows.ui.stops import in_words_of_the_run
from models.secrecy import guard_logs, scrubbed, without_secrets

P = ParamSpec("P")
R = TypeVar("R")

guard_logs()


def flow(**options: Any) -> Callable[[Callable[P, R]], Flow[P, R]]:
    """As Prefect's, with the options by name."""

    def make(function: Callable[P, R]) -> Flow[P, R]:
        made: Flow[P, R] = prefect.flow(**options)(function)
        # Afterwards: Prefect reads file and source of the function itself.
        made.fn = without_secrets(_telling(function))
        made.validate_parameters = _reading_fields(made)  # type: ignore[method-assign, assignment]
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
    """The function, whose errors that somebody can mend say what to do."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except Exception as found:
            if (told := in_words_of_the_run(found)) is found:
                raise
            raise told from found

    return call


def _reading_fields(made: Flow[P, R]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Prefect's check of the parameters, whose refusal names each field and what may stand in it."""
    validate = made.validate_parameters

    def call(parameters: dict[str, Any]) -> dict[str, Any]:
        form = made.parameters.model_dump()
        try:
            read = validate(parameters)
        except ParameterTypeError as found:
            if words := fields_refused(found, form):
                raise FieldsRefused(scrubbed(words)) from found
            raise
        if words := days_refused(read, form):
            raise FieldsRefused(words)
        return read

    return call
