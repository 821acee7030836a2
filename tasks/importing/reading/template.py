"""The format of the export as eight CSV files with only a header, to fill in."""

from pathlib import Path

from tasks.importing.reading.sheets import SHEETS


class TemplateExists(Exception):
    """A file of the export exists already and is not overwritten."""


def write_template(folder: Path) -> list[str]:
    """Write the files into `folder`, which is created if needed, and return their names.

    Raises:
        TemplateExists: one of the files exists; nothing was written.
    """
    if found := [sheet.file for sheet in SHEETS if (folder / sheet.file).exists()]:
        raise TemplateExists(f"{folder} has {', '.join(found)} already; name another folder for the template")
    folder.mkdir(parents=True, exist_ok=True)
    for sheet in SHEETS:
        heading = ";".join(column.name for column in sheet.columns)
        (folder / sheet.file).write_text(heading + "\r\n", encoding="utf-8-sig", newline="")
    return [sheet.file for sheet in SHEETS]
