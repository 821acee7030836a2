"""What is approved, who may answer, and until when."""

from datetime import UTC, datetime, timedelta

import pytest

from programme.campaigns.go import (
    GoParts,
    approvers,
    changed_words,
    expires_at,
    may_answer,
    may_stop,
    moment_text,
)
from programme.terms.tables.payout_terms import Person
from programme.words.dates import AMSTERDAM
from programme.words.states import Role
from tests.factories import shipped_programme

ANKE = Person(name="Anke Wiersma", email="anke@bureau.nl", roles=(Role.MARKETING_APPROVER,))
BAS = Person(name="Bas Hoekstra", email="bas@bureau.nl", roles=(Role.MARKETING_APPROVER, Role.MANAGER))
ESTHER = Person(name="Esther van Dam", email="esther@bureau.nl", roles=(Role.MANAGER,))
AT = datetime(2026, 3, 3, 9, 40, tzinfo=UTC)
PARTS = GoParts("wie", "wat", "wanneer", "waarvan")


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("who", "wie de mail krijgt"),
        ("what", "de tekst, het sjabloon of het aanbod"),
        ("when", "het moment"),
        ("made_of", "een vaste tekst of de opmaak van het bureau"),
    ],
)
def test_each_part_is_of_the_digest_and_is_named_when_it_changes(part: str, words: str) -> None:
    """Any other part is another digest, and the sentence names just that part."""
    other = PARTS._replace(**{part: "iets anders"})
    assert other.digest != PARTS.digest
    assert changed_words(PARTS.marks(), other.marks()) == words
    assert changed_words(PARTS.marks(), PARTS.marks()) == ""


def test_no_text_moves_from_one_part_to_the_next() -> None:
    """Two campaigns whose parts join to the same text are two."""
    assert GoParts("ab", "c", "", "").digest != GoParts("a", "bc", "", "").digest


def test_a_moment_is_the_same_in_every_zone() -> None:
    """What comes back from the database in UTC is the moment that was approved in Amsterdam."""
    assert moment_text(AT) == moment_text(AT.astimezone(AMSTERDAM)) != moment_text(AT + timedelta(minutes=1))
    assert moment_text(None) == ""


@pytest.mark.parametrize(
    ("person", "asked_by", "same_person", "may"),
    [
        (BAS, "Esther van Dam", False, True),
        (BAS, "Bas Hoekstra", False, False),
        (BAS, " bas  hoekstra", False, False),
        (BAS, "Bas Hoekstra", True, True),
        (ESTHER, "Bas Hoekstra", False, False),
        (ESTHER, "Esther van Dam", True, False),
        (BAS, "", False, True),
    ],
)
def test_who_may_answer(person: Person, asked_by: str, same_person: bool, may: bool) -> None:
    """Somebody with the role, and another than who asked unless the programme says otherwise."""
    assert may_answer(person, asked_by, same_person) is may
    assert (person in approvers((person,), asked_by, same_person)) is may


def test_who_may_stop() -> None:
    """Who started it, and whoever may approve; nobody else, also of a campaign that Prefect's form started."""
    assert may_stop(ESTHER, "Esther van Dam")
    assert may_stop(ANKE, "Esther van Dam")
    assert not may_stop(ESTHER, "Bas Hoekstra")
    assert not may_stop(ESTHER, "")


def test_a_question_never_outlives_its_moment() -> None:
    """Three days over a weekend, and not longer than the moment that it is about."""
    assert expires_at(AT, None) == AT + timedelta(days=3)
    assert expires_at(AT, AT + timedelta(hours=2)) == AT + timedelta(hours=2)
    assert expires_at(AT, AT + timedelta(days=30)) == AT + timedelta(days=3)


def test_the_check_of_the_programme_says_who_is_missing() -> None:
    """With two approvers nothing; with one, what that person cannot do; with none, what nobody can."""
    from cli.commands.programme import approvers_sentence

    shipped = shipped_programme()
    assert approvers_sentence(shipped) == ""
    one = shipped.model_copy(update={"people": (BAS, ESTHER)})
    assert "Bas Hoekstra alone" in approvers_sentence(one)
    assert "nobody can give the go" in approvers_sentence(one)
    alone = one.model_copy(update={"campaigns_go": one.campaigns_go.model_copy(update={"same_person": True})})
    assert "own campaigns too" in approvers_sentence(alone)
    assert "nobody has the role" in approvers_sentence(shipped.model_copy(update={"people": (ESTHER,)}))
