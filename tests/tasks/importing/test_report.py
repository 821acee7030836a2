"""The list of faults is safe to open, and the exit code follows from the report."""

import csv
from pathlib import Path

import pytest

from tasks.base.files.rejected import ImportFault, shown, write_rejected
from tasks.importing.report import FileCount, ImportReport


def _written(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.reader(file, delimiter=";"))


@pytest.mark.parametrize("value", ["=1+1", "+31612345678", "-5", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_starts_a_formula(tmp_path: Path, value: str) -> None:
    """A spreadsheet that opens the list computes nothing; the line number stays a number."""
    write_rejected(tmp_path / "rejected.csv", [ImportFault("clients.csv", 2, "name", value, "is bad", "K1")])
    assert _written(tmp_path / "rejected.csv")[1] == ["clients.csv", "2", "name", f"'{value}", "is bad", "K1"]


def test_separators_quotes_and_letters_survive(tmp_path: Path) -> None:
    """What was found can be read back."""
    fault = ImportFault("clients.csv", 2, "name", 'José, "de Klusser"; é€', "is bad")
    write_rejected(tmp_path / "rejected.csv", [fault])
    assert _written(tmp_path / "rejected.csv")[1][3] == 'José, "de Klusser"; é€'


def test_no_faults_no_list(tmp_path: Path) -> None:
    """The list of an earlier import does not outlive it."""
    path = tmp_path / "rejected.csv"
    write_rejected(path, [ImportFault("clients.csv", 2, "name", "x", "is bad")])
    write_rejected(path, [])
    assert not path.exists()
    write_rejected(path, [])


def test_hostile_values_are_shown_as_one_printable_line() -> None:
    """Escape sequences, line ends and direction marks cannot act on a terminal; long values are cut off."""
    assert shown("\x1b[2Ja\nb\u202ec") == "\\x1b[2Ja\\nb\\u202ec"
    assert shown("x" * 300) == "x" * 200 + "…"


@pytest.mark.parametrize(
    ("files", "faults", "exit_code"),
    [
        ([FileCount("clients.csv", 1, 1)], 0, 0),
        ([FileCount("clients.csv", 1, 1)], 1, 3),
        ([FileCount("clients.csv", 1, left_out=1)], 1, 2),
        ([FileCount("clients.csv", 1, left_out=1), FileCount("projects.csv", 1, 1)], 1, 3),
        ([FileCount("clients.csv", fault="is empty")], 1, 2),
        ([FileCount("clients.csv")], 0, 0),
        ([], 0, 2),
    ],
)
def test_the_exit_code_says_how_much_was_taken(files: list[FileCount], faults: int, exit_code: int) -> None:
    """0 every value, 3 some, 2 nothing."""
    report = ImportReport(files, [ImportFault("clients.csv", 2, "", "", "")] * faults)
    assert report.exit_code == exit_code
