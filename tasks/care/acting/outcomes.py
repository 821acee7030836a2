"""What came of a task: an attempt, or its end with all that follows from it (care.md 8.1)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from models.tables import interactions, people_tasks, task_notes
from programme.care.cases.case import (
    OF_REPLIES,
    Case,
    CaseState,
    StepName,
    StepState,
    with_done,
    with_fix_by,
    with_step,
)
from programme.care.cases.clock import Clock, moment_of
from programme.care.outcomes import SPOKEN, TaskOutcome, TaskState, outcomes_of
from programme.words.states import ActivityKind, Channel, Direction
from tasks.care.acting.acts import Act
from tasks.care.acting.calling import refuse_calls
from tasks.care.cases.answers import SaidComplaint, add_activity, apply_answer, write_complaint
from tasks.care.cases.ending import end_case
from tasks.care.cases.store import CareRefused, read_case, write_changes
from tasks.care.telling import tell_later

ORIGIN_CALL, ORIGIN_REPLY = "call", "reply"


class TriedMeanwhile(CareRefused):
    """The task has other attempts than the person saw: a button was pressed twice, or a colleague called."""


@dataclass(frozen=True)
class Ending:
    """A task that a person ends.

    Attributes:
        fix_by: the day by which the client was promised the rest; of a solution that was done.
    """

    act: Act
    task: Any
    outcome: TaskOutcome
    fix_by: date | None = None

    @property
    def clock(self) -> Clock:
        """The office's clock."""
        return Clock(self.act.programme.care)


def record_outcome(
    act: Act,
    task_id: str,
    outcome: str,
    *,
    fix_by: date | None = None,
    note: str | None = None,
    call_back_at: datetime | None = None,
    tried: int | None = None,
) -> None:
    """Write down what came of a task: its end, or an attempt that leaves it open.

    Args:
        note: the client may read it.
        call_back_at: when the client asked to be called again.
        tried: how many attempts the person saw, so that a button pressed twice notes one; None where nobody looked.

    Raises:
        TriedMeanwhile: there were attempts since.
        CareRefused: there is no such open task, the outcome does not fit, or the rules refuse it.
    """
    task = _open_task(act.connection, task_id)
    if tried not in (None, task.attempts):
        raise TriedMeanwhile(f"task {task_id} has {task.attempts} attempts by now, not {tried}; nothing was changed")
    allowed = outcomes_of(task.kind, task.channel)
    if outcome not in (*allowed.ends, *allowed.attempts):
        known = ", ".join([*allowed.ends, *allowed.attempts])
        raise CareRefused(f"task {task_id} cannot end as {outcome!r}; what can come of it: {known}")
    ending = Ending(act, task, TaskOutcome(outcome), fix_by)
    if fix_by:
        _check_fix_by(ending)
    kind = "attempt" if outcome in allowed.attempts else "end"
    if kind == "attempt":
        _note_attempt(ending, call_back_at)
    else:
        _end(ending)
    _write_note(act, task, kind, note, outcome)
    before = {"state": TaskState.OPEN.value, "attempts": task.attempts}
    after = {"outcome": outcome, **({"fix_by": fix_by.isoformat()} if fix_by else {})}
    act.record(f"{kind} task", task_id, task.client_id or None, before, after)


def snooze_task(act: Act, task_id: str, until: date) -> None:
    """Hide an open task from the day's list until a day; it is due no later for it. Raises CareRefused."""
    task = _open_task(act.connection, task_id)
    if until <= act.day:
        raise CareRefused(f"task {task_id} cannot be hidden until {until}: that is not after today")
    of_task = people_tasks.c.task_id == task_id
    act.connection.execute(update(people_tasks).where(of_task).values(snoozed_until=until))
    before = {"snoozed_until": task.snoozed_until and task.snoozed_until.isoformat()}
    act.record("snooze task", task_id, task.client_id or None, before, {"snoozed_until": until.isoformat()})


def add_note(act: Act, task_id: str, note: str) -> None:
    """Write a note beside a task, which changes nothing else of it. Raises CareRefused."""
    task = _task(act.connection, task_id)
    _write_note(act, task, "note", note)
    act.record("note on task", task_id, task.client_id or None)


def _task(connection: Connection, task_id: str) -> Any:
    row = connection.execute(select(people_tasks).where(people_tasks.c.task_id == task_id)).one_or_none()
    if row is None:
        raise CareRefused(f"there is no task {task_id}; see: bouwclub tasks list")
    return row


def _open_task(connection: Connection, task_id: str) -> Any:
    row = _task(connection, task_id)
    if row.state != TaskState.OPEN:
        how = f" ({row.outcome} by {row.ended_by})" if row.outcome else ""
        raise CareRefused(f"task {task_id} is {row.state}{how}; nothing was changed")
    return row


def _check_fix_by(ending: Ending) -> None:
    """Only a solution that is done names the day of the rest: a working day, no earlier than it was due anyway."""
    task, day = ending.task, ending.fix_by
    assert day is not None
    if task.step != StepName.SOLUTION or ending.outcome is not TaskOutcome.DONE:
        raise CareRefused("only case_solution that ends as done names a day (fix-by) by which the rest is done")
    deadline = read_case(ending.act.connection, task.case_id).step(StepName.FIX).deadline_at
    if not ending.clock.is_working_day(day):
        raise CareRefused(f"{day} is no working day; name one on which the office is open")
    if ending.clock.closing(day) < deadline:
        raise CareRefused(f"the closing of {day} lies before {deadline:%Y-%m-%d}, by which it is due anyway")


def _note_attempt(ending: Ending, call_back_at: datetime | None) -> None:
    values = {"attempts": ending.task.attempts + 1, "call_back_at": call_back_at}
    connection, own = ending.act.connection, people_tasks.c
    connection.execute(update(people_tasks).where(own.task_id == ending.task.task_id).values(values))


def _end(ending: Ending) -> None:
    """End the task, then do what its kind and outcome ask for."""
    task, least = ending.task, ending.act.programme.care.attempts
    if ending.outcome is TaskOutcome.UNREACHABLE and task.attempts < least:
        raise CareRefused(
            f"task {task.task_id} has {task.attempts} of {least} attempts; only then is a client unreachable"
        )
    values = {"state": TaskState.DONE.value, "outcome": ending.outcome.value}
    of_task = people_tasks.c.task_id == task.task_id
    ended = update(people_tasks).where(of_task)
    ending.act.connection.execute(ended.values(**values, ended_at=ending.act.at, ended_by=ending.act.by))
    if ending.outcome in SPOKEN and task.client_id:
        _add_call(ending)
    if task.step:
        _do_step(ending, read_case(ending.act.connection, task.case_id))
    elif effect := EFFECTS.get(ending.outcome):
        effect(ending)


def _do_step(ending: Ending, case: Case) -> None:
    """The step is done; then what the outcome means for the case."""
    name = StepName(ending.task.step)
    after = with_done(ending.clock, case, name, ending.act.at, ending.act.by)
    if name is StepName.FIX and ending.outcome is TaskOutcome.NOT_NEEDED:
        after = _without_check_in(after)
    if ending.fix_by:
        after = with_fix_by(after, ending.clock.closing(ending.fix_by))
    write_changes(ending.act.connection, {case.case_id: case}, [after])
    if ending.outcome is TaskOutcome.NO_COMPLAINT:
        _, lines = end_case(ending.act.connection, after, CaseState.WITHDRAWN, ending.act.at)
        tell_later(ending.act.connection, lines)
    if ending.outcome in (TaskOutcome.CONTENT, TaskOutcome.NOT_CONTENT):
        source, day = ending.task.task_id, ending.act.day
        add_activity(ending.act.connection, ActivityKind.ANSWER, case.client_id, source, day)
        apply_answer(ending.act.connection, after, ending.outcome is TaskOutcome.CONTENT, ending.act.at, None)


def _without_check_in(case: Case) -> Case:
    step = case.step(StepName.CHECK_IN)
    return with_step(case, replace(step, state=StepState.SKIPPED)) if step.state is StepState.OPEN else case


def _add_call(ending: Ending) -> None:
    """A call that reached somebody is a contact of ours with the client."""
    ending.act.connection.execute(
        insert(interactions).values(
            interaction_id=f"call-{ending.task.task_id}",
            client_id=ending.task.client_id,
            occurred_on=ending.act.day,
            occurred_at=ending.act.at,
            direction=Direction.OUT.value,
            channel=Channel.PHONE.value,
            origin=ORIGIN_CALL,
        )
    )


def _complain(ending: Ending) -> None:
    """The reply is a complaint, from its own moment."""
    reply = _reply(ending)
    moment = moment_of(reply.occurred_on, reply.occurred_at)
    feedback_id = f"{OF_REPLIES}{ending.task.cause}"
    write_complaint(ending.act.connection, SaidComplaint(feedback_id, ending.task.client_id, moment, ORIGIN_REPLY))


def _hand_over(ending: Ending) -> None:
    """The reply asks to hand over; the day of that judgement is the day of the fact."""
    topic = ending.act.programme.signals.handover.handover_topics[0]
    of_reply = interactions.c.interaction_id == ending.task.cause
    ending.act.connection.execute(update(interactions).where(of_reply).values(topic=topic))


def _reply(ending: Ending) -> Any:
    of_reply = interactions.c.interaction_id == ending.task.cause
    return ending.act.connection.execute(select(interactions).where(of_reply)).one()


def _refuse_calls(ending: Ending) -> None:
    refuse_calls(ending.act.connection, ending.task.client_id, ending.act.at, ending.act.by)


EFFECTS: Mapping[TaskOutcome, Callable[[Ending], None]] = {
    TaskOutcome.COMPLAINT: _complain,
    TaskOutcome.HANDOVER: _hand_over,
    TaskOutcome.DO_NOT_CALL: _refuse_calls,
}


def _write_note(act: Act, task: Any, kind: str, note: str | None, outcome: str | None = None) -> None:
    values = {"task_id": task.task_id, "client_id": task.client_id, "kind": kind, "outcome": outcome, "note": note}
    act.connection.execute(insert(task_notes).values(**values, by_name=act.by, at=act.at))
