"""The traits that a marketer can select clients by. Each is one object: its field in the form, and its test.

To add one, add an object to TRAITS: the form, its faults and its words follow from it. Where SQL can rule out clients
without the trait, tasks/campaigns/audience.py may say so; a trait that is not named there rules out nobody.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

from programme.campaigns.form import options
from programme.campaigns.form.form_words import Words
from programme.campaigns.form.options import NO_TIER, Option
from programme.facts.projects import counted, latest_delivery
from programme.facts.records import Client, Recipient
from programme.rules.anchors import last_activity_on
from programme.rules.groups.segments import segment_of
from programme.rules.groups.tiers import tier_of
from programme.terms.schema import Programme
from programme.words.dates import add_months
from programme.words.wording import listed

_POSTCODE = re.compile(r"\s*(\d{4})")
_AREA = re.compile(r"(\d{1,4})(?:\s*[-\u2013]\s*(\d{1,4}))?")  # also as our own sentences write a range


class Shape(StrEnum):
    """How a trait is filled in, and so its value: a tuple of ids, a tuple of areas, a bool, a number of months."""

    SEVERAL = "several"
    AREAS = "areas"
    FLAG = "flag"
    MONTHS = "months"


class Area(NamedTuple):
    """Dutch postcodes by their four digits, first and last included."""

    first: int
    last: int


class Who:
    """A client record as the traits see it; each fact is computed once, on first use."""

    def __init__(self, programme: Programme, client: Client, recipient: Recipient, as_of: date) -> None:
        self.programme, self.client, self.recipient, self.as_of = programme, client, recipient, as_of

    @cached_property
    def segment(self) -> str:
        """The id of the client's segment."""
        return segment_of(self.programme, self.client, self.as_of)

    @cached_property
    def tier(self) -> str:
        """The id of the client's tier, or NO_TIER."""
        tier = tier_of(self.programme, self.client, self.as_of)
        return tier.id if tier else NO_TIER

    @cached_property
    def last_type(self) -> str | None:
        """The type of the project delivered last; None when none was delivered."""
        project = latest_delivery(self.client, self.as_of)
        return project.type if project else None

    @cached_property
    def projects(self) -> list[Any]:
        """The projects ordered by the day and not cancelled."""
        return counted(self.client.projects, self.as_of)

    @cached_property
    def last_activity_on(self) -> date | None:
        """The recipient's last activity; None when there is none."""
        return last_activity_on(self.recipient)


Said = Callable[[Any, Programme], str]


@dataclass(frozen=True)
class Trait:
    """A property of a client that a campaign can select by.

    Attributes:
        holds: whether a client has the trait, given the value that was filled in; not called for an empty value.
        said: the value as a part of a Dutch sentence about clients.
        unasked: what holds where the trait is not filled in: "alle postcodes"; "" where that needs no words.
        options: for a trait with options: lists them for a programme.
        is_single: a client has at most one of the options.
        is_everybodys: every client has one.
        asks_activity: whether it needs the recipient's last activity to be read.
    """

    name: str
    words: Words
    shape: Shape
    holds: Callable[[Any, Who], bool]
    said: Said
    unasked: str
    options: Callable[[Programme], Sequence[Option]] | None = None
    is_single: bool = False
    is_everybodys: bool = False
    asks_activity: bool = False


def areas_of(text: str) -> tuple[Area, ...] | None:
    """The postcodes that the text names: "8921, 8900-8999, 92" (all that begin with 92); None when it is unclear."""
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


def lies_in(areas: tuple[Area, ...], postcode: str | None) -> bool:
    """Whether a project with this postcode lies in one of these areas."""
    match = _POSTCODE.match(postcode or "")
    return match is not None and any(area.first <= int(match[1]) <= area.last for area in areas)


def _is_in_area(areas: tuple[Area, ...], who: Who) -> bool:
    return any(lies_in(areas, project.postcode) for project in who.projects)


def _was_active(months: int, who: Who) -> bool:
    """Whether the recipient's last activity is at most `months` ago; False when there is none."""
    day = who.last_activity_on
    return day is not None and add_months(day, months) >= who.as_of


def _was_quiet(months: int, who: Who) -> bool:
    """Whether the recipient's last activity is at least `months` ago; False when there is none."""
    day = who.last_activity_on
    return day is not None and add_months(day, months) <= who.as_of


def _people(ids: Sequence[str], programme: Programme) -> str:
    """ "verbouwers of starters"."""
    labels = {option.id: option.label.lower() for option in options.segments(programme)}
    return listed(["overige klanten" if each == "overig" else f"{labels[each]}s" for each in ids], "of")


def _labelled(start: str, choices: Callable[[Programme], Sequence[Option]]) -> Said:
    """Says the labels of the choices behind a beginning; labels of tiers keep their capital."""

    def said(ids: Sequence[str], programme: Programme) -> str:
        labels = {option.id: option.label for option in choices(programme)}
        return f"{start} {listed([labels[each] for each in ids], 'of')}"

    return said


def _typed(start: str, choices: Callable[[Programme], Sequence[Option]]) -> Said:
    """As `_labelled`, of types of project, which stand within the sentence."""
    said = _labelled(start, choices)
    return lambda ids, programme: start + said(ids, programme).removeprefix(start).lower()


def _of_areas(areas: Sequence[Area], _programme: Programme) -> str:
    shown = [f"{area.first}" if area.first == area.last else f"{area.first}–{area.last}" for area in areas]
    return f"met postcode {listed(shown, 'of')}"


def _counted_months(months: int) -> str:
    return "maand" if months == 1 else f"{months} maanden"


_ALL = (
    Trait(
        "segments",
        Words("Segment", "Eén treffer is genoeg. Leeg: dit kenmerk telt niet mee."),
        Shape.SEVERAL,
        lambda ids, who: who.segment in ids,
        _people,
        "alle segmenten",
        options.segments,
        is_single=True,
        is_everybodys=True,
    ),
    Trait(
        "tiers",
        Words("Trede in de club", "De trede van nu. Eén treffer is genoeg."),
        Shape.SEVERAL,
        lambda ids, who: who.tier in ids,
        _labelled("met trede", options.tiers),
        "alle treden",
        options.tiers,
        is_single=True,
        is_everybodys=True,
    ),
    Trait(
        "last_types",
        Words("Laatst opgeleverde project", "Het type van het project dat het laatst is opgeleverd."),
        Shape.SEVERAL,
        lambda types, who: who.last_type in types,
        _typed("met als laatst opgeleverd project een", options.project_types),
        "",
        options.project_types,
        is_single=True,
    ),
    Trait(
        "bought",
        Words("Gekocht", "Heeft ooit zo'n project besteld, opgeleverd of niet; geannuleerd telt niet."),
        Shape.SEVERAL,
        lambda types, who: any(project.type in types for project in who.projects),
        _typed("met een project van het soort", options.project_types),
        "alle soorten projecten",
        options.project_types,
    ),
    Trait(
        "areas",
        Words(
            "Postcodes", "Een project op zo'n postcode: 8921, een reeks 8900-8999, of 89 voor alles dat met 89 begint."
        ),
        Shape.AREAS,
        _is_in_area,
        _of_areas,
        "alle postcodes",
    ),
    Trait(
        "monument",
        Words("Monument", "Heeft een project aan een monument."),
        Shape.FLAG,
        lambda _, who: any(project.monument for project in who.projects),
        lambda *_: "met een monument",
        "met en zonder monument",
    ),
    Trait(
        "active_months",
        Words("Actief in de laatste maanden", "Zoveel maanden of korter geleden iets gedaan. 0: niet."),
        Shape.MONTHS,
        _was_active,
        lambda months, _: f"die in de laatste {_counted_months(months)} actief waren",
        "",
        asks_activity=True,
    ),
    Trait(
        "quiet_months",
        Words("Stil sinds maanden", "Al zoveel maanden niets van gehoord. 0: niet."),
        Shape.MONTHS,
        _was_quiet,
        lambda months, _: f"die al {'een ' if months == 1 else ''}{_counted_months(months)} stil zijn",
        "",
        asks_activity=True,
    ),
)
TRAITS: Mapping[str, Trait] = {trait.name: trait for trait in _ALL}
