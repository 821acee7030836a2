"""The short way of greeting a name says what the rules say."""

import re

import pytest

from programme.words import greetings

NEVER = re.compile(r"(?!)")
FIRST = (
    "Anna",
    "Élise",
    "Þor",
    "De",
    "De Heer",
    "De heer",
    "Heer",
    "Mevrouw",
    "Dhr",
    "Fam",
    "Test",
    "Hré",
    "Wijlen",
    "AN",
)
REST = (
    "",
    " Vries",
    " de Vries",
    " van 't Hof",
    " Hof-Øst",
    " O'Brien",
    " overleden",
    " (belt vaak)",
    " DE BOER",
    ", Jan",
)


@pytest.mark.parametrize("first", FIRST)
@pytest.mark.parametrize("rest", REST)
def test_a_plain_name_is_greeted_by_the_same_rules(monkeypatch: pytest.MonkeyPatch, first: str, rest: str) -> None:
    """Names that are greeted without a closer look get the greeting of a closer look."""
    short = greetings.addressed(first + rest, company=False)
    monkeypatch.setattr(greetings, "_PLAIN", NEVER)

    assert short == greetings.addressed(first + rest, company=False)
