"""The tasks of people as desk and command line show them, each with who has it now."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, select

from models.database.clock import aware
from models.tables import cases, people_tasks
from programme.care.cases.owners import LEVEL_OF, highest, raised
from programme.care.lines import moment_words
from programme.care.outcomes import TaskState
from programme.care.tick import Tick
from programme.words.dates import AMSTERDAM
from programme.words.naming.people import name_key
from programme.words.states import Level, Severity
from tasks.care.people.engineers import read_engineers


class Task(NamedTuple):
    """One task; moments are aware and in Amsterdam's time.

    Attributes:
        level, owner: of who has it now, also of a task that ended.
        snoozed_until: hidden from the list of the day before this day.
        step: the step of a case that it is for.
    """

    task_id: str
    kind: str
    client_id: str
    cause: str
    purpose: str
    channel: str
    level: str
    owner: str
    made_at: datetime
    due_at: datetime
    state: str
    outcome: str | None
    attempts: int
    case_id: str | None
    step: str | None = None
    project_id: str | None = None
    snoozed_until: date | None = None
    call_back_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None

    def is_put_off(self, day: date) -> bool:
        """Whether the list of this day hides it."""
        return self.snoozed_until is not None and self.snoozed_until > day


def read_tasks(
    connection: Connection, tick: Tick, *, owner: str | None = None, every: bool = False, client_id: str | None = None
) -> list[Task]:
    """The open tasks (or all) by due moment, then id.

    Args:
        tick: the moment, and who is away then.
        owner: only those that this person has now.
    """
    query = _select()
    if not every:
        query = query.where(people_tasks.c.state == TaskState.OPEN.value)
    if client_id is not None:
        query = query.where(people_tasks.c.client_id == client_id)
    found = owned(connection, tick, connection.execute(query).all())
    if owner is not None:
        found = [task for task in found if name_key(task.owner) == name_key(owner)]
    return found


def read_task(connection: Connection, tick: Tick, task_id: str) -> Task | None:
    """One task, None when there is none with this id."""
    rows = connection.execute(_select().where(people_tasks.c.task_id == task_id)).all()
    return next(iter(owned(connection, tick, rows)), None)


def task_fields(task: Task) -> dict[str, Any]:
    """The task as `tasks --json` prints it (care.md)."""
    names = (
        *("task_id", "kind", "client_id", "cause", "purpose", "channel", "level", "owner", "made_at", "due_at"),
        *("state", "outcome", "attempts", "case_id"),
    )
    values = {name: getattr(task, name) for name in names}
    return values | {name: moment_words(values[name]) for name in ("made_at", "due_at")}


def owned(connection: Connection, tick: Tick, rows: Sequence[Any]) -> list[Task]:
    """Rows of _select with their owners, in the same order."""
    asked = [(row.client_id, row.of_case or row.project_id) for row in rows]
    engineers = read_engineers(connection, asked, tick.day)
    found = []
    for row, about in zip(rows, asked, strict=True):
        level = case_level(row) if row.case_id and row.severity else Level(row.level)
        now = tick.owner(level, engineers[about])
        values = {name: getattr(row, name) for name in Task._fields if name not in ("level", "owner", "project_id")}
        moments = {
            name: aware(each).astimezone(AMSTERDAM)
            for name, each in values.items()
            if name.endswith("_at") and each is not None
        }
        task = {**values, **moments, "level": now.level.value, "owner": now.person.name, "project_id": about[1]}
        found.append(Task(**task))
    return found


def case_level(row: Any) -> Level:
    """The level of a case, from its severity, the least level and the steps missed."""
    least = Level(row.least_level) if row.least_level else None
    return raised(highest(LEVEL_OF[Severity(row.severity)], least), row.missed)


def _select() -> Select[Any]:
    return (
        select(
            people_tasks,
            cases.c.project_id.label("of_case"),
            *cases.c["severity", "least_level", "missed"],
        )
        .outerjoin(cases, cases.c.case_id == people_tasks.c.case_id)
        .order_by(people_tasks.c.due_at, people_tasks.c.task_id)
    )
