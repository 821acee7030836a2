"""The report of an import: counts per file, every fault, and the file that lists the faults."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from tasks.base.spreadsheets import inert

LONGEST_SHOWN = 200  # characters of a refused value in the report
REJECTED_HEADER = ("file", "line", "column", "value", "reason", "id")


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


@dataclass
class FileCount:
    """The counts of one file: rows = new + changed + unchanged + left_out.

    Attributes:
        lacking: ids of the rows that we have and the file lacks, sorted.
        is_held: whether those rows are held from now on.
        fault: why the file could not be used; None when it could.
    """

    file: str
    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    left_out: int = 0
    fault: str | None = None
    lacking: list[str] = field(default_factory=list)
    is_held: bool = False

    @property
    def taken(self) -> int:
        """The number of rows that were taken."""
        return self.new + self.changed + self.unchanged


@dataclass
class ImportReport:
    """One import: a FileCount for each file found, and all faults by file, then line.

    Attributes:
        warnings: what was ignored; they do not change the exit code.
        notices: what a person should look at; they do not change the exit code.
        ignored: columns that were ignored, as `file: column`.
    """

    files: list[FileCount] = field(default_factory=list)
    faults: list[ImportFault] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0: every value was taken; 3: some were not; 2: nothing could be imported (contract section 1)."""
        clients = next((count for count in self.files if count.file == "clients.csv"), None)
        if clients is None or clients.fault:
            return 2
        if any(count.rows for count in self.files) and not any(count.taken for count in self.files):
            return 2
        return 3 if self.faults else 0

    def sort(self) -> None:
        """Sort the faults by file, in the order of the import, then by line."""
        order = {count.file: position for position, count in enumerate(self.files)}
        self.faults.sort(key=lambda fault: (order[fault.file], fault.line))


def shown(value: str) -> str:
    """A hostile value as one line of printable text, so that neither a terminal nor a spreadsheet acts on it."""
    cut = value if len(value) <= LONGEST_SHOWN else value[:LONGEST_SHOWN] + "…"
    if cut.isprintable():
        return cut
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in cut)


def write_rejected(path: Path, faults: Iterable[ImportFault]) -> None:
    """Write `faults` as CSV, or remove the file of an earlier import when there are none. Safe to run twice.

    With semicolons and a byte order mark, so that a Dutch Excel opens it correctly. Only the owner may read the file,
    because it holds client data.
    """
    text = io.StringIO()
    # With this line end the writer also quotes a lone CR, which most readers treat as a line end.
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(REJECTED_HEADER)
    written = [writer.writerow([inert(cell) for cell in fault]) for fault in faults]
    if not written:
        path.unlink(missing_ok=True)
        return
    fresh = path.with_name(path.name + ".new")
    fresh.touch(mode=0o600)
    fresh.write_text(text.getvalue(), encoding="utf-8-sig", newline="")
    fresh.replace(path)
