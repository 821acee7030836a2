"""An audience that nobody can be in: what a marketer asked for excludes itself, whatever the facts are."""

from collections.abc import Iterator
from typing import Any

from programme.campaigns.audience.audiences import Audience
from programme.campaigns.audience.traits import TRAITS, Area, Shape
from programme.campaigns.form.form_words import AUDIENCE, GROUPS
from programme.terms.schema import Programme

Asked = tuple[str, Any]
"""A trait's name, and what was filled in."""


def contradictions(programme: Programme, audience: Audience) -> list[str]:
    """Dutch sentences, one for each contradiction; none for an audience that somebody may be in.

    A tier without members is no contradiction: the facts may change.
    """
    every, none = list(audience.all_of.values.items()), list(audience.none_of.values.items())
    found = [_both(name, "all_of") for name, value in every if any(_excludes(each, (name, value)) for each in none)]
    found += [_emptied(name) for name, value in none if _excludes_all(programme, name, value)]
    found += [_months(shortest, longest) for shortest, longest in _too_quiet(every)]
    some = list(audience.any_of.values.items())
    if some and not found and all(_cannot_be(each, every, none) for each in some):
        found.append(
            f"{GROUPS['audience'].label}, {AUDIENCE['any_of'].label}: geen hiervan kan samengaan met de rest van de "
            "doelgroep, dus zo krijgt niemand de mail. Pas een van beide aan."
        )
    return found


def _cannot_be(asked: Asked, every: list[Asked], none: list[Asked]) -> bool:
    """Whether who has this can have nothing of the rest."""
    if any(_excludes(each, asked) for each in none) or any(True for _ in _too_quiet([*every, asked])):
        return True
    name, value = asked
    return any(TRAITS[other].is_single and other == name and not set(value) & set(values) for other, values in every)


def _excludes(without: Asked, asked: Asked) -> bool:
    """Whether nobody who has what is asked is without the other."""
    (name, value), (other, wanted) = without, asked
    if (name, other) == ("bought", "last_types"):  # who had it delivered has ordered it
        return set(wanted) <= set(value)
    if name != other:
        return False
    match TRAITS[name].shape:
        case Shape.SEVERAL:
            return set(wanted) <= set(value)
        case Shape.AREAS:
            return _codes(wanted) <= _codes(value)
        case Shape.MONTHS:
            return bool(wanted <= value if name == "active_months" else wanted >= value)
        case _:
            return True


def _excludes_all(programme: Programme, name: str, value: Any) -> bool:
    """Whether everybody has one of these: a trait of which each client has exactly one."""
    trait = TRAITS[name]
    if not (trait.is_single and trait.is_everybodys and trait.options):
        return False
    return {option.id for option in trait.options(programme)} <= set(value)


def _too_quiet(asked: list[Asked]) -> Iterator[tuple[int, int]]:
    """Who must have been active in fewer months than he must have been quiet."""
    active = [value for name, value in asked if name == "active_months"]
    quiet = [value for name, value in asked if name == "quiet_months"]
    if active and quiet and min(active) < max(quiet):
        yield min(active), max(quiet)


def _codes(areas: tuple[Area, ...]) -> set[int]:
    return {code for area in areas for code in range(area.first, area.last + 1)}


def _both(name: str, group: str) -> str:
    return (
        f"{GROUPS['audience'].label}, {TRAITS[name].words.label}: wat onder '{AUDIENCE[group].label}' staat, wordt "
        f"onder '{AUDIENCE['none_of'].label}' weer uitgesloten, dus zo krijgt niemand de mail. Haal een van beide weg."
    )


def _emptied(name: str) -> str:
    return (
        f"{GROUPS['audience'].label}, {TRAITS[name].words.label}: onder '{AUDIENCE['none_of'].label}' staat elke "
        "mogelijkheid, dus zo krijgt niemand de mail. Haal er ten minste één weg."
    )


def _months(active: int, quiet: int) -> str:
    return (
        f"{GROUPS['audience'].label}: actief in de laatste {active} maanden en stil sinds {quiet} maanden gaat niet "
        "samen, dus zo krijgt niemand de mail. Haal een van beide weg."
    )
