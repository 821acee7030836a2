"""Files that commands write: refused at once where they cannot be, and each command treats a path alike."""

from importlib import import_module
from pathlib import Path

import click
import pytest

from cli.__main__ import COMMANDS
from cli.options import OutFile
from tests.cli.conftest import Run

FILE_OPTIONS = {"--out", "--csv", "--svg"}


def _commands(command: click.Command, name: str) -> list[tuple[str, click.Command]]:
    below = command.commands if isinstance(command, click.Group) else {}
    return [found for each in below.values() for found in _commands(each, f"{name} {each.name}")] or [(name, command)]


def test_every_file_option_is_of_one_sort() -> None:
    """No command has its own idea of what a path may be; only `privacy export` names a folder."""
    found = {}
    for name, entry in COMMANDS.items():
        module, _, attribute = entry.place.partition(":")
        for words, command in _commands(getattr(import_module(module), attribute), name):
            for option in command.params:
                if FILE_OPTIONS & set(option.opts):
                    found[f"{words} {option.opts[0]}"] = option.type

    assert len(found) == 11
    assert [words for words, kind in found.items() if not isinstance(kind, OutFile)] == ["privacy export --out"]


@pytest.mark.parametrize(
    "words",
    [
        ("preview", "check_in", "--client", "C00070", "--as-of", "2027-06-25", "--out", "new/deep/m.html"),
        ("report", "--as-of", "2027-06-25", "--out", "new/deep/m.html"),
        ("calendar", "--from", "2027-06-25", "--days", "1", "--csv", "new/deep/m.html"),
    ],
)
def test_the_folder_of_a_file_is_made(club: Path, run: Run, words: tuple[str, ...]) -> None:
    """A command that worked for minutes does not fail on the last line for want of a folder."""
    assert run(*words).code == 0

    assert (club / "new/deep/m.html").stat().st_size > 0


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("mail.pdf", "'mail.pdf' must end in .html"),
        ("folder.html", "'folder.html' is a folder; name a file"),
        ("file.txt/x.html", "file.txt' is a file, and no folder can be made there; name another path"),
    ],
)
def test_a_path_that_cannot_be_written_is_refused_first(club: Path, run: Run, path: str, told: str) -> None:
    """Before the work begins, in one line, and nothing is written."""
    (club / "folder.html").mkdir()
    (club / "file.txt").touch()

    result = run("report", "--as-of", "2027-06-25", "--out", path)

    assert (result.code, result.out, result.err.count("\n")) == (2, "", 1)
    assert told in result.err
