"""Whom a campaign is for: traits of clients, of which all, at least one or none must be there.

Each field of `Traits` that is filled in is one trait; within a field one match is enough. `all_of`, `any_of` and
`none_of` each leave out what they do not name, so that an empty audience is everyone.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from programme.facts.projects import counted, latest_delivery
from programme.facts.records import Client, Recipient
from programme.rules.segments import segment_of
from programme.rules.tiers import tier_of
from programme.terms.schema import Programme
from programme.words.dates import add_months

NO_TIER = "geen"
_POSTCODE = re.compile(r"\s*(\d{4})")
_AREA = re.compile(r"(\d{1,4})(?:\s*-\s*(\d{1,4}))?")


class Area(NamedTuple):
    """Dutch postcodes by their four digits, first and last included."""

    first: int
    last: int


@dataclass(frozen=True)
class Traits:
    """What a client may be asked for; () , False and 0 ask nothing.

    Attributes:
        segments, tiers: ids of the programme; NO_TIER for clients without a tier.
        last_types: of the project that was delivered last.
        bought: types of the projects that were ordered and not cancelled, delivered or not.
        areas: a project that counts is at such a postcode.
        monument: a project that counts is at a monument.
        active_months: the last activity of the recipient is at most so many months ago.
        quiet_months: it is at least so many months ago; of who never was active, neither holds.
    """

    segments: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    last_types: tuple[str, ...] = ()
    bought: tuple[str, ...] = ()
    areas: tuple[Area, ...] = ()
    monument: bool = False
    active_months: int = 0
    quiet_months: int = 0

    def named(self) -> list[str]:
        """The traits that are asked for."""
        return [field.name for field in fields(self) if getattr(self, field.name)]


@dataclass(frozen=True)
class Audience:
    all_of: Traits = Traits()
    any_of: Traits = Traits()
    none_of: Traits = Traits()

    @property
    def asks_activity(self) -> bool:
        return any(traits.active_months or traits.quiet_months for traits in (self.all_of, self.any_of, self.none_of))


def belongs(programme: Programme, audience: Audience, client: Client, recipient: Recipient, as_of: date) -> bool:
    """Whether this client record is in the audience, by its facts on `as_of`."""
    who = _Who(programme, client, recipient, as_of)

    def has(traits: Traits) -> list[bool]:
        return [_TESTS[name](getattr(traits, name), who) for name in traits.named()]

    some = has(audience.any_of)
    return all(has(audience.all_of)) and (not some or any(some)) and not any(has(audience.none_of))


def areas_of(text: str) -> tuple[Area, ...] | None:
    """The postcodes that a marketer means: "8921, 8900-8999, 92" (all that begin with 92); None for anything else."""
    found = []
    for part in filter(None, (each.strip() for each in re.split(r"[,;\n]", text))):
        match = _AREA.fullmatch(part)
        if not match or (match[2] and len(match[1]) != len(match[2])):
            return None
        first, last = match[1].ljust(4, "0"), (match[2] or match[1]).ljust(4, "9")
        if first > last:
            return None
        found.append(Area(int(first), int(last)))
    return tuple(found)


class _Who:
    """A client record as the tests see it; worked out once, and only when asked."""

    def __init__(self, programme: Programme, client: Client, recipient: Recipient, as_of: date) -> None:
        self.programme, self.client, self.recipient, self.as_of = programme, client, recipient, as_of

    @cached_property
    def segment(self) -> str:
        return segment_of(self.programme, self.client, self.as_of)

    @cached_property
    def tier(self) -> str:
        tier = tier_of(self.programme, self.client, self.as_of)
        return tier.id if tier else NO_TIER

    @cached_property
    def last_type(self) -> str | None:
        project = latest_delivery(self.client, self.as_of)
        return project.type if project else None

    @cached_property
    def projects(self) -> list[Any]:
        return counted(self.client.projects, self.as_of)

    @cached_property
    def last_activity_on(self) -> date | None:
        days = (client.last_activity_on for client in self.recipient.clients)
        return max((day for day in days if day is not None), default=None)


def _is_in_area(areas: tuple[Area, ...], who: _Who) -> bool:
    codes = [int(match[1]) for project in who.projects if (match := _POSTCODE.match(project.postcode or ""))]
    return any(area.first <= code <= area.last for area in areas for code in codes)


def _was_active(months: int, who: _Who) -> bool:
    day = who.last_activity_on
    return day is not None and add_months(day, months) >= who.as_of


def _was_quiet(months: int, who: _Who) -> bool:
    day = who.last_activity_on
    return day is not None and add_months(day, months) <= who.as_of


_TESTS: Mapping[str, Callable[[Any, _Who], bool]] = {
    "segments": lambda ids, who: who.segment in ids,
    "tiers": lambda ids, who: who.tier in ids,
    "last_types": lambda types, who: who.last_type in types,
    "bought": lambda types, who: any(project.type in types for project in who.projects),
    "areas": _is_in_area,
    "monument": lambda _, who: any(project.monument for project in who.projects),
    "active_months": _was_active,
    "quiet_months": _was_quiet,
}
