"""The import of a whole export folder: one transaction, one report."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from models.database.engine import upgrade_schema, writing
from models.joining import join_referrals
from models.tables import activity
from tasks.importing.activity import sync_activity
from tasks.importing.files import FileUnusable, Header, Lines, Record, open_lines, read_header, read_records
from tasks.importing.frames import read_block, record_check
from tasks.importing.load import Stage, load_stage
from tasks.importing.report import Fault, FileCount, ImportReport, shown, write_rejected
from tasks.importing.sheets import SHEETS, Sheet

RECORDS_A_BLOCK = 20_000
IMPORT_LOCK = 0xB00C_1B  # any number, as long as nothing else in the database takes the same

# Told the file, the bytes of it that were read, and its size in bytes.
Progress = Callable[[str, int, int], None]


class FolderUnusable(Exception):
    """There is nothing to import at the place that was named; the message says what was found."""


def import_folder(
    engine: Engine, folder: Path, *, imported_at: datetime, rejected_path: Path, progress: Progress | None = None
) -> ImportReport:
    """Take over a CRM export; the database is made or upgraded first. Safe to run twice: the second changes nothing.

    All files in one transaction, so a crash leaves the database as it was. When clients.csv cannot be used nothing
    is imported (`exit_code` 2); any other file that cannot be used is left out with a fault. All faults are in the
    report and in `rejected_path`, which is removed when there are none.

    Args:
        imported_at: now, aware; the history of the suppression list keeps it.

    Raises:
        FolderUnusable: no folder, or no clients.csv in it.
        DatabaseUnusable: of models.database.
    """
    _check_folder(folder)
    upgrade_schema(engine)
    report = ImportReport(warnings=_strangers(folder, rejected_path))
    with writing(engine) as connection:
        _lock(connection)
        _Import(connection, folder, imported_at, report, progress).run()
        report.sort()
        write_rejected(rejected_path, report.faults)
    return report


def _check_folder(folder: Path) -> None:
    if not folder.is_dir():
        found = "is a file" if folder.exists() else "does not exist"
        raise FolderUnusable(f"{folder} {found}; name the folder that holds clients.csv")
    if not (folder / SHEETS[0].file).exists():
        others = sorted(path.name for path in folder.glob("*.csv"))
        found = f"it has {', '.join(others[:10])}" if others else "it has no CSV files at all"
        raise FolderUnusable(f"{folder} holds no clients.csv ({shown(found)}); name the folder of a CRM export")


def _strangers(folder: Path, rejected_path: Path) -> list[str]:
    """CSV files of other names are ignored, and that is said."""
    known = {sheet.file for sheet in SHEETS}
    names = sorted(path.name for path in folder.iterdir() if path.suffix.lower() == ".csv")
    return [
        f"{shown(name)}: is not a file of the export, ignored (those are {', '.join(sorted(known))})"
        for name in names
        if name not in known and (folder / name).resolve() != rejected_path.resolve()
    ]


def _lock(connection: Connection) -> None:
    """Two imports at once would insert the same ids. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": IMPORT_LOCK})


@dataclass
class _Import:
    """The work on one folder, inside one transaction."""

    connection: Connection
    folder: Path
    imported_at: datetime
    report: ImportReport
    progress: Progress | None

    def run(self) -> None:
        for sheet in SHEETS:
            if (self.folder / sheet.file).exists():
                self._import_sheet(sheet)
            if self.report.files[0].fault:
                return
        join_referrals(self.connection)
        sync_activity(self.connection)
        self._refresh_statistics()

    def _import_sheet(self, sheet: Sheet) -> None:
        count = FileCount(sheet.file)
        self.report.files.append(count)
        try:
            lines = open_lines(self.folder / sheet.file)
            with lines.stream:
                header = read_header(lines, sheet)
                self._warn_of_unknown(sheet, header)
                self.report.faults += self._import_records(sheet, lines, header, count)
        except FileUnusable as error:
            count.fault = str(error)
            self.report.faults.append(Fault(sheet.file, 0, "", "", f"{error}: file left out"))

    def _warn_of_unknown(self, sheet: Sheet, header: Header) -> None:
        self.report.warnings += [f"{sheet.file}: column {shown(name)!r} is unknown, ignored" for name in header.unknown]

    def _import_records(self, sheet: Sheet, lines: Lines, header: Header, count: FileCount) -> list[Fault]:
        """Stage the file block by block, so that memory does not grow with it; then load it as a whole."""
        faults: list[Fault] = []
        stage: Stage | None = None
        for records in _blocks(read_records(lines, header, record_check(sheet, header.names))):
            block = read_block(sheet, header, records)
            count.rows += len(records)
            count.left_out += block.left_out
            faults += block.faults
            stage = stage or Stage(self.connection, sheet, block.columns)
            stage.add(block.rows)
            if self.progress:
                self.progress(sheet.file, lines.bytes_read, lines.size)
        if stage:
            faults += load_stage(stage, count, self.imported_at, faults)
            stage.drop()
        return faults + _odd_lines(sheet, lines)

    def _refresh_statistics(self) -> None:
        """PostgreSQL would plan the first run after a first import for empty tables."""
        has_changed = any(count.new or count.changed for count in self.report.files)
        if has_changed and self.connection.dialect.name == "postgresql":
            for table in [*(sheet.table for sheet in SHEETS), activity]:
                self.connection.execute(text(f"ANALYZE {table.name}"))


def _blocks(records: Iterator[Record]) -> Iterator[list[Record]]:
    while block := list(islice(records, RECORDS_A_BLOCK)):
        yield block


def _odd_lines(sheet: Sheet, lines: Lines) -> list[Fault]:
    """One fault for all lines in another encoding; what was read may be right, but only a person can tell."""
    if not lines.odd_lines:
        return []
    encoding, became = ("UTF-8", "read as Windows-1252")
    if lines.charset == "utf-16":
        encoding, became = ("UTF-16", "some characters are lost")
    reason = f"{len(lines.odd_lines)} line(s) from here on are not {encoding}: {became}; export as UTF-8"
    return [Fault(sheet.file, lines.odd_lines[0], "", "", reason)]
