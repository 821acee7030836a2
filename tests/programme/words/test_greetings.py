"""What a mail begins with, for names as a CRM holds them; the short way of greeting says what the rules say."""

import re

import pytest

from programme.words.naming import greetings

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
    "Tav",
    "Fam",
    "Test",
    "Hré",
    "Wijlen",
    "AN",
    "A.",
    "J.P.",
    "A. & M.",
    "Dr.",
    "Drs",
    "Mr",
)
REST = (
    "",
    " Vries",
    " de Vries",
    " van 't Hof",
    " Hof-Øst",
    " O'Brien",
    " van den Berg",
    " de",
    " overleden",
    " (belt vaak)",
    " DE BOER",
    " de Boer MSc",
    ", Jan",
)


@pytest.mark.parametrize("first", FIRST)
@pytest.mark.parametrize("rest", REST)
def test_a_plain_name_is_greeted_by_the_same_rules(monkeypatch: pytest.MonkeyPatch, first: str, rest: str) -> None:
    """Names that are greeted without a closer look get the greeting of a closer look."""
    short = greetings.addressed(first + rest, company=False)
    monkeypatch.setattr(greetings, "_PLAIN", NEVER)

    assert short == greetings.addressed(first + rest, company=False)


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("De heer en mevrouw Jansen", "Beste heer en mevrouw Jansen,"),
        ("Dhr. & Mevr. A. de Boer", "Beste heer en mevrouw De Boer,"),
        ("DHR. EN MEVR. VAN DAM", "Beste heer en mevrouw Van Dam,"),
        ("Dhr. J. en mevr. A. de Vries", "Goedendag,"),
        ("Dhr./Mevr. Jansen", "Goedendag,"),
        ("Mevr. de Heer", "Beste mevrouw De Heer,"),
        ("Dhr. VAN DAM", "Beste heer Van Dam,"),
        ("Familie DE VRIES-BOS", "Beste familie De Vries-Bos,"),
        ("T.a.v. Jan Bos", "Goedendag,"),
        ("Attn Jan Bos", "Goedendag,"),
        ("Anna Bos p/a mevr. Vos", "Goedendag,"),
        ("Tavi Bos", "Beste Tavi Bos,"),
        ("Jan & Marie de Boer", "Beste Jan en Marie de Boer,"),
    ],
)
def test_a_couple_is_greeted_as_two_people_or_without_a_name(name: str, greeting: str) -> None:
    """ "En" never becomes a surname, and a form's "Dhr./Mevr." never stands in a greeting."""
    assert greetings.greeting(name) == greeting


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("Dhr. v.d. Berg", "Beste heer V.d. Berg,"),
        ("Dhr. K. v.d. Berg", "Beste heer V.d. Berg,"),
        ("K. V.D. BERG", "Beste K. v.d. Berg,"),
        ("dhr. Chr. van Dijk", "Beste heer Van Dijk,"),
        ("Mevr A de Vries", "Beste mevrouw De Vries,"),
        ("Dhr.J. de Vries", "Beste heer De Vries,"),
        ("Fam.de Vries", "Beste familie De Vries,"),
        ("Jan&Marie de Boer", "Beste Jan en Marie de Boer,"),
        ("ANNA BAKKER-DE JONG", "Beste Anna Bakker-de Jong,"),
        ("J. UIT DEN BOGAARD", "Beste J. uit den Bogaard,"),
        ("SINEAD O'BRIEN", "Beste Sinead O'Brien,"),
        ("DHR. J. 'T HOOFT", "Beste heer 't Hooft,"),
        ("K. Smit, MSc", "Beste K. Smit,"),
        ("Drs K. Smit", "Beste K. Smit,"),
        ("Ing Yoe Tan", "Beste Ing Yoe Tan,"),
        ("Anna de Vries,", "Beste Anna de Vries,"),
        ("Mevr.", "Goedendag,"),
        ("Dhr. J.", "Goedendag,"),
        ("De heer", "Goedendag,"),
        ("Relatie", "Goedendag,"),
    ],
)
def test_a_name_is_greeted_as_the_dutch_write_it(name: str, greeting: str) -> None:
    """A surname keeps its "v.d.", a title stays on the envelope, and a title without a name is no name."""
    assert greetings.greeting(name) == greeting


@pytest.mark.parametrize(
    "name",
    [
        "😀 Piet 😀",
        "Piet ☎ Bos",
        "Jan; DROP TABLE clients;--",
        "A" * 90 + " Bos",
        "www.winnen.example",
        "Win op winnen.com",
        "http://a.b",
    ],
)
def test_no_greeting_holds_what_no_name_holds(name: str) -> None:
    """A name with a sign that stands in none, or too long to be shown whole, is greeted without it."""
    assert greetings.greeting(name) == "Goedendag,"
