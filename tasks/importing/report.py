"""The report of an import: counts per file, and every fault."""

from dataclasses import dataclass, field

from tasks.base.files.rejected import ImportFault


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
