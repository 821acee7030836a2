"""A case: its steps, its states and how they change. Pure; tasks.care reads and writes them (care.md 7.3)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from programme.care.cases.clock import Clock, deadlines_of
from programme.care.cases.owners import LEVEL_OF, highest, raised
from programme.words.states import Level, Severity


class StepName(StrEnum):
    """The steps of a case, in their order."""

    ACK = "ack"
    CALL = "call"
    SOLUTION = "solution"
    FIX = "fix"
    CHECK_IN = "check_in"
    FOLLOW_UP = "follow_up"


# How the ids begin of complaints that a person notes: on the phone, and of a client's own mail.
OF_CALLS, OF_REPLIES = "desk-", "reply-"
OF_PEOPLE = (StepName.CALL, StepName.SOLUTION, StepName.FIX)
BY_MAIL = (StepName.ACK, StepName.CHECK_IN, StepName.FOLLOW_UP)
BEFORE = {StepName.SOLUTION: StepName.CALL, StepName.FIX: StepName.SOLUTION}


class StepState(StrEnum):
    """What became of a step; `sent`, `phone` are of mails, and what is missed may still be done."""

    OPEN = "open"
    SENT = "sent"
    PHONE = "phone"
    MISSED = "missed"
    DONE = "done"
    SKIPPED = "skipped"


class CaseState(StrEnum):
    """Whether a case is open, or how it ended."""

    OPEN = "open"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"
    REOPENED = "reopened"
    ERASED = "erased"


STEP_CHANGES: Mapping[StepState, frozenset[StepState]] = {
    StepState.OPEN: frozenset(StepState) - {StepState.OPEN},
    StepState.SENT: frozenset({StepState.PHONE}),  # the provider refused the mail, or it bounced
    StepState.PHONE: frozenset({StepState.DONE}),
    StepState.MISSED: frozenset({StepState.DONE}),
    StepState.DONE: frozenset(),
    StepState.SKIPPED: frozenset(),
}
CASE_CHANGES: Mapping[CaseState, frozenset[CaseState]] = {
    CaseState.OPEN: frozenset(CaseState) - {CaseState.OPEN},
    CaseState.RESOLVED: frozenset({CaseState.REOPENED}),  # by an answer to its last mail or call
    CaseState.WITHDRAWN: frozenset(),
    CaseState.REOPENED: frozenset(),
    CaseState.ERASED: frozenset(),
}


class ImpossibleChange(Exception):
    """A step or a case cannot go from its state to that one; the message says which."""


@dataclass(frozen=True)
class Step:
    """One step with its clock; see models.care.CaseStepRow."""

    name: StepName
    deadline_at: datetime
    due_at: datetime | None = None
    state: StepState = StepState.OPEN
    done_at: datetime | None = None
    done_by: str | None = None
    missed_at: datetime | None = None
    message_id: str | None = None

    @property
    def until(self) -> datetime:
        """By when its owner is asked to have it done: when it is due; before that is known, its deadline."""
        return self.due_at or self.deadline_at

    @property
    def is_done(self) -> bool:
        """Whether a person did it, or ended its task otherwise."""
        return self.state is StepState.DONE


@dataclass(frozen=True)
class Case:
    """One case; see models.care.CaseRow."""

    case_id: str
    client_id: str
    project_id: str | None
    severity: Severity
    given_at: datetime
    opened_at: datetime
    root: str
    steps: Mapping[StepName, Step]
    least_level: Level | None = None
    missed: int = 0
    previous: str | None = None
    state: CaseState = CaseState.OPEN
    closed_at: datetime | None = None

    @property
    def level(self) -> Level:
        """The level that it stands at, whoever stands in."""
        return raised(highest(LEVEL_OF[self.severity], self.least_level), self.missed)

    @property
    def is_open(self) -> bool:
        """Whether it still runs."""
        return self.state is CaseState.OPEN

    def step(self, name: StepName) -> Step:
        """The step of that name."""
        return self.steps[name]

    @property
    def is_followed(self) -> bool:
        """Whether a tick may still find something to do for it: also its last question, once it is resolved."""
        return self.is_open or (
            self.state is CaseState.RESOLVED and self.steps[StepName.FOLLOW_UP].state is StepState.OPEN
        )

    @property
    def next_of_people(self) -> Step | None:
        """The first step of a person that is not done; None when all are."""
        return next((self.steps[name] for name in OF_PEOPLE if not self.steps[name].is_done), None)

    @property
    def waits_until(self) -> datetime:
        """What orders cases by urgency: until when its next person has; with none left, the deadline of its last."""
        step = self.next_of_people
        return step.until if step else max(each.deadline_at for each in self.steps.values())


def opened(
    clock: Clock,
    case_id: str,
    client_id: str,
    project_id: str | None,
    severity: Severity,
    given_at: datetime,
    at: datetime,
    after: Case | None = None,
    root: str | None = None,
) -> Case:
    """A new case at a tick.

    Args:
        given_at: the moment of its feedback.
        after: the case that it follows: it stands one level higher than that stood, and never below.
        root: of a case that an answer opened, the root of the answered one.
    """
    by = deadlines_of(clock, given_at)
    steps = {
        StepName.ACK: Step(StepName.ACK, by.ack),
        StepName.CALL: Step(StepName.CALL, by.call, due_at=_due(clock, by.call, at)),
        StepName.SOLUTION: Step(StepName.SOLUTION, by.solution),
        StepName.FIX: Step(StepName.FIX, by.fix),
        StepName.CHECK_IN: Step(StepName.CHECK_IN, by.fix),
        StepName.FOLLOW_UP: Step(StepName.FOLLOW_UP, by.follow_up),
    }
    least = raised(after.level, 1) if after else None
    previous = after.case_id if after else None
    return Case(
        case_id, client_id, project_id, severity, given_at, at, root or case_id, steps, least, previous=previous
    )


def with_step(case: Case, step: Step) -> Case:
    """The case with this step in the place of its own. Raises ImpossibleChange."""
    before = case.steps[step.name].state
    if step.state is not before and step.state not in STEP_CHANGES[before]:
        raise ImpossibleChange(f"case {case.case_id}: step {step.name} is {before} and cannot become {step.state}")
    return replace(case, steps={**case.steps, step.name: step})


def with_done(clock: Clock, case: Case, name: StepName, at: datetime, by: str | None) -> Case:
    """The case with that step done; the next step of a person then gets the moment from which it is missed."""
    done = replace(case.steps[name], state=StepState.DONE, done_at=at, done_by=by)
    return _with_next_due(clock, with_step(case, done), name, at)


def with_missed(clock: Clock, case: Case, name: StepName, at: datetime) -> Case:
    """The case with that step missed; a missed step of a person raises the level."""
    missed = replace(case.steps[name], state=StepState.MISSED, missed_at=at)
    case = with_step(case, missed)
    if name not in OF_PEOPLE:
        return case
    return _with_next_due(clock, replace(case, missed=case.missed + 1), name, at)


def with_fix_by(case: Case, closing: datetime) -> Case:
    """The case with the day that the client was promised: the deadline of `fix` and `check_in` is its closing.

    `fix` is due no earlier; one that was missed stays missed (care.md 7.3).
    """
    fix, check_in = case.step(StepName.FIX), case.step(StepName.CHECK_IN)
    due_at = max(fix.due_at, closing) if fix.due_at else None
    case = with_step(case, replace(fix, deadline_at=closing, due_at=due_at))
    return with_step(case, replace(check_in, deadline_at=closing))


def closed(case: Case, state: CaseState, at: datetime) -> Case:
    """The case ended: its open steps are skipped, but the last question of a resolved one may still come.

    A resolved case that is reopened keeps the moment at which it was resolved.

    Raises:
        ImpossibleChange: it does not stand so that it can end that way.
    """
    if state not in CASE_CHANGES[case.state]:
        raise ImpossibleChange(f"case {case.case_id} is {case.state} and cannot become {state}")
    keeps = {StepName.FOLLOW_UP} if state is CaseState.RESOLVED else set()
    steps = {name: _skipped(step) if name not in keeps else step for name, step in case.steps.items()}
    return replace(case, state=state, steps=steps, closed_at=case.closed_at or at)


def without_last_question(case: Case) -> Case:
    """The case with its follow-up skipped, where that was still to come."""
    return replace(case, steps={**case.steps, StepName.FOLLOW_UP: _skipped(case.step(StepName.FOLLOW_UP))})


def _skipped(step: Step) -> Step:
    return replace(step, state=StepState.SKIPPED) if step.state is StepState.OPEN else step


def promise_of(clock: Clock, step: Step, at: datetime) -> datetime | None:
    """Until when a client may be told at this moment that a step will be done: when it is due, as its owner is told.

    That is its deadline, or later where we heard of it late. None once it has passed: then no moment can be kept.
    Before the step has a due moment, the step before is taken to be done now.
    """
    due_at = step.due_at or _due(clock, step.deadline_at, at)
    return due_at if due_at > at else None


def _with_next_due(clock: Clock, case: Case, name: StepName, at: datetime) -> Case:
    """Set once: when the step before was done or missed, whichever came first."""
    following = next((each for each, before in BEFORE.items() if before is name), None)
    if following is None or (step := case.steps[following]).due_at or step.state is not StepState.OPEN:
        return case
    return replace(case, steps={**case.steps, following: replace(step, due_at=_due(clock, step.deadline_at, at))})


def _due(clock: Clock, deadline_at: datetime, since: datetime) -> datetime:
    """The later of the deadline and so many office hours after `since`."""
    return max(deadline_at, clock.office_hours_after(since, clock.terms.notice_hours))
