"""How a case ends: by an act, by an answer, or because a tick finds that it has (step 2)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from models.database import clock
from models.database.bulk import in_values
from models.present import clients, feedback
from models.tables import case_feedback, messages, people_tasks
from models.tables import feedback as every_feedback
from programme.care.case import Case, CaseState, StepName, closed, without_last_question
from programme.care.following import is_silent
from programme.care.lines import Did, Line, line
from programme.care.mails import CASE_MAILS, FOLLOW_UP_MAIL
from programme.care.outcomes import UNSPOKEN, TaskState
from programme.care.tick import Tick
from programme.facts.cases import is_negative
from programme.facts.records import Feedback
from programme.sending.state_changes import Cause
from programme.words.dates import day_in_amsterdam
from programme.words.states import MessageStatus
from tasks.care.store import write_changes
from tasks.sending.status_changes import change_status

CASE_ENDED = "case_ended"  # why a message was cancelled


@dataclass
class _Known:
    """What decides whether a case has ended.

    Attributes:
        gone: the ids of clients who were erased.
        feedback: of each case, as the CRM has it now.
        busy: the ids of cases with an open task.
        silent_since: when the call of the last question ended without reaching anybody, by case.
    """

    gone: frozenset[str]
    feedback: Mapping[str, list[Feedback]]
    busy: frozenset[str] = frozenset()
    silent_since: Mapping[str, datetime] = field(default_factory=dict)


def end_case(connection: Connection, case: Case, state: CaseState, at: datetime) -> tuple[Case, list[Line]]:
    """End a case: its open tasks are cancelled, its mails that wait too, and its feedback counts as resolved.

    Returns:
        The case as it is now, written, and the line that tells it; none for a resolved case that is reopened.

    Raises:
        ImpossibleChange: see programme.care.case.closed.
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
    dialect = connection.dialect.name
    waits = (
        (messages.c.client_id == case.client_id)
        & (messages.c.occasion == case.case_id)
        & in_values(messages.c.touchpoint, sorted(kinds), dialect)
        & messages.c.request_id.is_(None)
    )
    values = {"reason": CASE_ENDED, "settled_at": clock.now(dialect)}
    change_status(connection, Cause.WITHDRAWAL, MessageStatus.CANCELLED, waits, **values)


def end_what_ended(connection: Connection, tick: Tick, cases: Mapping[str, Case]) -> tuple[dict[str, Case], list[Line]]:
    """Step (2): close the open cases that have ended at the tick.

    Returns:
        All the cases, those that ended as they are now; and the lines.
    """
    known = _read_known(connection, list(cases.values()))
    after: dict[str, Case] = dict(cases)
    lines: list[Line] = []
    for case in cases.values():
        if case.is_open and (state := _ended(tick, case, known)):
            after[case.case_id], told = end_case(connection, case, state, tick.at)
            lines += told
    for case in cases.values():
        if not case.is_open and case.client_id in known.gone:
            forget_last_question(connection, case)
            after[case.case_id] = without_last_question(case)
    return after, lines


def _ended(tick: Tick, case: Case, known: _Known) -> CaseState | None:
    """How the case has ended at the tick; None while it has not."""
    if case.client_id in known.gone:
        return CaseState.ERASED
    terms = tick.programme.health
    complaints = [each for each in known.feedback[case.case_id] if is_negative(terms, each)]
    if not complaints:
        return CaseState.WITHDRAWN
    if all(each.resolved_on and each.resolved_on <= tick.day for each in complaints):
        return CaseState.RESOLVED
    since, is_busy = known.silent_since.get(case.case_id), case.case_id in known.busy
    return CaseState.RESOLVED if is_silent(tick.clock, case, tick.at, since, is_busy) else None


def _read_known(connection: Connection, cases: Sequence[Case]) -> _Known:
    if not cases:
        return _Known(frozenset(), {})
    dialect = connection.dialect.name
    owners, ids = sorted({case.client_id for case in cases}), [case.case_id for case in cases]
    gone = connection.scalars(
        select(clients.c.client_id).where(
            in_values(clients.c.client_id, owners, dialect), clients.c.erased_on.is_not(None)
        )
    )
    silent = (StepName.FOLLOW_UP.value, [outcome.value for outcome in UNSPOKEN])
    tasks = connection.execute(
        select(*people_tasks.c["case_id", "step", "state", "outcome", "ended_at"]).where(
            in_values(people_tasks.c.case_id, ids, dialect)
        )
    ).all()
    return _Known(
        frozenset(gone),
        _read_feedback(connection, ids),
        frozenset(row.case_id for row in tasks if row.state == TaskState.OPEN),
        {row.case_id: row.ended_at for row in tasks if row.step == silent[0] and row.outcome in silent[1]},
    )


def _read_feedback(connection: Connection, case_ids: Iterable[str]) -> dict[str, list[Feedback]]:
    """The feedback of each case that the export still has."""
    columns = [feedback.c[name] for name in Feedback._fields]
    query = (
        select(case_feedback.c.case_id, *columns)
        .join(feedback, feedback.c.feedback_id == case_feedback.c.feedback_id)
        .where(in_values(case_feedback.c.case_id, list(case_ids), connection.dialect.name))
        .order_by(case_feedback.c.case_id, case_feedback.c.place)
    )
    found: dict[str, list[Feedback]] = defaultdict(list)
    for case_id, *values in connection.execute(query):
        found[case_id].append(Feedback(*values))
    return found
