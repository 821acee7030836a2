"""What a tick does for each followed case (step 4), by id: missed steps, the next task, then mails."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import Connection, insert, update

from models.tables import people_tasks
from programme.care.cases.case import BY_MAIL, Case, Step, StepName, StepState
from programme.care.cases.following import MailVerdict, by_phone, judge_mail, miss_steps, with_verdict
from programme.care.cases.owners import Owner
from programme.care.lines import Did, Line, line
from programme.care.outcomes import CASE_PREFIX, TaskChannel, TaskState, task_id_of
from programme.care.staff_mails import STAFF_CASE_MISSED, STAFF_CASE_RAISED, STAFF_CASE_TASK
from programme.care.tick import Tick
from programme.terms.kinds import MailKind
from programme.words.states import Purpose, Reason
from tasks.care.cases.case_mails import CaseMail, Posted, owners_of
from tasks.care.cases.ending import TickFacts
from tasks.care.cases.store import write_changes
from tasks.care.people.engineers import Work, read_engineers
from tasks.care.people.staff_mails import queue_case_mail

Post = Callable[[Sequence[CaseMail]], "list[Posted | Reason]"]
CHANNEL_OF = {
    StepName.CALL: TaskChannel.PHONE,
    StepName.SOLUTION: TaskChannel.WORK,
    StepName.FIX: TaskChannel.WORK,
    StepName.CHECK_IN: TaskChannel.PHONE,
    StepName.FOLLOW_UP: TaskChannel.PHONE,
}


class Told(NamedTuple):
    """A mail to a colleague, as queue_case_mail takes it."""

    kind: MailKind
    name: str
    task_id: str
    client_id: str
    step: str
    due_at: datetime


@dataclass
class _Following:
    """The work of one tick on all cases; what is to be written is collected and written once.

    Attributes:
        cases: all that are followed.
        made: the tasks that these cases have, in whatever state: id -> (is open, the level last told).
    """

    connection: Connection
    tick: Tick
    cases: Sequence[Case]
    made: dict[str, tuple[bool, str | None]]
    lines: list[Line] = field(default_factory=list)
    tasks: list[dict[str, object]] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)

    @cached_property
    def engineers(self) -> Mapping[Work, str | None]:
        """Read for all cases at once, when the first of them needs an owner; most ticks need none."""
        works = [(case.client_id, case.project_id) for case in self.cases]
        return read_engineers(self.connection, works, self.tick.day)

    def engineer(self, case: Case) -> str | None:
        """The engineer of the case's project."""
        return self.engineers.get((case.client_id, case.project_id))

    def owner(self, case: Case) -> Owner:
        """Who has the case now."""
        return self.tick.owner(case.level, self.engineer(case))

    def miss(self, case: Case) -> Case:
        """Mark what was missed, and tell whoever has it now."""
        after, missed = miss_steps(self.tick.clock, case, self.tick.at)
        for each in missed:
            level = after.level.value if each.rose else None
            self.lines.append(line(Did.MISSED, case_id=case.case_id, step=each.step.value, level=level))
            if not each.rose:
                step, asked = after.step(each.step), after.next_of_people
                self._tell(STAFF_CASE_MISSED, after, step, of_task=asked.name if asked else step.name)
        return after

    def ask(self, case: Case) -> None:
        """Make the task of the first step of a person that is not done."""
        step = case.next_of_people if case.is_open else None
        if step and step.due_at:
            self.make_task(case, step.name, step.due_at)

    def call(self, case: Case, name: StepName) -> None:
        """Make the call that takes the place of a mail."""
        self.make_task(case, name, self.tick.clock.working_days_after(self.tick.at, 1))

    def make_task(self, case: Case, name: StepName, due_at: datetime) -> None:
        """Make the task of a step, once ever, and tell its owner."""
        kind = f"{CASE_PREFIX}{name}"
        task_id = task_id_of(kind, case.client_id, case.case_id)
        if task_id in self.made:
            return
        self.made[task_id] = (True, case.level.value)
        owner = self.owner(case)
        channel = CHANNEL_OF[name].value
        self.tasks.append(
            {
                "task_id": task_id,
                "kind": kind,
                "client_id": case.client_id,
                "cause": case.case_id,
                "purpose": Purpose.SERVICE.value,
                "channel": channel,
                "level": case.level.value,
                "project_id": case.project_id,
                "made_at": self.tick.at,
                "due_at": due_at,
                "state": TaskState.OPEN.value,
                "case_id": case.case_id,
                "step": name.value,
                "told_level": case.level.value,
            }
        )
        self.lines.append(
            line(
                Did.TASK,
                task_id=task_id,
                channel=channel,
                level=owner.level.value,
                owner=owner.person.name,
                due_at=due_at,
            )
        )
        self._tell(STAFF_CASE_TASK, case, case.step(name), due_at)

    def note(self, case: Case, verdict: MailVerdict, posted: Posted | None = None) -> Case:
        """Write down what became of a mail, and ask for the call in its place."""
        after = with_verdict(case, verdict, self.tick.at, posted.message_id if posted else None)
        about = {"case_id": case.case_id, "step": verdict.step.value}
        if verdict.state is StepState.MISSED:
            self.lines.append(line(Did.MISSED, **about, level=None))
        if verdict.state is StepState.PHONE and verdict.reason:
            self.lines.append(line(Did.PHONE, **about, reason=verdict.reason.value))
        if verdict.state is StepState.SENT and posted:
            self.lines.append(line(Did.MAIL, **about, recipient=posted.recipient))
        if verdict.asks_call:
            self.call(after, verdict.step)
        return after

    def raise_task(self, case: Case, name: StepName) -> None:
        """Tell the owner of the task's new level."""
        self._tell(STAFF_CASE_RAISED, case, case.step(name))

    def _tell(
        self, kind: MailKind, case: Case, step: Step, due_at: datetime | None = None, of_task: StepName | None = None
    ) -> None:
        """Mail the owner of the step's task.

        Args:
            of_task: the step whose task there is, where this one has none yet because one before it is still to do.
        """
        task_id = task_id_of(f"{CASE_PREFIX}{of_task or step.name}", case.client_id, case.case_id)
        until = due_at or step.until
        self.told.append(Told(kind, self.owner(case).person.name, task_id, case.client_id, step.name.value, until))


def follow_cases(
    connection: Connection,
    tick: Tick,
    cases: Mapping[str, Case],
    standing: TickFacts,
    not_arrived: Mapping[tuple[str, StepName], Reason],
    post: Post,
) -> list[Line]:
    """Step (4) for all cases that are followed, as they stand after step (3).

    Args:
        standing: with the recipients of new cases too.
        not_arrived: the mails that were refused or bounced.
        post: plans mails.
    """
    undelivered = {case_id for case_id, _ in not_arrived}
    followed = [case for _, case in sorted(cases.items()) if case.is_followed or case.case_id in undelivered]
    made = {
        task.task_id: (task.is_open, task.told_level)
        for case in followed
        for task in standing.tasks.get(case.case_id, ())
    }
    work = _Following(connection, tick, followed, made)
    after = {case.case_id: work.miss(case) for case in followed}
    for case in after.values():
        work.ask(case)
    for (case_id, name), reason in sorted(not_arrived.items()):
        if case_id in after:
            after[case_id] = work.note(after[case_id], by_phone(name, reason))
    _judge_mails(work, after, _with_other(cases, standing.recipients), post)
    write_changes(connection, cases, after.values())
    _write_tasks(connection, work, after)
    for told in work.told:
        queue_case_mail(connection, tick, *told)
    return work.lines


def _with_other(cases: Mapping[str, Case], recipients: Mapping[str, str]) -> Callable[[Case], bool]:
    """Whether the recipient of a case has another open one."""

    def whose(case: Case) -> str:
        return recipients.get(case.client_id) or f"\0{case.client_id}"  # without an address: the client alone

    open_ones = Counter(whose(case) for case in cases.values() if case.is_open)
    return lambda case: open_ones[whose(case)] > case.is_open


def _judge_mails(work: _Following, after: dict[str, Case], has_other: Callable[[Case], bool], post: Post) -> None:
    """Judge every mail of every case, and plan those that go in one piece."""
    tick = work.tick
    going: list[CaseMail] = []
    for case_id, case in after.items():
        for name in BY_MAIL:
            verdict = judge_mail(tick.clock, after[case_id], name, tick.at, has_other(case))
            if verdict and verdict.state is StepState.SENT:
                going.append(CaseMail(after[case_id], name, *owners_of(tick, case, work.engineer(case))))
            elif verdict:
                after[case_id] = work.note(after[case_id], verdict)
    for asked, result in zip(going, post(going) if going else (), strict=True):
        case, name = after[asked.case.case_id], asked.step
        if isinstance(result, Posted):
            after[case.case_id] = work.note(case, MailVerdict(name, StepState.SENT), result)
        else:
            after[case.case_id] = work.note(case, by_phone(name, result))


def _write_tasks(connection: Connection, work: _Following, after: Mapping[str, Case]) -> None:
    """Write the new tasks, and tell the new owner of those that changed level; nobody of a case that has ended."""
    if work.tasks:
        connection.execute(insert(people_tasks), work.tasks)
    own = people_tasks.c
    for case in after.values():
        for name in StepName if case.is_open else ():
            task_id = task_id_of(f"{CASE_PREFIX}{name}", case.client_id, case.case_id)
            is_open, told = work.made.get(task_id, (False, None))
            if is_open and told != case.level.value:
                work.raise_task(case, name)
                values = {"level": case.level.value, "told_level": case.level.value}
                connection.execute(update(people_tasks).where(own.task_id == task_id).values(values))
