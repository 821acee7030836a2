"""What a marketer can choose from in the campaign form, as the programme has it."""

from collections.abc import Sequence
from typing import NamedTuple

from programme.campaigns.form_words import NO_OFFER
from programme.terms.schema import Programme
from programme.words.states import ProjectType
from programme.words.wording import PROJECT_LABELS, listed

NO_TIER = "geen"  # of clients without a tier


class Option(NamedTuple):
    """One choice of a field: as the programme knows it, and as the form shows it."""

    id: str
    label: str


def templates(programme: Programme) -> list[Option]:
    return [Option(name, template.label) for name, template in programme.campaigns.items()]


def segments(programme: Programme) -> list[Option]:
    return [Option(segment.id, segment.label) for segment in programme.segments]


def tiers(programme: Programme) -> list[Option]:
    return [*(Option(tier.id, tier.label) for tier in programme.tiers), Option(NO_TIER, "Geen trede")]


def offers(programme: Programme) -> list[Option]:
    shown = [Option(code, f"{code} ({terms.percent}%)") for code, terms in programme.offers.items()]
    return [Option("", NO_OFFER), *shown]


def project_types(_programme: Programme) -> list[Option]:
    return [Option(kind.value, PROJECT_LABELS[kind]) for kind in ProjectType]


def chosen_of(found: object, options: Sequence[Option]) -> str | None:
    """The option's id, by its id or by its label."""
    wanted = str(found).strip().casefold()
    return next((option.id for option in options if wanted in (option.id.casefold(), option.label.casefold())), None)


def choices_of(options: Sequence[Option]) -> str:
    """ "Brons, Zilver of Goud"."""
    return listed([option.label for option in options], "of")
