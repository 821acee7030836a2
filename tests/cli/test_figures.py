"""The figures from the command line: the page in a file, and the plan of an experiment."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from cli.commands.report import _row
from programme.figures.lights import Figure, FigureKey, MonthsToRepeat
from tests.cli.conftest import Run

AS_OF = ("--as-of", "2027-12-31")


@pytest.mark.slow
def test_the_page_is_written_to_a_file(run: Run, club: Path) -> None:
    """In Dutch, and whole; standard output says where, or has the JSON."""
    done = run("report", *AS_OF, "--out", "cijfers.html")
    assert done.code == 0
    assert done.out == "Written: cijfers.html\n"
    page = (club / "cijfers.html").read_text("utf-8")
    assert page.startswith('<!doctype html>\n<html lang="nl">')
    both = run("report", *AS_OF, "--out", "cijfers.html", "--json")
    assert json.loads(both.out)["as_of"] == "2027-12-31"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("sesonal", "--share", "0.2", "--days", "90"), "Did you mean 'seasonal'?"),
        (("survey_nps", "--share", "0.2", "--days", "90"), "survey_nps is a survey by hand"),
        (("seasonal", "--share", "0.2", "--days", "90"), "Let the programme run first"),
        (("seasonal", "--share", "1", "--days", "90"), "'1' is no share between 0 and 1; write 0.2 for a fifth (20%)"),
        (("seasonal", "--share", "50%", "--days", "90"), "'50%' is no share between 0 and 1"),
        (("seasonal", "--share", "nan", "--days", "90"), "'nan' is no share between 0 and 1"),
        (("seasonal", "--share", "0.2", "--days", "0"), "0 is not in the range 1<=x<=730"),
    ],
)
def test_an_experiment_that_could_show_nothing_is_refused(
    run: Run, club: Path, asked: tuple[str, ...], says: str
) -> None:
    """In one line, with what would do."""
    done = run("experiment", "plan", *asked, *AS_OF)
    assert done.code == 2
    assert says in done.err
    assert done.err.count("\n") == 1


def test_too_few_to_say_stands_beside_no_earlier_number() -> None:
    """The column of three months ago is empty too: there is nothing to compare."""
    measured = MonthsToRepeat(value=1.02, n=2, quartile_days=None, median_days=None)
    few = Figure(FigureKey.MONTHS_TO_REPEAT, measured, target=12.0, before=1.02, small_n=20)
    assert _row(few) == ("months_to_repeat", "too few to say", "", "2", "12.0 months", "none", "")
    enough = replace(few, small_n=2)
    assert _row(enough)[1:] == ("1.0 months", "", "2", "12.0 months", "green", "1.0 months")
