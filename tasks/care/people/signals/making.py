"""New tasks: their rows, the invoices they cover, and the lines that tell of them."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from models.database.bulk import insert_rows
from models.tables import people_tasks, task_invoices
from programme.care.lines import Did, Line, line
from programme.care.outcomes import TaskState
from programme.care.signals import Signal
from programme.care.tick import Tick
from tasks.care.people.engineers import read_engineers
from tasks.care.people.signals.known import told_no_way

COLUMNS = ("task_id", "kind", "client_id", "cause", "purpose", "channel", "level", "project_id", "made_at", "due_at")


def make_tasks(
    connection: Connection, tick: Tick, signals: Sequence[Signal], due_at: Callable[[int], datetime]
) -> list[Line]:
    """Make the task of each signal; one without means is told once, and counts as made.

    Args:
        due_at: the moment so many working days on, as the kind counts them.
    """
    if not signals:
        return []
    told = told_no_way(connection, [signal.task_id for signal in signals if signal.means is None])
    lines = [line(Did.NO_WAY, task_id=signal.task_id) for signal in signals if _is_news(signal, told)]
    made = [signal for signal in signals if signal.means is not None]
    engineers = read_engineers(connection, [(signal.client_id, signal.project_id) for signal in made], tick.day)
    rows, covered = [], []
    for signal in made:
        terms = getattr(tick.programme.signals, signal.kind)
        due = due_at(terms.due_days)
        owner = tick.owner(terms.level, engineers.get((signal.client_id, signal.project_id)))
        rows.append(
            (signal.task_id, signal.kind.value, signal.client_id, signal.cause, terms.purpose.value, str(signal.means))
            + (terms.level.value, signal.project_id, tick.at, due, TaskState.OPEN.value, 0)
        )
        covered += [(invoice_id, signal.task_id) for invoice_id in signal.covers]
        told_of = {"channel": str(signal.means), "level": owner.level.value, "owner": owner.person.name, "due_at": due}
        lines.append(line(Did.TASK, task_id=signal.task_id, **told_of))
    insert_rows(connection, people_tasks, (*COLUMNS, "state", "attempts"), rows)
    insert_rows(connection, task_invoices, ("invoice_id", "task_id"), covered)
    return lines


def _is_news(signal: Signal, told: set[str]) -> bool:
    return signal.means is None and signal.task_id not in told
