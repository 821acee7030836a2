"""Faults put into our own code, one at a time: some law must see each."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from unittest.mock import patch

from sqlalchemy import Connection

from tasks.care import tick
from tasks.care.acting import outcomes
from tasks.care.cases import complaints, ending, follow
from tests.torture.care.history import play
from tests.torture.care.laws import LawBroken
from tests.torture.care.world import fresh

GROUPS, TRIES = 12, 6
Fault = Callable[[], AbstractContextManager[Any]]


def _no_join() -> AbstractContextManager[Any]:
    """A second complaint of a recipient does not see the open case."""
    return patch.object(complaints, "first_open", lambda _cases: None)


@contextmanager
def _unsettled() -> Iterator[None]:
    """The feedback of a case that ended goes on holding its client."""
    real = ending.end_case

    def end(connection: Connection, case: Any, state: Any, at: Any) -> Any:
        ended = real(connection, case, state, at)
        connection.exec_driver_sql("UPDATE feedback SET settled_on = NULL")
        return ended

    with patch.object(outcomes, "end_case", end), patch.object(ending, "end_case", end):
        yield


def _tasks_left() -> AbstractContextManager[Any]:
    """The open tasks of a case that ended stay open."""
    return patch.object(ending, "cancel_tasks", lambda *_: None)


@contextmanager
def _twice() -> Iterator[None]:
    """A step that was missed is found missed again."""
    real = follow.miss_steps

    def miss(clock: Any, case: Any, at: Any) -> Any:
        after, missed = real(clock, case, at)
        return (case, missed) if missed else (after, missed)

    with patch.object(follow, "miss_steps", miss):
        yield


def _blind_to_cases() -> AbstractContextManager[Any]:
    """The daily look does not see who has an open case."""
    from tasks.care.people.signals.known import Held

    return patch("tasks.care.people.signals.daily.read_held", lambda _: Held(frozenset(), frozenset()))


def _lines_again() -> AbstractContextManager[Any]:
    """The lines of acts are told at every tick."""
    from tasks.care.telling import _UNTOLD

    def untold(connection: Connection, _at: Any) -> list[Any]:
        import json

        from programme.care.lines import Did, Line

        return [Line(Did(row.did), json.loads(row.line)) for row in connection.execute(_UNTOLD)]

    return patch.object(tick, "take_untold", untold)


FAULTS: Mapping[str, Fault] = {
    "a second case beside an open one": _no_join,
    "feedback of a closed case still holds": _unsettled,
    "tasks of a closed case stay open": _tasks_left,
    "missed twice": _twice,
    "marketing while a case is open": _blind_to_cases,
    "told twice": _lines_again,
}


def catches(fault: str) -> bool:
    """Whether some history breaks a law while this fault is in the code."""
    for seed in range(TRIES):
        with fresh(GROUPS, seed) as world, FAULTS[fault]():
            try:
                play(world, GROUPS, seed)
            except LawBroken:
                return True
    return False
