"""What a tick finds to do for one case: steps that were missed, the next task, the mails (care.md 7.3, step 4)."""

from dataclasses import dataclass, replace
from datetime import datetime

from programme.care.cases.case import (
    OF_PEOPLE,
    Case,
    CaseState,
    StepName,
    StepState,
    with_missed,
    with_step,
)
from programme.care.cases.clock import Clock, same_time_after
from programme.words.states import Reason

MAILS = (StepName.ACK, StepName.CHECK_IN, StepName.FOLLOW_UP)
LATER = (StepName.CHECK_IN, StepName.FOLLOW_UP)


@dataclass(frozen=True)
class MissedStep:
    """A step that was found missed; `rose` says whether the level did."""

    step: StepName
    rose: bool


@dataclass(frozen=True)
class MailVerdict:
    """What becomes of a mail that may go.

    Attributes:
        state: SENT (it goes), MISSED, PHONE or SKIPPED.
        asks_call: a person calls instead, due one working day after the tick.
    """

    step: StepName
    state: StepState
    asks_call: bool = False
    reason: Reason | None = None


def miss_steps(clock: Clock, case: Case, at: datetime) -> tuple[Case, list[MissedStep]]:
    """The case with its steps of people that are later than due marked as missed."""
    found = []
    for name in OF_PEOPLE if case.is_open else ():
        step = case.step(name)
        if step.state is StepState.OPEN and step.due_at and at > step.due_at:
            before = case.level
            case = with_missed(clock, case, name, at)
            found.append(MissedStep(name, case.level is not before))
    return case, found


def judge_mail(clock: Clock, case: Case, name: StepName, at: datetime, has_other_case: bool) -> MailVerdict | None:
    """What becomes of this mail of the case at a tick, unless rule 1 or 2 stops it; None while it waits.

    Args:
        has_other_case: whether the recipient has another open case.
    """
    step = case.step(name)
    if step.state is not StepState.OPEN:
        return None
    until = clock.working_days_after(step.deadline_at, clock.terms.late_mail_days)
    is_late = at > until
    if name is StepName.FOLLOW_UP and case.is_open and is_late and not _is_fixed_by(case, until):
        return MailVerdict(name, StepState.MISSED)
    if not _may_go(clock, case, name, at):
        return None  # what was put right in time waits for the office to open, also when a person is to ask by phone
    if has_other_case and name in LATER:
        return MailVerdict(name, StepState.SKIPPED)
    if is_late:
        return MailVerdict(name, StepState.MISSED, asks_call=name in LATER)
    return MailVerdict(name, StepState.SENT)


def by_phone(name: StepName, reason: Reason) -> MailVerdict:
    """The verdict on a mail that rule 1 or 2 stopped, or that the provider did not bring."""
    return MailVerdict(name, StepState.PHONE, name in LATER, reason)


def with_verdict(case: Case, verdict: MailVerdict, at: datetime, message_id: str | None = None) -> Case:
    """The case with what became of the mail."""
    step = replace(case.step(verdict.step), state=verdict.state)
    if verdict.state is StepState.SENT:
        step = replace(step, done_at=at, message_id=message_id)
    if verdict.state is StepState.MISSED:
        step = replace(step, missed_at=at)
    return with_step(case, step)


def _is_fixed_by(case: Case, until: datetime) -> bool:
    fix = case.step(StepName.FIX)
    return fix.is_done and fix.done_at is not None and fix.done_at <= until


def _may_go(clock: Clock, case: Case, name: StepName, at: datetime) -> bool:
    is_fixed = case.step(StepName.FIX).is_done
    if name is StepName.ACK:
        return case.is_open
    if name is StepName.CHECK_IN:
        return case.is_open and is_fixed and clock.is_open(at)
    from_at = clock.opening(case.step(name).deadline_at.date())
    may = (case.is_open and is_fixed) or case.state is CaseState.RESOLVED
    return may and at >= from_at and clock.is_open(at)


def is_silent(clock: Clock, case: Case, at: datetime, silent_since: datetime | None, has_open_task: bool) -> bool:
    """Whether silence resolves the case.

    Args:
        silent_since: when the call of the follow-up ended without reaching anybody.
        has_open_task: whether a task of the case is open.
    """
    fix, last = case.step(StepName.FIX), case.step(StepName.FOLLOW_UP)
    if not fix.is_done:
        return False
    since = last.done_at if last.state is StepState.SENT else silent_since
    if last.state in (StepState.SKIPPED, StepState.MISSED) and not has_open_task:
        since = fix.done_at
    return since is not None and at >= same_time_after(since, clock.terms.silence_days)
