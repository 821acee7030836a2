"""The templates of a folder as they were read at one moment, and the fingerprint of what a compiled mail is made of."""

import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

from models.settings import ROOT
from programme.terms.schema import Programme

ROOMS = ("layout", "mail")  # of templates/; the others are no mails
MADE_BY = ("mjml-python", "jinja2", "markupsafe")
CODE = ("programme", "tasks/mail")  # whose words, choices and drawings a mail has


class TemplateFiles:
    """The mail templates of some folders, read when created; of one name, the first folder's file counts.

    So every mail of a renderer is made of the same files, those of its fingerprint, even while somebody edits them.
    """

    def __init__(self, folders: Iterable[Path]) -> None:
        self._found: dict[str, tuple[Path, bytes]] = {}
        for folder in folders:
            for name, path in _files_in(folder):
                if name not in self._found:
                    self._found[name] = path, path.read_bytes()

    def load(self, name: str) -> tuple[str, str, None] | None:
        """(text, path, None) for Jinja's FunctionLoader; None when no folder has the file."""
        found = self._found.get(name)
        return (found[1].decode("utf-8"), str(found[0]), None) if found else None

    def text(self, name: str) -> str:
        """The text of a file. Raises KeyError when no folder has it."""
        return self._found[name][1].decode("utf-8")

    def fingerprint(self, programme: Programme) -> str:
        """One for these files, this programme and this code: if any of it differs, so does the fingerprint."""
        parts = [*_made_by(), programme.model_dump_json().encode()]
        for name, (_, content) in sorted(self._found.items()):
            parts += [name.encode(), content]
        return _digest(parts).hex()


def _files_in(folder: Path) -> Iterator[tuple[str, Path]]:
    for room in ROOMS:
        for path in sorted((folder / room).rglob("*")):
            if path.is_file():
                yield path.relative_to(folder).as_posix(), path


@cache
def _made_by() -> tuple[bytes, ...]:
    """The versions of the packages and a digest of our own code; the same for the life of a process."""
    sources = sorted(path for room in CODE for path in (ROOT / room).rglob("*.py"))
    code = [part for path in sources for part in (path.relative_to(ROOT).as_posix().encode(), path.read_bytes())]
    return (*(f"{name} {version(name)}".encode() for name in MADE_BY), _digest(code))


def _digest(parts: Iterable[bytes]) -> bytes:
    """Over the parts and their lengths, so that no two lists of parts run into each other."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.digest()
