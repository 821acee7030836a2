"""A proposal as the plain tables of its file, and back."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from programme.proposals.changes import Change
from programme.proposals.proposal import NAME, Proposal, SeenCounts, Text


class ProposalUnread(ValueError):
    """The file of a proposal cannot be read; the message says what is wrong with it."""


def tables_of(proposal: Proposal) -> dict[str, Any]:
    """What the file holds; what is not there is left out, because TOML knows no nothing."""
    told: dict[str, Any] = {
        "name": proposal.name,
        "mail": proposal.mail,
        "made_by": proposal.made_by,
        "made_at": proposal.made_at.astimezone(UTC),
        "reason": proposal.reason,
        "programme": proposal.programme,
    }
    if proposal.withdrawn_at:
        told["withdrawn_at"] = proposal.withdrawn_at.astimezone(UTC)
    if proposal.used_at:
        told |= {"used_by": proposal.used_by, "used_at": proposal.used_at.astimezone(UTC)}
    if proposal.seen:
        told["seen"] = proposal.seen._asdict()
    told["changes"] = [_table_of(change) for change in proposal.changes]
    told["texts"] = [text._asdict() for text in proposal.texts]
    return told


def proposal_of(told: Mapping[str, Any]) -> Proposal:
    """The proposal of a file. Raises ProposalUnread."""
    try:
        if not re.fullmatch(NAME, told["name"]):
            raise ProposalUnread(f"{told['name']!r} is no name of a proposal")
        return Proposal(
            name=told["name"],
            mail=_text(told["mail"]),
            made_by=_text(told["made_by"]),
            made_at=_moment(told["made_at"]),
            reason=_text(told["reason"]),
            programme=_text(told["programme"]),
            changes=tuple(
                Change(tuple(_text(part) for part in each["key"]), each.get("old"), each.get("new"))
                for each in told["changes"]
            ),
            texts=tuple(Text(**{name: _text(value) for name, value in each.items()}) for each in told["texts"]),
            seen=_seen(told["seen"]) if "seen" in told else None,
            withdrawn_at=_moment(told["withdrawn_at"]) if "withdrawn_at" in told else None,
            used_by=_text(told.get("used_by", "")),
            used_at=_moment(told["used_at"]) if "used_at" in told else None,
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ProposalUnread(f"it has no proposal's tables ({type(error).__name__}: {error})") from None


def _table_of(change: Change) -> dict[str, Any]:
    told: dict[str, Any] = {"key": list(change.key)}
    return told | {name: value for name, value in (("old", change.old), ("new", change.new)) if value is not None}


def _seen(told: Mapping[str, Any]) -> SeenCounts:
    for name in ("first", "last"):
        if not isinstance(told[name], date):
            raise ProposalUnread(f"seen.{name} is no day")
    for name in SeenCounts._fields[2:]:
        if type(told[name]) is not int:
            raise ProposalUnread(f"seen.{name} is no number")
    return SeenCounts(**told)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ProposalUnread(f"{value!r} is no text")
    return value


def _moment(value: object) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ProposalUnread(f"{value!r} is no moment with its zone")
    return value
