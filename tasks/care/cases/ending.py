"""How a case ends: by an act, by an answer, or because a tick finds that it has (step 2)."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, select, update

from models.database import clock
from models.database.given import in_values
from models.present import clients, feedback
from models.tables import case_feedback, message_states, messages, people_tasks
from models.tables import feedback as every_feedback
from programme.care.cases.case import Case, CaseState, StepName, closed, without_last_question
from programme.care.cases.following import is_silent
from programme.care.lines import Did, Line, line
from programme.care.mails import CASE_MAILS, FOLLOW_UP_MAIL
from programme.care.outcomes import UNSPOKEN, TaskState
from programme.care.tick import Tick
from programme.facts.cases import is_negative
from programme.facts.records import Feedback
from programme.sending.state_changes import Cause
from programme.words.dates import day_in_amsterdam
from programme.words.states import MessageStatus
from tasks.care.cases.store import FOLLOWED_CLIENTS, FOLLOWED_IDS, write_changes
from tasks.sending.status_changes import change_status

CASE_ENDED = "case_ended"  # why a message was cancelled


class TaskNow(NamedTuple):
    """A task of a followed case, as far as a tick looks at it."""

    task_id: str
    case_id: str
    step: str
    state: str
    outcome: str | None
    ended_at: datetime | None
    told_level: str | None

    @property
    def is_open(self) -> bool:
        """Whether it waits for a person."""
        return self.state == TaskState.OPEN


class TickFacts(NamedTuple):
    """All that a tick knows beside the cases that are followed.

    Attributes:
        recipients: the present recipient of each client of a case; "" without an address.
        erased: the ids of clients who were erased.
        feedback: of each open case, as the CRM has it now.
        tasks: of each case, in whatever state.
    """

    recipients: dict[str, str]
    erased: frozenset[str]
    feedback: Mapping[str, list[Feedback]]
    tasks: Mapping[str, list[TaskNow]]


NOTHING = TickFacts({}, frozenset(), {}, {})
_CLIENTS = select(*clients.c["client_id", "recipient", "erased_on"]).where(clients.c.client_id.in_(FOLLOWED_CLIENTS))
_FEEDBACK = (
    select(case_feedback.c.case_id, *(feedback.c[name] for name in Feedback._fields))
    .join(feedback, feedback.c.feedback_id == case_feedback.c.feedback_id)
    .where(case_feedback.c.case_id.in_(FOLLOWED_IDS))
    .order_by(case_feedback.c.case_id, case_feedback.c.place)
)
_TASKS = select(*(people_tasks.c[name] for name in TaskNow._fields)).where(people_tasks.c.case_id.in_(FOLLOWED_IDS))


def read_standing(connection: Connection) -> TickFacts:
    """What is known beside the followed cases, in three queries whatever their number."""
    given: dict[str, list[Feedback]] = defaultdict(list)
    tasks: dict[str, list[TaskNow]] = defaultdict(list)
    people = connection.execute(_CLIENTS).all()
    for case_id, *values in connection.execute(_FEEDBACK):
        given[case_id].append(Feedback(*values))
    for row in connection.execute(_TASKS):
        tasks[row.case_id].append(TaskNow(*row))
    erased = frozenset(row.client_id for row in people if row.erased_on is not None)
    return TickFacts({row.client_id: row.recipient for row in people}, erased, given, tasks)


def end_case(connection: Connection, case: Case, state: CaseState, at: datetime) -> tuple[Case, list[Line]]:
    """End a case: its open tasks are cancelled, its mails that wait too, and its feedback counts as resolved.

    Returns:
        The case as it is now, written, and the line that tells it; none for a resolved case that is reopened.

    Raises:
        ImpossibleChange: see programme.care.cases.case.closed.
    """
    after = closed(case, state, at)
    write_changes(connection, {case.case_id: case}, [after])
    cancel_tasks(connection, people_tasks.c.case_id == case.case_id, at)
    keeps = [FOLLOW_UP_MAIL.id] if state is CaseState.RESOLVED else []
    _cancel_mails(connection, case, [kind.id for kind in CASE_MAILS if kind.id not in keeps])
    if not case.is_open:
        return after, []
    ids = select(case_feedback.c.feedback_id).where(case_feedback.c.case_id == case.case_id)
    settled = update(every_feedback).where(every_feedback.c.feedback_id.in_(ids))
    connection.execute(settled.values(settled_on=day_in_amsterdam(at)))
    return after, [line(Did.CLOSED, case_id=case.case_id, state=state.value)]


def forget_last_question(connection: Connection, case: Case) -> None:
    """Skip the last question of a case that was resolved; its mail that waits is cancelled."""
    write_changes(connection, {case.case_id: case}, [without_last_question(case)])
    _cancel_mails(connection, case, [FOLLOW_UP_MAIL.id])


def cancel_tasks(connection: Connection, which: Any, at: datetime) -> None:
    """Cancel the open tasks that meet a condition."""
    is_open = people_tasks.c.state == TaskState.OPEN.value
    statement = update(people_tasks).where(is_open, which)
    connection.execute(statement.values(state=TaskState.CANCELLED.value, ended_at=at))


def _cancel_mails(connection: Connection, case: Case, kinds: Collection[str]) -> None:
    """Cancel the mails of the case that no request has claimed yet."""
    waits = (
        (messages.c.client_id == case.client_id)
        & (messages.c.occasion == case.case_id)
        & in_values(messages.c.touchpoint, sorted(kinds))
        & messages.c.request_id.is_(None)
    )
    values = {"reason": CASE_ENDED, "settled_at": clock.now()}
    its = message_states.c.id.in_(select(messages.c.id).where(waits))
    change_status(connection, Cause.WITHDRAWAL, MessageStatus.CANCELLED, its, **values)


def end_what_ended(
    connection: Connection, tick: Tick, cases: Mapping[str, Case], standing: TickFacts
) -> tuple[dict[str, Case], list[Line]]:
    """Step (2): close the open cases that have ended at the tick.

    Returns:
        All the cases, those that ended as they are now; and the lines.
    """
    after: dict[str, Case] = dict(cases)
    lines: list[Line] = []
    for case in cases.values():
        if case.is_open and (state := _ended(tick, case, standing)):
            after[case.case_id], told = end_case(connection, case, state, tick.at)
            lines += told
        elif not case.is_open and case.client_id in standing.erased:
            forget_last_question(connection, case)
            after[case.case_id] = without_last_question(case)
    return after, lines


def _ended(tick: Tick, case: Case, standing: TickFacts) -> CaseState | None:
    """How the case has ended at the tick; None while it has not."""
    if case.client_id in standing.erased:
        return CaseState.ERASED
    terms = tick.programme.health
    complaints = [each for each in standing.feedback.get(case.case_id, ()) if is_negative(terms, each)]
    if not complaints:
        return CaseState.WITHDRAWN
    if all(each.resolved_on and each.resolved_on <= tick.day for each in complaints):
        return CaseState.RESOLVED
    tasks = standing.tasks.get(case.case_id, [])
    last_calls = [task.ended_at for task in tasks if task.step == StepName.FOLLOW_UP and task.outcome in UNSPOKEN]
    is_busy = any(task.is_open for task in tasks)
    is_over = is_silent(tick.clock, case, tick.at, next(iter(last_calls), None), is_busy)
    return CaseState.RESOLVED if is_over else None
