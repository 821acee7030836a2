"""A proposal put into use: what it would change as a difference of texts, its checks, and the files written at once."""

import difflib
import os
import shlex
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from models.settings import Settings
from programme.proposals.changes import clashes
from programme.proposals.proposal import Proposal, ProposalState
from programme.terms.faults import Fault
from tasks.base.programme_file import TEMPLATES, check_programme
from tasks.proposals.base import Base
from tasks.proposals.editing import edited
from tasks.proposals.store import FOLDER, ProposalRefused, change_proposal


class FileChange(NamedTuple):
    """A file that a proposal changes.

    Attributes:
        path: where it is written.
        shown: how the difference names it.
        before: what holds now; of a template that the firm has none of its own of, that of the release.
        is_new: whether `path` does not exist yet.
    """

    path: Path
    shown: str
    before: str
    after: str
    is_new: bool = False

    @property
    def difference(self) -> str:
        """As `diff -u` shows it."""
        lines = difflib.unified_diff(
            self.before.splitlines(keepends=True),
            self.after.splitlines(keepends=True),
            f"a/{self.shown}",
            f"b/{self.shown}",
        )
        return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


class Used(NamedTuple):
    """What was written, and the commands that undo it."""

    files: list[FileChange]
    undo: list[str]


def file_changes(settings: Settings, base: Base, proposal: Proposal) -> list[FileChange]:
    """What the proposal would write.

    Raises:
        ProposalRefused: the firm has no folder for its own templates.
        EditLost: the programme file cannot be changed in its places.
    """
    return list(_file_changes(settings, base, proposal))


def require_open(base: Base, proposal: Proposal) -> None:
    """Raises ProposalRefused, with every place that has another value by now, unless it can be put into use."""
    state = proposal.state(base.raw, base.prints)
    if state in (ProposalState.IN_USE, ProposalState.WITHDRAWN):
        already = "in use" if state is ProposalState.IN_USE else "withdrawn"
        raise ProposalRefused(f"proposal {proposal.name} is {already} already")
    if state is ProposalState.OUTDATED:
        told = [
            f"{each.dotted} was {_told(each.old)} and is {_told(each.new)} now"
            for each in clashes(base.raw, proposal.changes)
        ]
        others = (text.file for text in proposal.texts if base.prints.get(text.file) != text.old)
        told += [f"templates/{file} was changed" for file in others]
        raise ProposalRefused(
            f"proposal {proposal.name} was made against another programme: {'; '.join(told)}. "
            "Ask for a new one, or change the file by hand."
        )


def check_files(settings: Settings, files: Sequence[FileChange]) -> list[Fault]:
    """Every fault that `programme check` would find with the files written; nothing is."""
    with tempfile.TemporaryDirectory() as name:
        own = Path(name) / "templates"
        own.mkdir()
        if settings.templates:
            shutil.copytree(settings.templates, own, dirs_exist_ok=True)
        programme = settings.programme
        for file in files:
            if file.path == settings.programme.resolve():
                programme = Path(name) / file.path.name
                programme.write_text(file.after, encoding="utf-8", newline="")
            else:
                copy = own / file.shown.removeprefix("templates/")
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_text(file.after, encoding="utf-8", newline="")
        return check_programme(programme, TEMPLATES, own)


def put_into_use(files: Sequence[FileChange], proposal: Proposal, by_name: str, at: datetime) -> Used:
    """Write the files, each at once and whole, after a copy of each was kept beside the proposal.

    Raises:
        ProposalRefused: a file changed since it was read; nothing was written.
    """
    for file in files:
        if not file.is_new and _text_of(file.path) != file.before:
            raise ProposalRefused(f"{file.path} changed meanwhile; give the same command again")
    undo = []
    for number, file in enumerate(files):
        kept = (FOLDER / f"{proposal.name}.{number}.before").resolve()
        if file.is_new:
            undo.append(shlex.join(["rm", str(file.path)]))
        else:
            shutil.copy2(file.path, kept)
            undo.append(shlex.join(["cp", str(kept), str(file.path)]))
    for file in files:
        _replace(file)
    change_proposal(replace(proposal, used_by=by_name, used_at=at))
    return Used(list(files), undo)


def _file_changes(settings: Settings, base: Base, proposal: Proposal) -> Iterator[FileChange]:
    if proposal.changes:
        path = settings.programme.resolve()  # of a link, the file itself is written
        before = _text_of(path)
        yield FileChange(path, path.name, before, edited(before, proposal.changes))
    for text in proposal.texts:
        if settings.templates is None:
            raise ProposalRefused(
                f"proposal {proposal.name} changes templates/{text.file}, and the firm has no folder for templates of "
                "its own; make one, and name it in BOUWCLUB_TEMPLATES"
            )
        if text.file not in base.texts:
            raise ProposalRefused(f"proposal {proposal.name} changes templates/{text.file}, which there is not")
        path = settings.templates.resolve() / text.file
        yield FileChange(path, f"templates/{text.file}", base.texts[text.file], text.new, not path.exists())


def _text_of(path: Path) -> str:
    with path.open(encoding="utf-8", newline="") as file:
        return file.read()


def _replace(file: FileChange) -> None:
    file.path.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.path.with_name(f".{file.path.name}.{os.getpid()}")
    try:
        with fresh.open("w", encoding="utf-8", newline="") as target:
            target.write(file.after)
            target.flush()
            os.fsync(target.fileno())
        if not file.is_new:
            shutil.copymode(file.path, fresh)
        os.replace(fresh, file.path)
    finally:
        with suppress(FileNotFoundError):
            fresh.unlink()


def _told(value: object) -> str:
    return "not there" if value is None else repr(value)
