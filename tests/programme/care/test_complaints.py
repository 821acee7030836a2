"""A complaint joins the open case of its recipient, ends and follows it, or opens one by itself (care.md 7.3)."""

from dataclasses import replace
from datetime import datetime, timedelta

from programme.care.cases.case import Case, CaseState, StepName, closed, opened, with_done
from programme.care.cases.clock import Clock
from programme.care.cases.complaints import Complaint, first_open, take_complaint
from programme.terms.schema import CareTerms
from programme.words.dates import AMSTERDAM
from programme.words.states import Level, Severity

CLOCK = Clock(CareTerms())
GIVEN = datetime(2026, 3, 2, 10, 7, tzinfo=AMSTERDAM)
AT = GIVEN + timedelta(days=1)


def case(case_id: str = "F1", severity: Severity = Severity.MEDIUM) -> Case:
    """An open case whose steps nobody has done."""
    return opened(CLOCK, case_id, "C1", "P1", severity, GIVEN, GIVEN)


def solved(of: Case) -> Case:
    """The case with `fix` done."""
    for name in (StepName.CALL, StepName.SOLUTION, StepName.FIX):
        of = with_done(CLOCK, of, name, AT, "Bas Hoekstra")
    return of


def complaint(feedback_id: str = "F2", severity: Severity = Severity.MEDIUM) -> Complaint:
    """A complaint about another project than that of the case."""
    return Complaint(feedback_id, "C2", "P2", severity, AT)


def test_alone_it_opens_a_case_of_its_own() -> None:
    """Id, client, project and root are its own; it follows nothing and ends nothing."""
    taken = take_complaint(CLOCK, complaint(), None, None, AT)
    made = taken.case
    assert (taken.joined, taken.ended) == (None, None)
    assert (made.case_id, made.client_id, made.project_id, made.root) == ("F2", "C2", "P2", "F2")
    assert (made.previous, made.level) == (None, Level.MANAGER)


def test_while_nothing_is_carried_out_it_joins() -> None:
    """The heavier severity counts, and nothing else of the case changes."""
    standing = case()
    for severity, counts in ((Severity.MINOR, Severity.MEDIUM), (Severity.MAJOR, Severity.MAJOR)):
        taken = take_complaint(CLOCK, complaint(severity=severity), standing, None, AT)
        assert (taken.joined, taken.ended) == (standing, None)
        assert taken.case == replace(standing, severity=counts)


def test_after_the_solution_it_ends_that_case_and_follows_it() -> None:
    """One level higher than that stood, with a root of its own, because no answer opened it."""
    standing = solved(case())
    taken = take_complaint(CLOCK, complaint(severity=Severity.MINOR), standing, None, AT)
    assert (taken.joined, taken.ended) == (None, standing)
    assert (taken.case.previous, taken.case.root, taken.case.level) == ("F1", "F2", Level.MANAGEMENT)


def test_an_answer_follows_the_case_that_asked() -> None:
    """Also where another open case is ended by it; root and level are those of the answered one."""
    answered = closed(solved(case("F1", Severity.MINOR)), CaseState.REOPENED, AT)
    other = solved(case("F3", Severity.MAJOR))
    for standing in (None, other):
        taken = take_complaint(CLOCK, complaint("F1/2", Severity.MINOR), standing, answered, AT)
        assert (taken.joined, taken.ended) == (None, standing)
        assert (taken.case.previous, taken.case.root, taken.case.level) == ("F1", "F1", Level.MANAGER)


def test_an_answer_joins_another_case_that_still_runs() -> None:
    """Nobody is followed twice at once, whichever case asked."""
    answered = closed(solved(case("F1")), CaseState.REOPENED, AT)
    taken = take_complaint(CLOCK, complaint("F1/2", Severity.MAJOR), case("F3"), answered, AT)
    assert taken.case.case_id == "F3"
    assert taken.case.severity is Severity.MAJOR


def test_of_several_open_cases_the_first_by_id_counts() -> None:
    """Not the first that was opened, and never one that ended."""
    ended = closed(case("F0"), CaseState.RESOLVED, AT)
    assert first_open([case("F9"), ended, case("F10")]) == case("F10")
    assert first_open([ended]) is None
