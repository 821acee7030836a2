"""What a case itself knows, beside what changes it (test_complaints.py)."""

from dataclasses import replace
from datetime import datetime

from programme.care.cases.case import OF_PEOPLE, StepName, StepState, opened, with_step
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
