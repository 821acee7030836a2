"""The import of a whole export folder: reads and judges everything first, then writes it; one report."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from models.consent import keep_told_channels
from models.database.engine import upgrade_schema
from models.erased import has_erased
from models.joining import join_referrals
from models.tables import activity, clients, referrals, suppressions
from programme.words.dates import day_in_amsterdam
from tasks.base.files.rejected import ImportFault, shown, write_rejected
from tasks.importing.accounts import AccountNotes, keep_joined, settle_accounts
from tasks.importing.alone import alone
from tasks.importing.erased import forget_erased, without_erased, without_values
from tasks.importing.forgotten import keep_forgotten
from tasks.importing.reading.files import FileUnusable, Header, Lines, Record, open_lines, read_header, read_records
from tasks.importing.reading.frames import Reading, read_block, record_check
from tasks.importing.reading.places import ExportFolder, open_folder
from tasks.importing.reading.sheets import SHEETS, Sheet, sheets_of
from tasks.importing.report import FileCount, ImportReport
from tasks.importing.rules import ImportRules
from tasks.importing.shared import shared_addresses
from tasks.importing.staging.activity import sync_activity
from tasks.importing.staging.consents import leave_to_sound_rows
from tasks.importing.staging.judge import judge_stage
from tasks.importing.staging.lacking import bring_back, find_lacking, hold_lacking, stop_unless_likely
from tasks.importing.staging.load import drop_unchanged, load_stage
from tasks.importing.staging.parts import Parts
from tasks.importing.staging.stage import Stage

RECORDS_A_BLOCK = 20_000
IMPORT_LOCK = 0xB00C_1B  # an arbitrary number that nothing else in the database uses

# First who must not be mailed, then what makes a mail wait, last what makes one due. So a run during an import, or
# after one that broke off, sends nothing that it would not have sent before or after the import.
ORDER_OF_WRITING = (
    "suppressions",
    "clients",
    "invoices",
    "feedback",
    "interactions",
    "referrals",
    "quotes",
    "projects",
)

# Called with the file, the number of its bytes read so far, and its size in bytes.
Progress = Callable[[str, int, int], None]


def import_folder(
    engine: Engine,
    folder: Path,
    *,
    imported_at: datetime,
    rejected_path: Path,
    rules: ImportRules | None = None,
    confirm: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Import a CRM export into the database, which is created or upgraded first. Safe to run twice.

    All files are read and judged before anything is written. PostgreSQL then writes them in one transaction. SQLite
    writes in parts of at most a second, so that pages and webhooks are served meanwhile: a crash leaves the written
    parts, in an order in which nobody gets a mail that he would not get otherwise, and the next import continues.

    When clients.csv cannot be used, nothing is imported (`exit_code` 2); any other unusable file is left out with a
    fault. All faults are in the report and in `rejected_path`, which is removed when there are none.

    Args:
        imported_at: now, aware; its day in Amsterdam is the day of the import.
        rules: None means the defaults of ImportRules.
        confirm: accept an export that lacks many rows, or has known clients under new ids.

    Raises:
        FolderUnusable: no folder, or no clients.csv in it (tasks.importing.reading.places).
        ImportStopped: the export looks wrong; nothing was written.
        DatabaseUnusable: see models.database.
    """
    export = open_folder(folder)
    upgrade_schema(engine)
    known = [sheet.file for sheet in SHEETS]
    report = ImportReport(warnings=list(export.strangers(known, rejected_path)))
    with alone(engine), engine.connect() as connection:
        work = _Import(Parts(connection), export, imported_at, report, rules or ImportRules(), confirm, progress)
        with work.parts.whole(), work.parts.leaving_nothing():
            _lock(connection)
            is_usable = work.read()
            report.sort()
            write_rejected(rejected_path, report.faults)
            if is_usable:
                work.write()
    return report


def _lock(connection: Connection) -> None:
    """Wait for other imports, because two at once would insert the same ids."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": IMPORT_LOCK})


@dataclass
class _Import:
    """The import of one folder."""

    parts: Parts
    export: ExportFolder
    imported_at: datetime
    report: ImportReport
    rules: ImportRules
    confirm: bool
    progress: Progress | None
    stages: dict[str, Stage] = field(default_factory=dict)
    counts: dict[str, FileCount] = field(default_factory=dict)
    accounts: AccountNotes = AccountNotes()

    def read(self) -> bool:
        """Read and judge every file. Returns False when clients.csv cannot be used; raises ImportStopped."""
        for sheet in sheets_of(self.rules.types):
            if place := self.export.place_of(sheet.file):
                with self.parts.looking():
                    self._read_sheet(sheet, place)
            if self.report.files[0].fault:
                return False
        with self.parts.looking():
            if not self.confirm:
                stop_unless_likely(self.stages, self.counts, self.rules.terms.complete)
            for name, stage in self.stages.items():
                drop_unchanged(stage, self.counts[name])
        return True

    def write(self) -> None:
        """Write the stages in ORDER_OF_WRITING, then hold what is lacking, and update the log of activity."""
        bring_back(self.stages, self.parts)
        for name in ORDER_OF_WRITING:
            if name in self.stages:
                load_stage(self.stages[name], self.parts, self.counts[name], self.imported_at)
        if self.rules.terms.complete:
            hold_lacking(self.stages, self.parts, day_in_amsterdam(self.imported_at))
            for count in self.counts.values():
                count.is_held = bool(count.lacking)
        with self.parts.writing():
            self.accounts.write(self.parts.connection, self.imported_at)
            join_referrals(self.parts.connection)
            keep_told_channels(self.parts.connection)
        sync_activity(self.parts)
        with self.parts.looking():
            self.report.notices += shared_addresses(self.parts.connection)
        self._refresh_statistics()

    def _read_sheet(self, sheet: Sheet, place: Path) -> None:
        count = FileCount(sheet.file)
        self.report.files.append(count)
        try:
            lines = open_lines(place)
            with lines.stream:
                header = read_header(lines, sheet)
                self._warn_of_unknown(sheet, header)
                self.report.faults += self._read_records(sheet, lines, header, count)
        except FileUnusable as error:
            count.fault, count.rows, count.left_out = str(error), 0, 0
            self.report.faults.append(ImportFault(sheet.file, 0, "", "", f"{error}: file left out"))

    def _keys(self) -> Sequence[bytes]:
        return self.rules.keys() if self.rules.keys and has_erased(self.parts.connection) else ()

    def _warn_of_unknown(self, sheet: Sheet, header: Header) -> None:
        self.report.warnings += [f"{sheet.file}: column {shown(name)!r} is unknown, ignored" for name in header.unknown]
        self.report.ignored += [f"{sheet.file}: {shown(name)}" for name in header.unknown]

    def _read_records(self, sheet: Sheet, lines: Lines, header: Header, count: FileCount) -> list[ImportFault]:
        """Stage the file block by block, so that memory does not grow with it; then judge it as a whole."""
        faults: list[ImportFault] = []
        nothings = frozenset(each.casefold() for each in self.rules.terms.placeholders)
        reading = Reading(nothings, day_in_amsterdam(self.imported_at))
        stage: Stage | None = None
        for records in _blocks(read_records(lines, header, record_check(sheet, header.names))):
            block = read_block(sheet, header, records, reading)
            count.rows += len(records)
            count.left_out += block.left_out
            faults += block.faults
            stage = stage or Stage(self.parts.connection, sheet, block.columns)
            stage.add(block.rows, block.refused)
            if self.progress:
                self.progress(sheet.file, lines.bytes_read, lines.size)
        if stage is None:
            # A file with only a header still says that the export lacks every row that we have.
            stage = Stage(self.parts.connection, sheet, read_block(sheet, header, [], reading).columns)
        self.stages[sheet.table.name], self.counts[sheet.table.name] = stage, count
        stage.make_quick()
        leave_to_sound_rows(stage)
        faults = without_values(self.parts.connection, faults, self._keys())
        faults += forget_erased(stage, self._keys(), count)
        keep_forgotten(stage, self.rules.words_since)
        if sheet.table is not suppressions:
            found = judge_stage(stage, self.stages, count, self.rules.terms.complete)
            faults = [*without_erased(faults, found), *found]
            if sheet.table is clients:
                self.accounts, differing = settle_accounts(stage, faults)
                faults += differing
            elif sheet.table is referrals:
                keep_joined(stage)
            find_lacking(stage, count)
        return faults + _odd_lines(sheet, lines)

    def _refresh_statistics(self) -> None:
        """Update PostgreSQL's statistics; without them, it would plan the first run for empty tables."""
        has_changed = any(count.new or count.changed for count in self.report.files)
        if has_changed and self.parts.connection.dialect.name == "postgresql":
            for table in [*(sheet.table for sheet in SHEETS), activity]:
                self.parts.connection.execute(text(f"ANALYZE {table.name}"))


def _blocks(records: Iterator[Record]) -> Iterator[list[Record]]:
    while block := list(islice(records, RECORDS_A_BLOCK)):
        yield block


def _odd_lines(sheet: Sheet, lines: Lines) -> list[ImportFault]:
    """One fault for all lines in another encoding; what was read may be right, but only a person can judge that."""
    if not lines.odd_lines:
        return []
    encoding, became = ("UTF-8", "read as Windows-1252")
    if lines.charset == "utf-16":
        encoding, became = ("UTF-16", "some characters are lost")
    reason = f"{len(lines.odd_lines)} line(s) from here on are not {encoding}: {became}; export as UTF-8"
    return [ImportFault(sheet.file, lines.odd_lines[0], "", "", reason)]
