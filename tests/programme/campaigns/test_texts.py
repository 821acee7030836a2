"""The texts of a campaign as its mails hold them, and the words of the mails about it to people of the firm."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from programme.campaigns.staff_mails import answer_values, asking_values, moment_words, stopped_values
from programme.campaigns.texts import EMPTY, CampaignTexts, body_parts, copy_of, texts_of
from tests.factories import shipped_programme

PROGRAMME = shipped_programme()


def stored(**written: Any) -> dict[str, Any]:
    """What differs from nothing at all."""
    texts = texts_of(copy_of(PROGRAMME, "lente", CampaignTexts(**{"subject": "Nieuws"} | written)))
    assert texts.keys() == EMPTY.keys()
    return {name: text for name, text in texts.items() if text}


PLAIN = {"subject": "Nieuws", "title": "Nieuws", "preheader": "Nieuws"}


@pytest.mark.parametrize(
    ("written", "changes"),
    [
        ({}, {}),
        ({"title": " Kom ook "}, {"title": "Kom ook"}),
        ({"intro": "Dag."}, {"intro": "Dag.", "preheader": "Dag."}),
        ({"body": "- een\n\nEn dan."}, {"body": [["een"], "En dan."], "preheader": "En dan."}),
        ({"body": "- een"}, {"body": [["een"]]}),
        ({"intro": "Dag.", "body": "En dan."}, {"intro": "Dag.", "body": ["En dan."], "preheader": "Dag."}),
        ({"link_label": "Lees"}, {}),
        ({"link_url": "https://a.nl/x"}, {"link_url": "https://a.nl/x", "link_label": "Lees meer"}),
        ({"link_url": "https://a.nl/x", "link_label": "Lees"}, {"link_url": "https://a.nl/x", "link_label": "Lees"}),
        ({"place": " Leeuwarden"}, {"place": "Leeuwarden"}),
        ({"valid_from": date(2026, 4, 1)}, {"valid_from": "1 april 2026"}),
        ({"event_on": date(2026, 12, 3)}, {"event": "2026-12-03", "when": "donderdag 3 december 2026"}),
        ({"event_time": time(19, 30)}, {"when": "19.30 uur"}),
        (
            {"event_on": date(2026, 12, 3), "event_time": time(19, 30)},
            {"event": "2026-12-03T19:30", "when": "donderdag 3 december 2026, 19.30 uur"},
        ),
    ],
)
def test_what_was_not_written_is_filled_in_or_left_out(written: dict[str, Any], changes: dict[str, Any]) -> None:
    """The title is the subject; before the mail is opened its first words are shown; a button needs a link."""
    assert stored(**written) == PLAIN | changes


def test_a_copy_of_nothing_is_empty() -> None:
    assert texts_of("") == EMPTY


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        ("- een\n- twee\n  vervolg", [["een", "twee vervolg"]]),
        ("Kop:\n- een\n* twee\n• drie", ["Kop:", ["een", "twee", "drie"]]),
        ("- \u200b\n- een", [["een"]]),
        ("- \u200b", []),
        ("", []),
    ],
)
def test_a_line_goes_on_with_the_dash_above_it(body: str, parts: list[Any]) -> None:
    """A dash without words is none."""
    assert body_parts(body) == parts


MOMENT = datetime(2026, 3, 9, 15, 0, tzinfo=UTC)


def test_a_moment_is_said_in_amsterdams_time() -> None:
    """Without one it goes at once."""
    assert moment_words(MOMENT) == "op maandag 9 maart 2026 om 16.00 uur"
    assert moment_words(None) == "zodra er akkoord is"


def test_who_is_asked_reads_whom_it_reaches_and_when() -> None:
    """And who asks; a start in Prefect does not say by whom."""
    asked = asking_values("lente", "alle klanten", 1_284, MOMENT, "Esther van Dam")
    assert asked["about"] == "Alle klanten; 1.284 mensen; op maandag 9 maart 2026 om 16.00 uur."
    assert str(asked["ask"]).startswith("Esther van Dam vraagt om akkoord.")
    assert (asked["reason"], asked["has_reason"]) == ("", False)
    nameless = asking_values("lente", "alle klanten", 1, None, "")
    assert str(nameless["ask"]).startswith("De campagne is in Prefect gestart en vraagt om akkoord.")


def test_who_asked_reads_the_answer() -> None:
    """A no with its reason, and that nothing was sent; so does a campaign that was held back."""
    yes, no = (answer_values("lente", is_yes, "Anke Wiersma", "Te druk.") for is_yes in (True, False))
    assert (yes["title"], yes["has_reason"]) == ("Akkoord voor campagne lente", False)
    assert (no["title"], no["reason"], no["has_reason"]) == ("Geen akkoord voor campagne lente", "Te druk.", True)
    assert "Er is niets verstuurd." in str(no["about"])
    held = stopped_values("lente", "De tekst is anders.")
    assert (held["reason"], held["has_reason"]) == ("De tekst is anders.", True)
