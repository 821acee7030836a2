"""rejected.csv, the list of what an import did not take as it is: written by the import, thinned when a person goes."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from tasks.base.files.spreadsheets import inert

REJECTED = Path("rejected.csv")  # in the working folder, beside the database
HEADER = ("file", "line", "column", "value", "reason", "id")
LONGEST_SHOWN = 200  # characters of a refused value in the report


class ImportFault(NamedTuple):
    """One value, row or file that was not taken as it is.

    Attributes:
        line: the line on which the record starts, from 1; 0 for the file as a whole.
        column: "" for the whole row or file.
        value: what was found, safe to show, cut off after 200 characters.
        reason: what is wrong, what is allowed, and how it was resolved.
        row_id: id of the row as in the file; "" for the whole file, or when the id cannot be read.
    """

    file: str
    line: int
    column: str
    value: str
    reason: str
    row_id: str = ""


def write_rejected(path: Path, faults: Iterable[ImportFault]) -> None:
    """Write `faults` as CSV, or remove the file of an earlier import when there are none. Safe to run twice.

    With semicolons and a byte order mark, so that a Dutch Excel opens it correctly. Only the owner may read the file,
    because it holds client data.
    """
    rows = [[inert(cell) for cell in fault] for fault in faults]
    if rows:
        _write(path, [HEADER, *rows])
    else:
        path.unlink(missing_ok=True)


def thin_rejected(path: Path, is_unwanted: Callable[[ImportFault], bool]) -> None:
    """Take the faults out of the list that are unwanted; every other line stays as it is. Safe to run twice."""
    if not path.exists():
        return
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig")), delimiter=";"))
    kept = [row for row in rows if len(row) != len(HEADER) or not is_unwanted(_fault_of(row))]
    if len(kept) != len(rows):
        _write(path, kept)


def cells_of(value: str) -> set[str]:
    """The cells of a row that could not be read: the fault's value is all of it, with either delimiter.

    A cell with an apostrophe in front is in it with and without: the list puts one before what looks like a formula.
    """
    cells = {cell.strip(' "') for cell in re.split("[;,]", value)}
    return (cells | {cell.removeprefix("'") for cell in cells}) - {""}


def _fault_of(row: Sequence[str]) -> ImportFault:
    file, line, column, value, reason, row_id = row
    return ImportFault(file, int(line) if line.isdecimal() else 0, column, value, reason, row_id.removeprefix("'"))


def _write(path: Path, rows: Iterable[Sequence[object]]) -> None:
    text = io.StringIO()
    # With this line end the writer also quotes a lone CR, which most readers treat as a line end.
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(rows)
    fresh = path.with_name(path.name + ".new")
    fresh.touch(mode=0o600)
    fresh.write_text(text.getvalue(), encoding="utf-8-sig", newline="")
    fresh.replace(path)


def shown(value: str) -> str:
    """A hostile value as one line of printable text, so that neither a terminal nor a spreadsheet acts on it."""
    cut = value if len(value) <= LONGEST_SHOWN else value[:LONGEST_SHOWN] + "…"
    if cut.isprintable():
        return cut
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in cut)
