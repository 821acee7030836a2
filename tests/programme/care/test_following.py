"""What becomes of the last question of a case when ticks did not run."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from programme.care.cases.case import OF_PEOPLE, Case, StepName, StepState, opened, with_step
from programme.care.cases.clock import Clock
from programme.care.cases.following import MailVerdict, judge_mail
from programme.words.dates import AMSTERDAM
from programme.words.states import Severity
from tests import factories as make

GIVEN = datetime(2026, 3, 2, 10, 0, tzinfo=AMSTERDAM)
CLOCK = Clock(make.shipped_programme().care)
END = datetime(2026, 4, 7, 10, 0, tzinfo=AMSTERDAM)  # 2 working days after Thu 2 Apr: Good Friday is one, Easter not
NIGHT = datetime(2026, 4, 7, 20, 0, tzinfo=AMSTERDAM)
MORNING = datetime(2026, 4, 8, 9, 0, tzinfo=AMSTERDAM)


def fixed(at: datetime) -> Case:
    """A case all of whose steps of people were done at this moment."""
    case = opened(CLOCK, "F1", "K1", None, Severity.MEDIUM, GIVEN, GIVEN)
    for name in OF_PEOPLE:
        case = with_step(case, replace(case.step(name), state=StepState.DONE, done_at=at))
    return case


@pytest.mark.parametrize(
    ("fixed_at", "at", "expected"),
    [
        (END, NIGHT, None),  # the server was down over the day, and the office is closed: it waits
        (END, MORNING, MailVerdict(StepName.FOLLOW_UP, StepState.MISSED, asks_call=True)),
        (END + timedelta(minutes=1), NIGHT, MailVerdict(StepName.FOLLOW_UP, StepState.MISSED)),
    ],
)
def test_a_late_last_question_is_asked_by_phone_where_it_was_put_right_in_time(
    fixed_at: datetime, at: datetime, expected: MailVerdict | None
) -> None:
    """Not fixed at the end of the two working days: missed without a task, also while the office is closed."""
    case = fixed(fixed_at)
    assert CLOCK.working_days_after(case.step(StepName.FOLLOW_UP).deadline_at, 2) == END
    assert judge_mail(CLOCK, case, StepName.FOLLOW_UP, at, has_other_case=False) == expected
