"""What a case itself knows, beside what changes it (test_complaints.py)."""

from dataclasses import replace
from datetime import datetime

from programme.care.cases.case import OF_PEOPLE, StepName, StepState, opened, with_fix_by, with_step
from programme.care.cases.clock import Clock
from programme.words.dates import AMSTERDAM
from programme.words.states import Severity
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


def test_a_promised_day_moves_when_the_rest_is_due() -> None:
    """Also of a step that was missed: it stays missed, but whoever has it now has until the day that was agreed."""
    clock = Clock(make.shipped_programme().care)
    case = opened(clock, "F1", "K1", None, Severity.MEDIUM, GIVEN, GIVEN)
    closing = datetime(2026, 3, 20, 17, 0, tzinfo=AMSTERDAM)

    early = with_fix_by(clock, case, closing).step(StepName.FIX)
    assert (early.state, early.deadline_at, early.due_at) == (StepState.OPEN, closing, None)

    due_at = datetime(2026, 3, 9, 10, 0, tzinfo=AMSTERDAM)
    late = replace(case.step(StepName.FIX), state=StepState.MISSED, due_at=due_at, missed_at=due_at)
    after = with_fix_by(clock, with_step(case, late), closing)
    assert after.step(StepName.FIX) == replace(late, deadline_at=closing, due_at=closing)
    assert after.step(StepName.CHECK_IN).deadline_at == closing

    later = datetime(2026, 3, 23, 9, 0, tzinfo=AMSTERDAM)  # heard of so late that notice ends after the day
    noticed = with_fix_by(clock, with_step(case, replace(late, due_at=later)), closing)
    assert noticed.step(StepName.FIX).due_at == later
