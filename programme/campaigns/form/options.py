"""The options of the campaign form, as the programme file defines them."""

from collections.abc import Sequence
from typing import NamedTuple

from programme.campaigns.form.form_words import NO_OFFER
from programme.campaigns.go import is_approver
from programme.terms.schema import Programme
from programme.words.wording import listed

NO_TIER = "geen"  # the option for clients without a tier


class Option(NamedTuple):
    """One option of a field: its id in the programme, and its label in the form."""

    id: str
    label: str


def templates(programme: Programme) -> list[Option]:
    """The campaign templates."""
    return [Option(name, template.label) for name, template in programme.campaigns.items()]


def segments(programme: Programme) -> list[Option]:
    """The segments."""
    return [Option(segment.id, segment.label) for segment in programme.segments]


def tiers(programme: Programme) -> list[Option]:
    """The tiers, and the option for no tier."""
    return [*(Option(tier.id, tier.label) for tier in programme.tiers), Option(NO_TIER, "Geen trede")]


def offers(programme: Programme) -> list[Option]:
    """The option for no offer, and the discount codes."""
    shown = [Option(code, f"{code} ({terms.percent}%)") for code, terms in programme.offers.items()]
    return [Option("", NO_OFFER), *shown]


def project_types(programme: Programme) -> list[Option]:
    """The project types."""
    return [Option(name, label) for name, label in programme.types.labels.items()]


def marketing_approvers(programme: Programme) -> list[Option]:
    """Who may give a campaign its go."""
    return [Option(person.name, person.name) for person in programme.people if is_approver(person)]


def chosen_of(found: object, options: Sequence[Option]) -> str | None:
    """The id of the option with this id or label, without regard to case; None when there is none."""
    wanted = str(found).strip().casefold()
    return next((option.id for option in options if wanted in (option.id.casefold(), option.label.casefold())), None)


def choices_of(options: Sequence[Option]) -> str:
    """ "Brons, Zilver of Goud", for a message."""
    return listed([option.label for option in options], "of")
