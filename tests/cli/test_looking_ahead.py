"""diff and calendar as they are typed, on the worked example."""

import csv
import json
import xml.etree.ElementTree as ElementTree
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from models.settings import ROOT
from programme.insight.differences import ChangeKind
from programme.words.states import Flow
from tests.cli.conftest import Run
from tests.conftest import DATA

pytestmark = pytest.mark.slow

SHIPPED = (ROOT / "programme.toml").read_text(encoding="utf-8")
DIFF = ("diff", "--programme", "new.toml", "--from", "2026-02-01", "--to", "2026-03-31")


def sent_in_the_example() -> Counter[str]:
    lines = (DATA / "club" / "expected.jsonl").read_text("utf-8").splitlines()
    return Counter(row["touchpoint"] for row in map(json.loads, lines) if row["outcome"] == "send")


@pytest.fixture
def new(club: Path) -> Path:
    """Another programme: a wider gap between mails, and a short season."""
    changed = SHIPPED.replace("marketing_gap_days = 7", "marketing_gap_days = 14")
    path = club / "new.toml"
    path.write_text(changed.replace("grace_days = 21", "grace_days = 8"), encoding="utf-8")
    return path


def test_diff_as_json(run: Run, new: Path) -> None:
    """The sends of now are those of the worked example, and every change is among the people."""
    result = run(*DIFF, "--json")
    found = json.loads(result.out)

    assert result.code == 0
    assert {line["touchpoint"]: line["now"] for line in found["touchpoints"] if line["now"]} == sent_in_the_example()
    assert {"key": "caps.marketing_gap_days", "now": 7, "new": 14} in found["changed_keys"]
    for kind in ChangeKind:
        of_kind = [each for each in found["people"] if each["kind"] == kind]
        assert len(of_kind) == sum(line[kind] for line in found["touchpoints"])
        assert len({each["client_id"] for each in of_kind}) == found["clients"].get(kind, 0)
    assert found["people"]
    assert set(found["people"][0]) >= {"client_id", "recipient", "touchpoint", "occasion", "now", "new"}


def test_diff_for_people(run: Run, new: Path) -> None:
    """What was changed, the counts, the first people of each kind, and how many more there are."""
    result = run(*DIFF, "--people", 2, "--csv", "all.csv")
    everyone = list(csv.DictReader((new.parent / "all.csv").open(encoding="utf-8", newline="")))
    lost = sum(1 for row in everyone if row["change"] == "lost")

    assert result.code == 0
    assert "caps.marketing_gap_days" in result.out
    assert f"lost: {lost} mails of" in result.out
    assert f"and {lost - 2} more (--people N, --csv FILE or --json)" in result.out
    assert "Nothing was written or sent" in result.out
    assert all(
        row["now_outcome"] == "send" and row["new_outcome"] != "send" for row in everyone if row["change"] == "lost"
    )


def test_diff_with_the_same_programme(run: Run, club: Path) -> None:
    """It says so, and nobody is named."""
    result = run(*DIFF[:2], ROOT / "programme.toml", *DIFF[3:])

    assert result.code == 0
    assert "says the same as the present programme" in result.out
    assert "would" not in result.out


def test_diff_tells_all_faults_first(run: Run, club: Path) -> None:
    """As `programme check` does, one a line with its place; nothing is compared."""
    (club / "new.toml").write_text(SHIPPED.replace("priority = 60", "priority = 600"), encoding="utf-8")
    result = run(*DIFF, "--json")

    assert (result.code, result.out) == (2, "")
    assert result.err.splitlines() == run("programme", "check", "new.toml").err.splitlines()
    assert sum("600 is out of range" in line for line in result.err.splitlines()) == SHIPPED.count("priority = 60\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("diff", "--programme", "none.toml", "--from", "2026-02-01", "--to", "2026-02-02"), "cannot be read"),
        (("diff", "--programme", "new.toml", "--from", "2026-02-02", "--to", "2026-02-01"), "lies before"),
        ((*DIFF, "--json", "--csv", "x.csv"), "choose one of them"),
        (("diff", "--from", "2026-02-02", "--to", "2026-02-01"), "--programme"),
        (("calendar", "--from", "2026-02-01", "--days", 0), "--days"),
        (("calendar", "--from", "2026-02-01", "--days", 367), "more than 366"),
        (("calendar", "--days", 3), "--from"),
        (("calendar", "--from", "2026-02-01", "--csv", "bouwclub.db/x.csv"), "bouwclub.db' is a file"),
    ],
)
def test_mistakes_are_one_line(run: Run, new: Path, words: tuple[object, ...], said: str) -> None:
    """Exit code 2, one line that says where, nothing on standard output."""
    result = run(*words)

    assert (result.code, result.out, len(result.err.splitlines())) == (2, "", 1)
    assert said in result.err


def test_calendar_as_json(run: Run, club: Path) -> None:
    """The days add up to the touchpoints, and these to the total; the first day is its plan."""
    found = json.loads(run("calendar", "--from", "2026-03-02", "--days", 30, "--json").out)

    by_touchpoint = Counter({line["touchpoint"]: line["send"] for line in found["touchpoints"]})
    by_day = Counter[str]()
    for cell in found["days"]:
        by_day[cell["touchpoint"]] += cell["send"]
    assert (found["from"], found["to"]) == ("2026-03-02", "2026-03-31")
    assert by_day == by_touchpoint
    assert by_day.total() == found["send"] > 0
    planned = [
        each
        for flow in Flow
        for each in json.loads(run("plan", "--as-of", "2026-03-02", "--flow", flow, "--json").out)["decisions"]
    ]
    first = {cell["touchpoint"]: cell["send"] for cell in found["days"] if cell["day"] == "2026-03-02" and cell["send"]}
    assert first == Counter(each["touchpoint"] for each in planned if each["outcome"] == "send")


def test_calendar_for_people(run: Run, club: Path) -> None:
    """A line a day with a bar, a line a touchpoint; the same as CSV, and as a picture that is whole XML."""
    result = run("calendar", "--from", "2026-03-02", "--days", 30, "--csv", "days.csv", "--svg", "days.svg")
    rows = list(csv.DictReader((club / "days.csv").open(encoding="utf-8", newline="")))
    picture = ElementTree.parse(club / "days.svg")

    assert result.code == 0
    assert "Mon 2026-03-02" in result.out
    assert "█" in result.out
    total = sum(int(row["send"]) for row in rows)
    assert all(date.fromisoformat(row["day"]) >= date(2026, 3, 2) for row in rows)
    title = picture.find("{http://www.w3.org/2000/svg}title")
    assert title is not None
    assert title.text == f"{total} mails van 2 maart 2026 tot en met 31 maart 2026"


def test_calendar_without_anybody(run: Run, club: Path) -> None:
    """An empty answer is an answer, and its picture is drawn too."""
    result = run("calendar", "--from", "1950-01-01", "--days", 3, "--svg", "none.svg")

    assert (result.code, "nobody is due" in result.err) == (0, True)
    assert "0 mails" in (club / "none.svg").read_text(encoding="utf-8")
