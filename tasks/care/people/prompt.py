"""Step (5) of a tick: the tasks that are prompt, due so many working days after the tick."""

from sqlalchemy import Connection

from programme.care.lines import Line
from programme.care.tick import Tick
from tasks.care.people.signals.making import make_tasks
from tasks.care.people.signals.prompt import prompt_signals


def make_prompt_tasks(connection: Connection, tick: Tick) -> list[Line]:
    """Make the prompt tasks whose cause is known at the tick; a cause has one task, ever. Safe to run twice."""
    signals = prompt_signals(connection, tick.programme, tick.at)
    return make_tasks(connection, tick, signals, lambda days: tick.clock.working_days_after(tick.at, days))
