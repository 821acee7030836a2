"""Where the files of an export lie: its folder, listed once."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tasks.base.files.rejected import shown

CLIENTS = "clients.csv"  # the one file that has to be there


class FolderUnusable(Exception):
    """There is nothing to import in the given place; the message says what was found."""


@dataclass(frozen=True)
class ExportFolder:
    """A folder with clients.csv, and the CSV files in it by name.

    A link to what is gone counts as a file: a list of opt-outs that cannot be read is not one that the export lacks.
    """

    csv_files: Sequence[Path]

    def place_of(self, name: str) -> Path | None:
        """The path of the file with this name, in capitals or not; None when the folder has none."""
        named = [path for path in self.csv_files if path.name.lower() == name]
        return min(named, key=lambda path: (path.name != name, path.name), default=None)

    def strangers(self, known: Iterable[str], rejected_path: Path) -> Iterator[str]:
        """A warning for each CSV file with a name that is not known, which is ignored."""
        names = sorted(known)
        taken = {self.place_of(name) for name in names}
        for path in self.csv_files:
            if path not in taken and path.resolve() != rejected_path.resolve():
                yield f"{shown(path.name)}: is not a file of the export, ignored (those are {', '.join(names)})"


def open_folder(folder: Path) -> ExportFolder:
    """List an export's folder. Raises FolderUnusable when it is none, or holds no clients.csv."""
    if not folder.is_dir():
        found = "is a file" if folder.exists() else "does not exist"
        raise FolderUnusable(f"{folder} {found}; name the folder that holds {CLIENTS}")
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".csv")
    export = ExportFolder(paths)
    if export.place_of(CLIENTS) is None:
        found = f"it has {', '.join(path.name for path in paths[:10])}" if paths else "it has no CSV files at all"
        raise FolderUnusable(f"{folder} holds no {CLIENTS} ({shown(found)}); name the folder of a CRM export")
    return export
