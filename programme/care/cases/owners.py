"""Who has a case or a task: levels, and the person of a level who is there (care.md 7.3, "Who")."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from programme.terms.tables.payout_terms import Person
from programme.words.naming.people import name_key
from programme.words.states import Level, Role, Severity

LEVELS = tuple(Level)
LEVEL_OF = {Severity.MINOR: Level.ENGINEER, Severity.MEDIUM: Level.MANAGER, Severity.MAJOR: Level.MANAGEMENT}


class Owner(NamedTuple):
    """Who has it now: the level of the person, who may stand in for a lower one."""

    level: Level
    person: Person


def raised(level: Level, by: int) -> Level:
    """The level so many steps higher; management at most."""
    return LEVELS[min(LEVELS.index(level) + by, len(LEVELS) - 1)]


def highest(*levels: Level | None) -> Level:
    """The highest of these levels; None counts for none."""
    return max((level for level in levels if level), key=LEVELS.index)


def heavier(one: Severity, other: Severity) -> Severity:
    """The weightier of two."""
    return max(one, other, key=list(LEVEL_OF).index)


def owner_of(people: Sequence[Person], away: Collection[str], level: Level, engineer: str | None) -> Owner:
    """The person who has what asks for this level; where nobody of it is there, one of the next.

    Args:
        away: the names of those who are away now.
        engineer: of the project that it is about; somebody who is not among the people counts as nobody.

    Raises:
        LookupError: nobody has the role management; a checked programme file has somebody.
    """
    for each in LEVELS[LEVELS.index(level) :]:
        there = [person for person in _of_level(people, each, engineer) if person.name not in away]
        if there:
            return Owner(each, there[0])
    for person in _of_level(people, Level.MANAGEMENT, None):
        return Owner(Level.MANAGEMENT, person)
    raise LookupError("nobody in [[people]] has the role management")


def _of_level(people: Sequence[Person], level: Level, engineer: str | None) -> list[Person]:
    """Those whom a level asks, in order of standing in; of engineers only the one of the project."""
    role = Role(level.value)
    of_role = [person for person in people if role in person.roles]
    if level is not Level.ENGINEER:
        return of_role
    return [person for person in of_role if engineer and name_key(person.name) == name_key(engineer)]
