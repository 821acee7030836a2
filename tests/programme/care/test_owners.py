"""Who has a case: the first of its level who is there, else somebody of the next (care.md 7.3, "Who")."""

import pytest

from programme.care.cases.owners import Owner, owner_of, raised
from programme.terms.tables.payout_terms import Person
from programme.words.states import Level, Role


def person(name: str, *roles: Role) -> Person:
    return Person(name=name, email=f"{name.lower()}@bureau.nl", roles=roles)


ENGINEER, OTHER = person("Sanne", Role.ENGINEER), person("Wim", Role.ENGINEER)
MANAGER, SECOND = person("Bas", Role.MANAGER), person("Esther", Role.MANAGER)
BOARD, BOTH = person("Anke", Role.MANAGEMENT), person("Piet", Role.APPROVER, Role.MANAGEMENT)
PEOPLE = (OTHER, ENGINEER, MANAGER, SECOND, BOARD, BOTH)


@pytest.mark.parametrize(
    ("level", "engineer", "away", "owner"),
    [
        (Level.ENGINEER, "Sanne", (), Owner(Level.ENGINEER, ENGINEER)),
        (Level.ENGINEER, " sanne ", (), Owner(Level.ENGINEER, ENGINEER)),
        (Level.ENGINEER, "Sanne", ("Sanne",), Owner(Level.MANAGER, MANAGER)),
        (Level.ENGINEER, "Bas", (), Owner(Level.MANAGER, MANAGER)),  # known, and no engineer
        (Level.ENGINEER, "Niemand", (), Owner(Level.MANAGER, MANAGER)),
        (Level.ENGINEER, None, (), Owner(Level.MANAGER, MANAGER)),
        (Level.MANAGER, "Sanne", (), Owner(Level.MANAGER, MANAGER)),
        (Level.MANAGER, "Sanne", ("Bas",), Owner(Level.MANAGER, SECOND)),
        (Level.MANAGER, "Sanne", ("Bas", "Esther"), Owner(Level.MANAGEMENT, BOARD)),
        (Level.MANAGEMENT, None, ("Anke",), Owner(Level.MANAGEMENT, BOTH)),
        (Level.MANAGEMENT, None, ("Anke", "Piet"), Owner(Level.MANAGEMENT, BOARD)),
    ],
)
def test_the_first_person_of_a_level_who_is_there(
    level: Level, engineer: str | None, away: tuple[str, ...], owner: Owner
) -> None:
    """Of engineers only that of the project; where nobody of management is there, its first."""
    assert owner_of(PEOPLE, away, level, engineer) == owner


def test_a_firm_without_management_has_no_owner() -> None:
    """The check of the programme file asks for somebody."""
    with pytest.raises(LookupError, match="management"):
        owner_of((ENGINEER,), ("Sanne",), Level.ENGINEER, "Sanne")


def test_a_level_rises_to_management_at_most() -> None:
    assert [raised(Level.ENGINEER, by) for by in range(4)] == [
        Level.ENGINEER,
        Level.MANAGER,
        Level.MANAGEMENT,
        Level.MANAGEMENT,
    ]
