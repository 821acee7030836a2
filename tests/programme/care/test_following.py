"""What a tick finds to do for a case: its mails in their time, the steps that were missed, and the end by silence."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from programme.care.cases.case import (
    OF_PEOPLE,
    Case,
    CaseState,
    StepName,
    StepState,
    closed,
    opened,
    with_done,
    with_step,
)
from programme.care.cases.clock import Clock
from programme.care.cases.following import (
    MailVerdict,
    MissedStep,
    by_phone,
    is_silent,
    judge_mail,
    miss_steps,
    with_verdict,
)
from programme.words.dates import AMSTERDAM
from programme.words.states import Level, Reason, Severity
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


OPEN = opened(CLOCK, "F1", "K1", None, Severity.MEDIUM, GIVEN, GIVEN)
FIXED = fixed(GIVEN)
SENT, MISSED, SKIPPED = StepState.SENT, StepState.MISSED, StepState.SKIPPED


def at(text: str) -> datetime:
    """A moment of 2026: "03-11 10:00"."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=AMSTERDAM)


def found(case: Case, name: StepName, when: str, has_other_case: bool = False) -> tuple[StepState, bool] | None:
    """The state that a mail gets, and whether a person is asked to call; None while it waits."""
    verdict = judge_mail(CLOCK, case, name, at(when), has_other_case)
    assert verdict is None or (verdict.step, verdict.reason) == (name, None)
    return verdict and (verdict.state, verdict.asks_call)


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("03-02 10:00", (SENT, False)),
        ("03-02 22:00", (SENT, False)),  # also while the office is closed
        ("03-04 14:00", (SENT, False)),
        ("03-04 14:15", (MISSED, False)),
    ],
)
def test_the_acknowledgement_goes_at_once_or_is_missed(when: str, expected: tuple[StepState, bool]) -> None:
    """Up to two working days after its four hours, beside another case too; later the call says it."""
    assert found(OPEN, StepName.ACK, when) == expected
    assert found(OPEN, StepName.ACK, when, has_other_case=True) == expected
    assert found(closed(OPEN, CaseState.RESOLVED, GIVEN), StepName.ACK, when) is None


@pytest.mark.parametrize(
    ("case", "when", "has_other_case", "expected"),
    [
        (OPEN, "03-09 10:00", False, None),
        (OPEN, "03-12 10:00", False, None),
        (FIXED, "03-02 10:00", False, (SENT, False)),
        (FIXED, "03-09 20:00", False, None),
        (FIXED, "03-09 10:00", True, (SKIPPED, False)),
        (FIXED, "03-11 10:00", False, (SENT, False)),
        (FIXED, "03-11 10:15", False, (MISSED, True)),
        (FIXED, "03-11 10:15", True, (SKIPPED, False)),
        (closed(FIXED, CaseState.RESOLVED, GIVEN), "03-09 10:00", False, None),
    ],
)
def test_whether_it_is_solved_is_asked_once_it_is(
    case: Case, when: str, has_other_case: bool, expected: tuple[StepState, bool] | None
) -> None:
    """While the office is open, up to two working days after the deadline of the fix; later by phone."""
    assert found(case, StepName.CHECK_IN, when, has_other_case) == expected


@pytest.mark.parametrize(
    ("case", "when", "has_other_case", "expected"),
    [
        (FIXED, "04-01 16:00", False, None),
        (FIXED, "04-02 08:45", False, None),
        (FIXED, "04-02 09:00", False, (SENT, False)),  # an hour before its deadline, when the office opens
        (FIXED, "04-02 09:00", True, (SKIPPED, False)),
        (FIXED, "04-02 18:00", False, None),
        (FIXED, "04-07 10:00", False, (SENT, False)),
        (FIXED, "04-07 10:15", False, (MISSED, True)),
        (fixed(at("04-07 10:00")), "04-07 10:15", False, (MISSED, True)),
        (fixed(at("04-07 10:01")), "04-07 10:15", False, (MISSED, False)),  # not fixed by the end of the two days
        (fixed(at("04-07 10:01")), "04-07 20:00", False, (MISSED, False)),
        (OPEN, "04-02 10:00", False, None),
        (OPEN, "04-07 10:00", False, None),
        (OPEN, "04-07 10:15", False, (MISSED, False)),
        (closed(OPEN, CaseState.RESOLVED, GIVEN), "04-02 09:00", False, (SENT, False)),
        (closed(OPEN, CaseState.RESOLVED, GIVEN), "04-01 16:00", False, None),
        (closed(OPEN, CaseState.RESOLVED, GIVEN), "04-07 20:00", False, None),
        (closed(OPEN, CaseState.WITHDRAWN, GIVEN), "04-02 09:00", False, None),
    ],
)
def test_the_last_question_comes_on_the_day_of_its_deadline(
    case: Case, when: str, has_other_case: bool, expected: tuple[StepState, bool] | None
) -> None:
    """From the opening on, once it is fixed or resolved; never fixed, it is given up after two working days."""
    assert found(case, StepName.FOLLOW_UP, when, has_other_case) == expected


@pytest.mark.parametrize("name", [StepName.ACK, StepName.CHECK_IN, StepName.FOLLOW_UP])
def test_a_stopped_mail_is_said_by_phone(name: StepName) -> None:
    """With the reason; of the acknowledgement the call of the case says it."""
    asks_call = name is not StepName.ACK
    assert by_phone(name, Reason.SUPPRESSED) == MailVerdict(name, StepState.PHONE, asks_call, Reason.SUPPRESSED)


@pytest.mark.parametrize("state", [SENT, MISSED, SKIPPED, StepState.PHONE])
def test_what_is_kept_of_a_mail(state: StepState) -> None:
    """The moment and the message of one that went, the moment of one that was missed, and no more."""
    step = with_verdict(OPEN, MailVerdict(StepName.ACK, state), GIVEN, "M1").step(StepName.ACK)
    sent, missed = state is SENT, state is MISSED
    assert step.state is state
    assert (step.done_at, step.message_id) == ((GIVEN, "M1") if sent else (None, None))
    assert step.missed_at == (GIVEN if missed else None)


@pytest.mark.parametrize("state", [SENT, MISSED, SKIPPED, StepState.PHONE])
def test_no_mail_is_judged_twice(state: StepState) -> None:
    """Whatever became of it: the next tick leaves it alone."""
    case = with_verdict(FIXED, MailVerdict(StepName.CHECK_IN, state), GIVEN)
    assert found(case, StepName.CHECK_IN, "03-09 10:00") is None


def test_one_step_is_missed_at_a_time() -> None:
    """Later than due, not when it is due; the next one then has its four office hours, however late it is."""
    assert miss_steps(CLOCK, OPEN, at("03-03 10:00")) == (OPEN, [])
    late, missed = miss_steps(CLOCK, OPEN, at("03-10 10:00"))
    assert missed == [MissedStep(StepName.CALL, rose=True)]
    assert (late.level, late.step(StepName.CALL).missed_at) == (Level.MANAGEMENT, at("03-10 10:00"))
    assert late.step(StepName.SOLUTION).due_at == at("03-10 14:00")
    assert miss_steps(CLOCK, late, at("03-10 14:00")) == (late, [])
    again, missed = miss_steps(CLOCK, late, at("03-10 14:15"))
    assert missed == [MissedStep(StepName.SOLUTION, rose=False)]
    assert again.level is Level.MANAGEMENT


def test_nobody_misses_what_is_done_or_ended() -> None:
    """A step that was done in time, and any step of a case that is closed."""
    done = with_done(CLOCK, OPEN, StepName.CALL, at("03-03 09:00"), "Bas Hoekstra")
    assert miss_steps(CLOCK, done, at("03-03 16:00")) == (done, [])
    ended = closed(OPEN, CaseState.RESOLVED, GIVEN)
    assert miss_steps(CLOCK, ended, at("03-10 10:00")) == (ended, [])


def asked(state: StepState, done_at: datetime | None = None) -> Case:
    """A case that was fixed on 2 March, and what became of its last question."""
    return with_step(FIXED, replace(FIXED.step(StepName.FOLLOW_UP), state=state, done_at=done_at))


@pytest.mark.parametrize(
    ("case", "silent_since", "has_open_task", "since"),
    [
        (asked(SENT, at("03-20 10:00")), None, False, at("03-20 10:00")),
        (asked(SENT, at("03-20 10:00")), at("03-02 10:00"), True, at("03-20 10:00")),
        (asked(StepState.PHONE), at("03-20 11:30"), False, at("03-20 11:30")),
        (asked(StepState.PHONE), None, False, None),
        (asked(SKIPPED), None, False, GIVEN),
        (asked(SKIPPED), None, True, None),
        (asked(MISSED), at("03-20 11:30"), True, at("03-20 11:30")),
        (asked(MISSED), None, False, GIVEN),
        (FIXED, None, False, None),
        (OPEN, at("03-20 11:30"), False, None),
    ],
)
def test_silence_resolves_after_fourteen_days(
    case: Case, silent_since: datetime | None, has_open_task: bool, since: datetime | None
) -> None:
    """At the same clock time, also over the change to summer time; of what was not asked, since the fix."""
    if since is None:
        assert not is_silent(CLOCK, case, at("06-01 10:00"), silent_since, has_open_task)
        return
    end = since + timedelta(days=14)  # of the clock, not of the hours that passed
    assert not is_silent(CLOCK, case, end - timedelta(minutes=1), silent_since, has_open_task)
    assert is_silent(CLOCK, case, end, silent_since, has_open_task)
