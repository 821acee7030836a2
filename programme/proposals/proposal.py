"""One proposal to change the programme, and how it stands."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from programme.proposals.changes import Change, are_made, clashes

LONGEST_REASON = 1000  # characters
NAME = r"[a-z0-9][a-z0-9_-]{0,79}"


class ProposalState(StrEnum):
    """How a proposal stands, in life order.

    `in_use`: the programme says what it asks for, or did when it was put into use.
    `outdated`: the programme has something else by now where the proposal would change it.
    """

    OPEN = "open"
    IN_USE = "in_use"
    OUTDATED = "outdated"
    WITHDRAWN = "withdrawn"


class SeenCounts(NamedTuple):
    """The counts that its author saw: clients by kind of change, and mails of the days.

    Attributes:
        asked, clients: so many clients were asked; fewer than there are where it was estimated.
    """

    first: date
    last: date
    gained: int
    lost: int
    moved: int
    mails_now: int
    mails_new: int
    asked: int
    clients: int


class Text(NamedTuple):
    """A template that takes the place of another.

    Attributes:
        file: below templates/, e.g. "mail/win_back.jinja".
        old: the print of the template that it was made from.
    """

    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Proposal:
    """What to change, who proposes it, why, and what was seen.

    Attributes:
        programme: the digest of the programme that it was made against.
        seen: None where only words change.
        used_by, used_at: who put it into use; the name is "" where nobody was named.
    """

    name: str
    mail: str
    made_by: str
    made_at: datetime
    reason: str
    programme: str
    changes: tuple[Change, ...] = ()
    texts: tuple[Text, ...] = ()
    seen: SeenCounts | None = None
    withdrawn_at: datetime | None = None
    used_by: str = ""
    used_at: datetime | None = None

    def state(self, raw: Mapping[str, Any], prints: Mapping[str, str]) -> ProposalState:
        """How it stands by the programme file and the templates as they are now.

        Args:
            prints: of the templates that hold now, by file.
        """
        if self.withdrawn_at:
            return ProposalState.WITHDRAWN
        if are_made(raw, self.changes) and all(prints.get(text.file) == print_of(text.new) for text in self.texts):
            return ProposalState.IN_USE
        is_other = any(prints.get(text.file) != text.old for text in self.texts) or clashes(raw, self.changes)
        if not is_other:
            return ProposalState.OPEN  # also once it was put into use and undone
        return ProposalState.IN_USE if self.used_at else ProposalState.OUTDATED


def print_of(text: str) -> str:
    """Hexadecimal digits that differ where the text does."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
