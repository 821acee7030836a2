"""Days, times, people and faults of the campaign form, each by itself."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from programme.campaigns.form.faults import FormFault
from programme.campaigns.form.moments import read_day, read_time
from programme.campaigns.form.options import marketing_approvers
from programme.campaigns.form.text_faults import text_faults
from programme.campaigns.texts import CampaignTexts
from programme.terms.tables.payout_terms import Person
from programme.verdict.findings import Code, Finding
from programme.words.states import Role
from tests.factories import shipped_programme


@pytest.mark.parametrize(
    ("found", "day"),
    [
        (date(2026, 3, 1), date(2026, 3, 1)),
        ("2026-03-01", date(2026, 3, 1)),
        ("2026-03-01T00:00:00", date(2026, 3, 1)),  # as a field of Prefect's form may send it
        ("2000-01-01", date(2000, 1, 1)),
        ("2999-12-31", date(2999, 12, 31)),
    ],
)
def test_a_day_is_a_day_or_its_iso_date(found: object, day: date) -> None:
    assert read_day(found) == day


@pytest.mark.parametrize(
    "found", ["", "morgen", "1-3-2026", 3, "1999-12-31", "3000-01-01", datetime(2026, 3, 1, tzinfo=UTC)]
)
def test_what_is_no_day_is_refused(found: object) -> None:
    """So is a year that nobody can mean, and a moment, whose day depends on where one is."""
    with pytest.raises(ValueError):
        read_day(found)


@pytest.mark.parametrize(
    ("found", "moment"),
    [
        ("19:30", time(19, 30)),
        ("9.05 uur", time(9, 5)),
        (" 00:00 ", time(0, 0)),
        ("23.59UUR", time(23, 59)),
        (time(19, 30), None),
        ("24:00", None),
        ("19:60", None),
        ("19", None),
    ],
)
def test_a_time_is_read_as_people_write_it(found: object, moment: time | None) -> None:
    """With a point or a colon; anything else is refused."""
    if moment:
        assert read_time(found) == moment
        return
    with pytest.raises(ValueError):
        read_time(found)


def test_a_fault_knows_its_place() -> None:
    """It is about its field, and about the group that the field is in; about no other."""
    fault = FormFault("Postcodes: zo kan het niet.", "none_of.areas")
    assert fault.is_about(["day", "none_of.areas"])
    assert fault.is_about(["none_of"])
    assert not fault.is_about(["all_of", "areas", "none_of.tiers"])
    assert FormFault("Dag: is leeg.", "day").is_about(["day"])


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("Onderwerp: is leeg. Schrijf een onderwerpregel.", "Is leeg. Schrijf een onderwerpregel."),
        ("Link: 'x: y' is geen link.", "'x: y' is geen link."),
        ("hier klopt iets niet", "Hier klopt iets niet"),
    ],
)
def test_beside_its_field_a_fault_does_not_name_it(sentence: str, text: str) -> None:
    """It begins like any sentence."""
    assert FormFault(sentence, "subject").text == text


def test_only_who_may_give_a_go_can_be_chosen_for_it() -> None:
    """Others of the firm are not offered."""
    people = (
        Person(name="Anke Wiersma", email="anke@bureau.nl", roles=(Role.MARKETING_APPROVER,)),
        Person(name="Esther van Dam", email="esther@bureau.nl", roles=(Role.MANAGER, Role.APPROVER)),
    )
    found = marketing_approvers(shipped_programme().model_copy(update={"people": people}))
    assert [each.id for each in found] == ["Anke Wiersma"]


GOOD: dict[str, Any] = {"subject": "Nieuws", "intro": "Hallo."}


@pytest.mark.parametrize(
    ("changes", "places"),
    [
        ({}, []),
        ({"intro": "", "body": "Hallo."}, []),
        ({"link_url": "https://a.nl/x", "link_label": "Lees"}, []),
        ({"link_label": "  "}, []),
        ({"subject": " \u200b"}, ["subject"]),
        ({"intro": " "}, ["body"]),
        ({"link_url": "a.nl"}, ["link_url"]),
        ({"link_label": "Lees"}, ["link_label"]),
        ({"subject": "Voor [NAAM]"}, ["subject"]),
        ({"title": "{{kop}}"}, ["title"]),
        ({"place": "[PLAATS]"}, ["place"]),
        ({"link_url": "https://a.nl/x", "link_label": "[KNOP]"}, ["link_label"]),
        ({"intro": "Beste Jan,"}, ["intro"]),
        ({"body": "Hallo Jan,\n\nLees dit."}, ["body"]),
        ({"title": "Beste Jan,"}, []),
    ],
)
def test_what_is_wrong_with_texts_stands_at_its_field(changes: dict[str, str], places: list[str]) -> None:
    """A subject and some text there must be; no field of another program, and no second greeting in the text."""
    assert [place for place, _ in text_faults(CampaignTexts(**GOOD | changes))] == places


def test_the_sentence_of_a_finding_goes_on_after_the_name_of_its_field() -> None:
    """It begins small, and is otherwise that of the verdict."""
    finding = Finding(Code.LEFTOVER, "subject", "[NAAM]").sentence
    assert list(text_faults(CampaignTexts(**GOOD | {"subject": "Voor [NAAM]"}))) == [
        ("subject", finding[0].lower() + finding[1:])
    ]
