"""What a case itself knows, beside what changes it (test_complaints.py)."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from programme.care.cases.case import (
    OF_PEOPLE,
    Case,
    CaseState,
    ImpossibleChange,
    StepName,
    StepState,
    closed,
    opened,
    promise_of,
    with_done,
    with_fix_by,
    with_missed,
    with_step,
    without_last_question,
)
from programme.care.cases.clock import Clock
from programme.words.dates import AMSTERDAM
from programme.words.states import Level, Severity
from tests import factories as make

GIVEN = datetime(2026, 3, 2, 10, 0, tzinfo=AMSTERDAM)


def test_what_a_case_waits_for() -> None:
    """A person's step as it is due; with none left the latest deadline, which a late promise may move past a month."""
    clock = Clock(make.shipped_programme().care)
    case = opened(clock, "F1", "K1", None, Severity.MEDIUM, GIVEN, GIVEN)
    assert case.waits_until == case.step(StepName.CALL).until

    for name in OF_PEOPLE:
        case = with_step(case, replace(case.step(name), state=StepState.DONE))
    assert case.waits_until == case.step(StepName.FOLLOW_UP).deadline_at

    late = datetime(2026, 6, 1, 17, 0, tzinfo=AMSTERDAM)
    case = with_step(case, replace(case.step(StepName.CHECK_IN), deadline_at=late))
    assert case.waits_until == late


CLOCK = Clock(make.shipped_programme().care)
OPEN = opened(CLOCK, "F1", "K1", None, Severity.MINOR, GIVEN, GIVEN)


def at(text: str) -> datetime:
    """A moment of 2026: "03-09 10:00"."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=AMSTERDAM)


def states(case: Case) -> dict[StepName, StepState]:
    return {name: step.state for name, step in case.steps.items()}


def test_a_step_goes_no_way_but_its_own() -> None:
    """What is done stays done; what was missed may still be done, and a step may keep its state."""
    done = with_done(CLOCK, OPEN, StepName.CALL, at("03-03 09:00"), "Bas Hoekstra")
    assert with_step(done, replace(done.step(StepName.CALL), done_by="Anke")).step(StepName.CALL).done_by == "Anke"
    with pytest.raises(ImpossibleChange, match="step call is done and cannot become missed"):
        with_missed(CLOCK, done, StepName.CALL, GIVEN)
    late = with_missed(CLOCK, OPEN, StepName.CALL, at("03-04 10:00"))
    assert with_done(CLOCK, late, StepName.CALL, GIVEN, None).step(StepName.CALL).is_done


def test_a_missed_step_of_a_person_raises_the_level_by_one() -> None:
    """A missed mail does not."""
    late = with_missed(CLOCK, OPEN, StepName.CALL, at("03-03 10:15"))
    assert (OPEN.level, late.level, late.missed) == (Level.ENGINEER, Level.MANAGER, 1)
    mail = with_missed(CLOCK, OPEN, StepName.ACK, at("03-05 10:00"))
    assert (mail.level, mail.missed, mail.step(StepName.SOLUTION).due_at) == (Level.ENGINEER, 0, None)


def test_a_step_is_due_once_the_one_before_is_done_or_missed() -> None:
    """At the later of its deadline and four office hours; set once, whichever came first."""
    early = with_done(CLOCK, OPEN, StepName.CALL, at("03-02 11:00"), None)
    assert early.step(StepName.SOLUTION).due_at == early.step(StepName.SOLUTION).deadline_at == at("03-04 10:00")
    late = with_missed(CLOCK, OPEN, StepName.CALL, at("03-06 10:00"))
    assert late.step(StepName.SOLUTION).due_at == late.step(StepName.SOLUTION).until == at("03-06 14:00")
    again = with_done(CLOCK, late, StepName.CALL, at("03-09 10:00"), None)
    assert again.step(StepName.SOLUTION).due_at == at("03-06 14:00")
    assert early.step(StepName.FIX).due_at is None
    solved = with_done(CLOCK, early, StepName.SOLUTION, at("03-03 11:00"), None)
    assert solved.step(StepName.FIX).due_at == at("03-09 10:00")
    assert with_done(CLOCK, OPEN, StepName.FIX, at("03-03 11:00"), None).step(StepName.SOLUTION).due_at is None
    assert early.step(StepName.FIX).until == early.step(StepName.FIX).deadline_at


def test_a_promise_moves_the_fix_and_its_question() -> None:
    """To that closing; it is due no earlier, also one that was missed, which stays so."""
    closing = at("03-20 17:00")
    waiting = with_fix_by(OPEN, closing)
    due = with_step(OPEN, replace(OPEN.step(StepName.FIX), due_at=at("03-09 10:00")))
    later = with_step(OPEN, replace(OPEN.step(StepName.FIX), due_at=at("03-23 10:00")))
    missed = with_missed(CLOCK, due, StepName.FIX, at("03-09 10:15"))
    cases = ((waiting, None), (with_fix_by(due, closing), closing))
    cases += ((with_fix_by(later, closing), at("03-23 10:00")),)
    cases += ((with_fix_by(missed, closing), closing),)
    for case, due_at in cases:
        assert case.step(StepName.FIX).deadline_at == case.step(StepName.CHECK_IN).deadline_at == closing
        assert case.step(StepName.FIX).due_at == due_at
    assert cases[-1][0].step(StepName.FIX).state is StepState.MISSED


@pytest.mark.parametrize("state", [state for state in CaseState if state is not CaseState.OPEN])
def test_what_closes_a_case_skips_its_open_steps(state: CaseState) -> None:
    """But the last question of a resolved one, for which it is still followed; what was done stays done."""
    done = with_done(CLOCK, OPEN, StepName.CALL, GIVEN, None)
    ended = closed(done, state, GIVEN)
    last = StepState.OPEN if state is CaseState.RESOLVED else StepState.SKIPPED
    assert states(ended) == dict.fromkeys(StepName, StepState.SKIPPED) | {
        StepName.CALL: StepState.DONE,
        StepName.FOLLOW_UP: last,
    }
    assert (ended.state, ended.closed_at, ended.is_open) == (state, GIVEN, False)
    assert (OPEN.is_followed, ended.is_followed) == (True, state is CaseState.RESOLVED)
    assert not without_last_question(ended).is_followed


def test_only_a_resolved_case_is_closed_again() -> None:
    """As reopened, by an answer; it keeps the moment at which it was resolved."""
    resolved = closed(OPEN, CaseState.RESOLVED, GIVEN)
    again = closed(resolved, CaseState.REOPENED, GIVEN + timedelta(days=1))
    assert (again.state, again.closed_at) == (CaseState.REOPENED, GIVEN)
    with pytest.raises(ImpossibleChange, match="case F1 is resolved and cannot become withdrawn"):
        closed(resolved, CaseState.WITHDRAWN, GIVEN)
    with pytest.raises(ImpossibleChange):
        closed(again, CaseState.RESOLVED, GIVEN)


def test_nobody_is_promised_a_moment_that_has_passed() -> None:
    """Until when it is due; before that is known, as if the step before were done now."""
    call, solution = OPEN.step(StepName.CALL), OPEN.step(StepName.SOLUTION)
    assert promise_of(CLOCK, call, at("03-03 09:59")) == at("03-03 10:00")
    assert promise_of(CLOCK, call, at("03-03 10:00")) is None
    assert promise_of(CLOCK, solution, at("03-02 11:00")) == at("03-04 10:00")
    assert promise_of(CLOCK, solution, at("03-06 10:00")) == at("03-06 14:00")
