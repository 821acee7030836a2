"""CSV for people who open it in a spreadsheet: no spreadsheet treats a cell of ours as a formula."""

import csv
import errno
import io
import os
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path

# With the full-width signs, which some spreadsheets treat as the plain ones.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")

Cell = str | int | Decimal | None


def inert(cell: Cell) -> Cell:
    """The cell as plain text for a spreadsheet: an apostrophe in front of text that starts like a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """A whole CSV file as text."""
    text = io.StringIO()
    _write(text, header, rows)
    return text.getvalue()


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Write the rows one by one, and return their number. Safe to run twice.

    The file appears only when it is complete, so nobody reads half of it.

    Raises:
        IsADirectoryError: `path` is a folder, also as an empty name.
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    fresh = path.with_name(path.name + ".new")
    with fresh.open("w", encoding="utf-8", newline="") as file:
        number = _write(file, header, rows)
    fresh.replace(path)
    return number


def _write(file: "io.TextIOBase | io.StringIO", header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    # With this line end the writer also quotes a lone CR. All text is quoted, so that a `;` stays inside its cell.
    writer = csv.writer(file, lineterminator="\r\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(header)
    number = 0
    for row in rows:
        writer.writerow(["" if cell is None else inert(cell) for cell in row])
        number += 1
    return number
