"""Reads cases with their steps, and writes what changed of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, insert, or_, select, text, update

from models.care import OPEN
from models.database.given import in_values
from models.tables import case_feedback, case_steps, cases, people_tasks
from programme.care.cases.case import Case, CaseState, Step, StepName, StepState
from programme.words.states import Level, Severity

CARE_LOCK = 0xB00C_CA  # an arbitrary number that nothing else in the database uses
MOMENTS = ("deadline_at", "due_at", "done_at", "missed_at")


class CareRefused(Exception):
    """What was asked cannot be done, or names what is not there; the message says why, and nothing was changed."""


class BeforeLastTick(CareRefused):
    """What was asked lies before the last tick, which has told what is past already."""


def lock_care(connection: Connection) -> None:
    """Wait for a tick or an act that works now, and let no other begin before this transaction ends."""
    if connection.dialect.name == "postgresql":  # a writing transaction of SQLite is alone anyway
        connection.execute(text(f"SELECT pg_advisory_xact_lock({CARE_LOCK})"))


# What a tick may find something to do for: open cases, and those whose last question is still to come. The statements
# are made once, because a tick that finds nothing is made of them alone.
_AWAITS_LAST = select(case_steps.c.case_id).where(
    case_steps.c.state == StepState.OPEN.value, case_steps.c.step == StepName.FOLLOW_UP.value
)
_IS_FOLLOWED = or_(text(OPEN), and_(cases.c.state == CaseState.RESOLVED.value, cases.c.case_id.in_(_AWAITS_LAST)))
_FOLLOWED = select(cases).where(_IS_FOLLOWED).order_by(cases.c.case_id)
FOLLOWED_IDS = select(cases.c.case_id).where(_IS_FOLLOWED)
FOLLOWED_CLIENTS = select(cases.c.client_id).where(_IS_FOLLOWED)
IN_OPEN_CASE = select(case_feedback.c.feedback_id).where(
    case_feedback.c.case_id.in_(select(cases.c.case_id).where(text(OPEN)))
)
_STEP_FIELDS = ("step", "deadline_at", "due_at", "state", "done_at", "done_by", "missed_at", "message_id")
_STEPS = select(case_steps.c.case_id, *case_steps.c[_STEP_FIELDS]).order_by(case_steps.c.case_id, case_steps.c.place)
_FOLLOWED_STEPS = _STEPS.where(case_steps.c.case_id.in_(FOLLOWED_IDS))


def read_followed(connection: Connection) -> dict[str, Case]:
    """The cases for which a tick may find something to do, by id in the order of ids."""
    rows = connection.execute(_FOLLOWED).all()
    return _cases(rows, connection.execute(_FOLLOWED_STEPS)) if rows else {}


def read_case(connection: Connection, case_id: str) -> Case:
    """One case. Raises CareRefused when there is none with this id."""
    found = read_cases(connection, cases.c.case_id == case_id)
    if case_id not in found:
        raise CareRefused(f"there is no case {case_id}; see: bouwclub cases")
    return found[case_id]


def read_cases(connection: Connection, which: ColumnElement[bool] | None = None) -> dict[str, Case]:
    """The cases that meet the condition (all without one), by id in the order of ids."""
    query = select(cases).order_by(cases.c.case_id)
    rows = connection.execute(query if which is None else query.where(which)).all()
    ids = [row.case_id for row in rows]
    of_these = in_values(case_steps.c.case_id, ids)
    return _cases(rows, connection.execute(_STEPS if which is None else _STEPS.where(of_these)))


def read_outcomes(connection: Connection, case_ids: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
    """By case and step what came of its tasks, of those that a person ended; of several the last."""
    found: dict[str, dict[str, str]] = {}
    own = people_tasks.c
    of_them = in_values(own.case_id, case_ids)
    query = select(own.case_id, own.step, own.outcome).where(of_them, own.step.is_not(None), own.outcome.is_not(None))
    for case_id, step, outcome in connection.execute(query.order_by(own.ended_at)):
        found.setdefault(case_id, {})[step] = outcome
    return found


def _cases(rows: Iterable[Any], of_steps: Iterable[Any]) -> dict[str, Case]:
    steps: dict[str, dict[StepName, Step]] = defaultdict(dict)
    for case_id, *values in of_steps:
        step = _step(*values)
        steps[case_id][step.name] = step
    return {row.case_id: _case(row, steps[row.case_id]) for row in rows}


def write_new(connection: Connection, case: Case) -> None:
    """Write a case with the feedback that opened it, whose id is its own."""
    connection.execute(insert(cases).values(case_id=case.case_id, **_values(case)))
    connection.execute(
        insert(case_steps),
        [
            {"case_id": case.case_id, "step": name.value, "place": place, **_step_values(case.steps[name])}
            for place, name in enumerate(StepName)
        ],
    )
    connection.execute(
        insert(case_feedback).values(feedback_id=case.case_id, case_id=case.case_id, place=0, taken_at=case.opened_at)
    )


def write_changes(connection: Connection, before: Mapping[str, Case], after: Iterable[Case]) -> None:
    """Write what differs between the cases as they were read and as they are now."""
    changed = [(before[case.case_id], case) for case in after if case is not before[case.case_id]]
    heads = [{"of": case.case_id, **_values(case)} for was, case in changed if _values(was) != _values(case)]
    steps = [
        {"of": case.case_id, "named": name.value, **_step_values(step)}
        for was, case in changed
        for name, step in case.steps.items()
        if step != was.steps[name]
    ]
    if heads:
        statement = update(cases).where(cases.c.case_id == bindparam("of"))
        connection.execute(statement.values({name: bindparam(name) for name in heads[0] if name != "of"}), heads)
    if steps:
        is_step = (case_steps.c.case_id == bindparam("of")) & (case_steps.c.step == bindparam("named"))
        names = [name for name in steps[0] if name not in ("of", "named")]
        connection.execute(update(case_steps).where(is_step).values({name: bindparam(name) for name in names}), steps)


def _values(case: Case) -> dict[str, Any]:
    return {
        "client_id": case.client_id,
        "project_id": case.project_id,
        "severity": case.severity.value,
        "least_level": case.least_level.value if case.least_level else None,
        "missed": case.missed,
        "previous": case.previous,
        "root": case.root,
        "state": case.state.value,
        "given_at": case.given_at,
        "opened_at": case.opened_at,
        "closed_at": case.closed_at,
    }


def _step_values(step: Step) -> dict[str, Any]:
    moments = {name: getattr(step, name) for name in MOMENTS}
    return {**moments, "state": step.state.value, "done_by": step.done_by, "message_id": step.message_id}


@lru_cache(maxsize=10_000)  # most steps are as they were at the tick before
def _step(name: str, deadline_at: datetime, due_at: datetime | None, state: str, *others: Any) -> Step:
    """Args: as _STEP_FIELDS has them, which is the order of Step."""
    return Step(StepName(name), deadline_at, due_at, StepState(state), *others)


def _case(row: Any, steps: Mapping[StepName, Step]) -> Case:
    return Case(
        row.case_id,
        row.client_id,
        row.project_id,
        Severity(row.severity),
        row.given_at,
        row.opened_at,
        row.root,
        steps,
        Level(row.least_level) if row.least_level else None,
        row.missed,
        row.previous,
        CaseState(row.state),
        row.closed_at,
    )
