"""Reads the programme file, and reports all its faults at once."""

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

from models.settings import ROOT
from programme.inbound.answers import ASKED_BY
from programme.terms.checks.check import check
from programme.terms.faults import Fault
from programme.terms.schema import Programme
from programme.terms.toml_lines import line_of, lines_of_keys

TEMPLATES = ROOT / "templates"

_PLACE = re.compile(r"(?P<what>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)", re.DOTALL)


class ProgrammeInvalid(Exception):
    """The programme file cannot be used; the message has one line for each fault.

    Attributes:
        faults: all faults, at least one.
        file_name: the name of the programme file, without its folder.
    """

    def __init__(self, faults: Sequence[Fault], file_name: str) -> None:
        super().__init__("\n".join(fault.in_file(file_name) for fault in faults))
        self.faults = list(faults)
        self.file_name = file_name


def load_programme(path: Path, templates_dir: Path | None = None, own: Path | None = None) -> Programme:
    """The programme of a file.

    Args:
        templates_dir: a folder with mail/<touchpoint>.jinja, to require the mail of each touchpoint. None skips that
            check, so that a plan can have a touchpoint whose mail is not written yet.
        own: the firm's own templates (BOUWCLUB_TEMPLATES), taken in place of those of the same name.

    Raises:
        ProgrammeInvalid: with all faults of the file.
    """
    raw, faults = _read(path, templates_dir, own)
    if faults:
        raise ProgrammeInvalid(faults, path.name or str(path))
    return Programme.model_validate(raw)


def check_programme(path: Path, templates_dir: Path | None = TEMPLATES, own: Path | None = None) -> list[Fault]:
    """Every fault of a programme file, with its line; empty when the file is valid."""
    return _read(path, templates_dir, own)[1]


def _read(path: Path, templates_dir: Path | None, own: Path | None) -> tuple[dict[str, object], list[Fault]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        raw = tomllib.loads(text)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return {}, [Fault((), f"cannot be read ({reason}: {path}). Name a programme file, or set BOUWCLUB_PROGRAMME.")]
    except UnicodeDecodeError as error:
        return {}, [Fault((), f"is not UTF-8 text (byte {error.start}). Save it as UTF-8.")]
    except tomllib.TOMLDecodeError as error:
        return {}, [_syntax_fault(str(error))]
    lines = lines_of_keys(text)
    folders = [each for each in (templates_dir, own) if each] if templates_dir else []
    faults = check(raw, mail_files(folders) if folders else None, mail_texts(folders), ASKED_BY)
    return raw, [fault._replace(line=line_of(fault.path, lines)) for fault in faults]


def _syntax_fault(message: str) -> Fault:
    place = _PLACE.fullmatch(message)
    if not place:
        return Fault((), f"is not valid TOML: {message}.")
    where = f"line {place['line']}, column {place['column']}" if place["line"] else "at the end of the file"
    return Fault((), f"{where}: not valid TOML: {place['what']}. Correct it and check again.")


def mail_files(folders: Sequence[Path]) -> set[str]:
    """The names of the templates of mails."""
    return {file.name for folder in folders for file in (folder / "mail").glob("*.*")}


def mail_texts(folders: Sequence[Path]) -> dict[str, str]:
    """What the templates of mails say, by their path below the folder; a later folder's file replaces an earlier's."""
    files = [
        (folder, file) for folder in folders for name in ("mail", "layout") for file in (folder / name).glob("*.*")
    ]
    return {file.relative_to(folder).as_posix(): file.read_text("utf-8") for folder, file in files}
