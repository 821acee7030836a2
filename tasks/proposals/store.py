"""The proposals as files of the workspace, one each: .bouwclub/proposals/NAME.toml.

A file appears at once and whole. A name is given by us, so that no text of a marketer ever becomes a path.
"""

import os
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import tomlkit

from models.settings import OWN_FOLDER
from programme.proposals.proposal import NAME, Proposal
from programme.proposals.tables import ProposalUnread, proposal_of, tables_of

FOLDER = OWN_FOLDER / "proposals"
MOST_A_DAY = 99  # of one mail


class ProposalMissing(Exception):
    """There is no proposal of this name, or its file cannot be read; the message says what to do."""


class ProposalRefused(Exception):
    """The proposal cannot be changed so; the message says why."""


class Listed(NamedTuple):
    """The proposals, the latest first, and the names of files that are none."""

    proposals: list[Proposal]
    unread: list[str]


def list_proposals(folder: Path = FOLDER) -> Listed:
    """Every proposal of the workspace."""
    found, unread = [], []
    for path in sorted(folder.glob("*.toml")):
        try:
            found.append(_read(path))
        except ProposalMissing:
            unread.append(path.name)
    return Listed(sorted(found, key=lambda each: (each.made_at, each.name), reverse=True), unread)


def read_proposal(name: str, folder: Path = FOLDER) -> Proposal:
    """The proposal of this name. Raises ProposalMissing."""
    path = path_of(name, folder)
    if not path.exists():
        raise ProposalMissing(f"there is no proposal {name!r} in {folder}; bouwclub proposal list names them")
    return _read(path)


def path_of(name: str, folder: Path = FOLDER) -> Path:
    """Where the proposal of this name stands. Raises ProposalMissing for what is no name."""
    if not re.fullmatch(NAME, name):
        raise ProposalMissing(f"{name!r} is no name of a proposal; bouwclub proposal list names them")
    return folder / f"{name}.toml"


def keep_proposal(proposal: Proposal, day: date, folder: Path = FOLDER) -> Proposal:
    """Write a new proposal, under the first free name of its mail and day, which it then has.

    Raises:
        ProposalRefused: there are too many of one day.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in _names(proposal.mail, day):
        named = replace(proposal, name=name)
        fresh = _written(named, folder)
        try:
            os.link(fresh, path_of(name, folder))  # fails where the name is taken
            return named
        except FileExistsError:
            continue
        finally:
            fresh.unlink()
    raise ProposalRefused(f"there are {MOST_A_DAY} proposals of {day} about {proposal.mail} already")


def change_proposal(proposal: Proposal, folder: Path = FOLDER) -> None:
    """Write a proposal in the place of what its file held."""
    os.replace(_written(proposal, folder), path_of(proposal.name, folder))


def withdraw_proposal(name: str, by_name: str, at: datetime, folder: Path = FOLDER) -> Proposal:
    """Take a proposal back. Raises ProposalMissing; ProposalRefused unless it is the author's and not withdrawn."""
    found = read_proposal(name, folder)
    if found.made_by != by_name:
        raise ProposalRefused(f"proposal {name} is {found.made_by}'s, who alone can withdraw it")
    if found.withdrawn_at:
        raise ProposalRefused(f"proposal {name} is withdrawn already")
    withdrawn = replace(found, withdrawn_at=at)
    change_proposal(withdrawn, folder)
    return withdrawn


def text_of(proposal: Proposal) -> str:
    """The file of a proposal."""
    head = (
        "# A proposal from the desk to change the programme. Nothing of it holds until it is put into use:\n"
        f"#   bouwclub proposal show {proposal.name}\n#   bouwclub proposal apply {proposal.name}\n\n"
    )
    return head + tomlkit.dumps(tables_of(proposal))


def _names(mail: str, day: date) -> Iterator[str]:
    yield f"{mail}-{day.isoformat()}"
    for number in range(2, MOST_A_DAY + 1):
        yield f"{mail}-{day.isoformat()}-{number}"


def _written(proposal: Proposal, folder: Path) -> Path:
    """A file of its own beside the others, whole and on the disk."""
    fresh = folder / f".{proposal.name}.{os.getpid()}.{os.urandom(4).hex()}"
    with fresh.open("x", encoding="utf-8", newline="") as file:
        file.write(text_of(proposal))
        file.flush()
        os.fsync(file.fileno())
    return fresh


def _read(path: Path) -> Proposal:
    try:
        found = proposal_of(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ProposalUnread) as error:
        raise ProposalMissing(f"{path} cannot be read as a proposal: {error}") from None
    if found.name != path.stem:
        raise ProposalMissing(f"{path} calls itself {found.name!r}; give the file that name back")
    return found
