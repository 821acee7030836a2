"""bouwclub import, as it is typed."""

import json
import shutil
from pathlib import Path

import pytest

from cli.__main__ import commands
from tests.conftest import DATA

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every command of a test runs in an empty folder with its own database."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BOUWCLUB_DATABASE_URL", raising=False)
    return tmp_path


def _run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    with pytest.raises(SystemExit) as stopped:
        commands.main(["import", *map(str, arguments)])
    out, err = capsys.readouterr()
    return int(stopped.value.code or 0), out, err


def test_the_sample_club_is_imported(capsys: pytest.CaptureFixture[str], working_folder: Path) -> None:
    """Exit code 0, a table, no list of faults, and a database in the working folder."""
    export = working_folder / "export"
    shutil.copytree(DATA / "club", export, ignore=shutil.ignore_patterns("*.jsonl"))
    # Two of its projects are to be cancelled in days to come, which is told, and not what this test is about.
    rows = (export / "projects.csv").read_text().splitlines(keepends=True)
    (export / "projects.csv").write_text("".join(row for row in rows if row[:8] not in ("P00083-3", "P00215-4")))
    code, out, err = _run(capsys, export)
    assert (code, err) == (0, "")
    assert "projects.csv" in out
    assert "Every value was taken." in out
    assert sorted(path.name for path in working_folder.glob("*.db")) == ["bouwclub.db"]
    assert not (working_folder / "rejected.csv").exists()


def test_json_stands_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """Counts, faults and warnings as one object."""
    code, out, err = _run(capsys, DATA / "bad" / "unknown_column", "--json")
    found = json.loads(out)
    assert (code, err, found["exit_code"]) == (0, "", 0)
    assert found["warnings"] == ["clients.csv: column 'kleur' is unknown, ignored"]
    assert found["files"][0] == {
        "file": "clients.csv",
        "rows": 2,
        "new": 2,
        "changed": 0,
        "unchanged": 0,
        "left_out": 0,
        "fault": None,
        "lacking": [],
        "is_held": False,
    }


def test_faults_are_summed_up_and_listed(capsys: pytest.CaptureFixture[str], working_folder: Path) -> None:
    """Exit code 3; each kind of fault once with its number and examples, all of them in rejected.csv."""
    code, out, _ = _run(capsys, DATA / "bad" / "bad_addresses")
    assert code == 3
    assert out.count("is not an e-mail address") == 1
    assert "rejected.csv" in out
    assert len((working_folder / "rejected.csv").read_text().splitlines()) == 18


def test_a_folder_in_the_way_of_the_list(capsys: pytest.CaptureFixture[str], working_folder: Path) -> None:
    """It is named before anything is imported: afterwards, clients would be in the database and their faults lost."""
    (working_folder / "rejected.csv").mkdir()

    code, out, err = _run(capsys, DATA / "bad" / "bad_addresses")

    assert (code, out) == (2, "")
    assert err == "bouwclub: rejected.csv is a folder here; move it: what cannot be taken is listed there\n"
    assert sorted(path.name for path in working_folder.iterdir()) == ["rejected.csv"]


@pytest.mark.parametrize("beside", [DATA / "club", "--complete", "--confirm"])
def test_a_template_and_an_import_are_two_things(
    capsys: pytest.CaptureFixture[str], working_folder: Path, beside: object
) -> None:
    """Neither is left out in silence, and nothing is written."""
    code, _, err = _run(capsys, beside, "--template", "new")
    assert (code, err.count("\n")) == (2, 1)
    assert "--template writes files and imports nothing" in err
    assert not list(working_folder.iterdir())


def test_hostile_values_reach_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Escape sequences in cells and headers are shown, not sent."""
    _, out, err = _run(capsys, DATA / "bad" / "control_characters")
    assert "\x1b" not in out + err
    assert "\\x1b" in out


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("nowhere", "does not exist"),
        (DATA / "bad", "holds no clients.csv"),
        (DATA / "bad" / "empty_file", "clients.csv is empty"),
        (DATA / "bad" / "duplicate_column", "more than one column named 'name'; keep one of each"),
        (DATA / "bad" / "tabs", "has no column client_id, name"),
    ],
)
def test_what_cannot_be_imported_is_one_line_and_code_2(
    capsys: pytest.CaptureFixture[str], place: object, message: str
) -> None:
    """One line on standard error, no traceback."""
    code, _, err = _run(capsys, place)
    assert code == 2
    assert err.startswith("bouwclub: ")
    assert err.count("\n") == 1
    assert message in err


def test_a_database_that_cannot_be_opened_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address of the database is checked before anything else."""
    monkeypatch.setenv("BOUWCLUB_DATABASE_URL", "sqlite:////nowhere/at/all.db")
    code, _, err = _run(capsys, DATA / "club")
    assert code == 2
    assert err.count("\n") == 1


def test_a_database_in_memory_takes_no_export(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would end with the command, which said that every value was taken."""
    for url in ("sqlite://", "sqlite:///", "sqlite:///:memory:"):
        monkeypatch.setenv("BOUWCLUB_DATABASE_URL", url)
        code, _, err = _run(capsys, DATA / "club")
        assert (code, err.count("\n")) == (2, 1)
        assert "BOUWCLUB_DATABASE_URL names a database in memory" in err
