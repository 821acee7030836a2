"""The lines that care reports: what a tick did, one thing a line (care.md, `run care --json`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from programme.words.dates import AMSTERDAM


class Did(StrEnum):
    """What a line says, in the order of the table."""

    OPENED = "opened"
    JOINED = "joined"
    OLD = "old"
    CLOSED = "closed"
    MISSED = "missed"
    PHONE = "phone"
    MAIL = "mail"
    TASK = "task"
    NO_WAY = "no_way"
    LONG_OPEN = "long_open"
    DIGEST = "digest"


@dataclass(frozen=True)
class Line:
    """One thing that was done; `values` are the further keys in the order of the table, ready for JSON."""

    did: Did
    values: Mapping[str, Any]


def line(did: Did, **values: Any) -> Line:
    """A line; moments become text."""
    return Line(
        did, {name: moment_words(each) if isinstance(each, datetime) else each for name, each in values.items()}
    )


def moment_words(moment: datetime) -> str:
    """A moment as JSON has it: Amsterdam's time to the minute, with its offset."""
    return moment.astimezone(AMSTERDAM).isoformat(timespec="minutes")
