"""bouwclub tasks as it is typed: the list, its files, what came of a task, and what is refused in one line."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert

from models import tables
from models.database.engine import open_engine, writing
from tests.cli.conftest import Run

AT = "2026-03-02T10:00"
DUE = datetime(2026, 3, 2, 16, tzinfo=UTC)
ASKED = "contact_asked:C00045:m1"


@pytest.fixture
def waiting(club: Path) -> Path:
    """Two tasks: a call for a client of the worked example, and a letter that is done."""
    engine = open_engine(f"sqlite:///{club}/bouwclub.db")
    own = {"client_id": "C00045", "purpose": "service", "level": "manager", "made_at": DUE, "due_at": DUE}
    with writing(engine) as connection:
        call = {"task_id": ASKED, "kind": "contact_asked", "cause": "m1", "channel": "phone", "state": "open"}
        letter = {"task_id": "exit_call:C00045:Q1", "kind": "exit_call", "cause": "Q1", "channel": "letter"}
        for row in (call, letter | {"state": "done", "outcome": "done"}):
            connection.execute(insert(tables.people_tasks).values(own | row | {"attempts": 0}))
    engine.dispose()
    return club


def test_the_list_without_a_command(run: Run, waiting: Path) -> None:
    """`tasks --json` is `tasks list --json`: open ones, with the contract's keys; --all has those that ended too."""
    (found,) = json.loads(run("tasks", "--json", "--at", AT).out)
    assert found == {
        "task_id": ASKED,
        "kind": "contact_asked",
        "client_id": "C00045",
        "cause": "m1",
        "purpose": "service",
        "channel": "phone",
        "level": "manager",
        "owner": "Bas Hoekstra",
        "made_at": "2026-03-02T17:00+01:00",
        "due_at": "2026-03-02T17:00+01:00",
        "state": "open",
        "outcome": None,
        "attempts": 0,
        "case_id": None,
    }
    assert list(found)[:8] == ["task_id", "kind", "client_id", "cause", "purpose", "channel", "level", "owner"]
    assert len(json.loads(run("tasks", "list", "--all", "--json", "--at", AT).out)) == 2
    assert json.loads(run("tasks", "--owner", "bas hoekstra", "--json").out) == [found]
    assert json.loads(run("tasks", "--owner", "Anke Wiersma", "--json").out) == []
    shown = run("tasks", "--at", AT).out
    assert ASKED in shown
    assert "2026-03-02 17:00" in shown


def test_a_task_is_done_by_name(run: Run, waiting: Path) -> None:
    """An attempt leaves it open, its end takes it off the list, and a second end is refused."""
    by = ("--by", "Anke Wiersma", "--at", AT)
    assert run("tasks", "done", ASKED, "--outcome", "no_answer", *by).code == 0
    assert [each["attempts"] for each in json.loads(run("tasks", "--json").out)] == [1]
    assert run("tasks", "snooze", ASKED, "--until", "2026-03-04", *by).code == 0
    assert len(json.loads(run("tasks", "--json").out)) == 1
    assert run("tasks", "done", ASKED, "--outcome", "reached", "--note", "Belt terug", *by).code == 0
    assert "Nobody has to be called" in run("tasks").err
    again = run("tasks", "done", ASKED, "--outcome", "reached", *by)
    assert (again.code, "is done (reached by Anke Wiersma)" in again.err) == (2, True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("done", ASKED, "--outcome", "unreachable", "--by", "Anke Wiersma"), "0 of 3 attempts"),
        (("done", ASKED, "--outcome", "answered", "--by", "Anke Wiersma"), "what can come of it: reached"),
        (("done", ASKED, "--outcome", "reached", "--by", "Iemand"), "nobody in [[people]] is called 'Iemand'"),
        (("done", "x:y:z", "--outcome", "reached", "--by", "Anke Wiersma"), "there is no task x:y:z"),
        (("show", "x:y:z"), "there is no task x:y:z"),
        (("list", "--owner", "Iemand"), "nobody in [[people]] is called 'Iemand'"),
        (("list", "--out", "tasks.xlsx"), "'tasks.xlsx' must end in .csv or .ics"),
        (("list", "--at", "2026-03-02"), "is not a moment"),
    ],
)
def test_what_cannot_be_is_one_line(run: Run, waiting: Path, words: tuple[str, ...], told: str) -> None:
    """It says what was found and what is allowed, and exits with 2."""
    refused = run("tasks", *words)
    assert (refused.code, told in refused.err, refused.err.count("\n")) == (2, True, 1)


def test_the_script_and_the_files(run: Run, waiting: Path) -> None:
    """The script is Dutch and names the client for who calls; the files name nobody."""
    shown = run("tasks", "show", ASKED, "--at", AT).out
    for part in ("Klant vroeg om contact", "Bas Hoekstra, leidinggevende", "Vragen", "Zeg niet"):
        assert part in shown
    assert "uiterlijk maandag 2 maart om 17.00 uur" in shown
    assert "te laat sinds maandag 2 maart om 17.00 uur" in run("tasks", "show", ASKED, "--at", "2026-03-02T17:01").out
    assert "gedaan" in run("tasks", "show", "exit_call:C00045:Q1", "--at", AT).out.splitlines()[0]
    for ending in (".csv", ".ics"):
        assert run("tasks", "--out", f"t{ending}", "--at", AT).code == 0
        assert "C00045" in (waiting / f"t{ending}").read_text("utf-8")
