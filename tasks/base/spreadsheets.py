"""CSV for people who open it in a spreadsheet: no cell of ours is ever taken for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path

# Also the full-width signs, which some spreadsheets take for the plain ones.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")

Cell = str | int | Decimal | None


def inert(cell: Cell) -> Cell:
    """A spreadsheet takes a text cell that starts like a formula for one; an apostrophe keeps it text."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """A whole file as text."""
    text = io.StringIO()
    _write(text, header, rows)
    return text.getvalue()


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Write rows as they come and return their number; the file appears only when it is whole. Safe to run twice."""
    fresh = path.with_name(path.name + ".new")
    with fresh.open("w", encoding="utf-8", newline="") as file:
        number = _write(file, header, rows)
    fresh.replace(path)
    return number


def _write(file: "io.TextIOBase | io.StringIO", header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    # With this line end the writer quotes a lone CR too; text is always quoted, so that a `;` in it stays in its cell.
    writer = csv.writer(file, lineterminator="\r\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(header)
    number = 0
    for row in rows:
        writer.writerow(["" if cell is None else inert(cell) for cell in row])
        number += 1
    return number
