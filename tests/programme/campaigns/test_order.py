"""What a filled-in form orders: each fault by itself, at its place, and no fault where there is none."""

from typing import Any

import pytest

from programme.campaigns.campaign import Campaign
from programme.campaigns.form.form_words import MOST_MONTHS, NO_OFFER
from programme.campaigns.form.order import Order, read_order
from programme.campaigns.form.posted_form import audience_fields, fields_of, form_of, strange_fields
from programme.campaigns.texts import INTRO_LENGTH, LINE_LENGTH
from tests.programme.campaigns.test_campaigns import DAY, PROGRAMME, form

SURVEY = {"template": "survey_nps", "subject": "", "intro": None, "offer": NO_OFFER}
WEBINAR = {
    "template": "webinar_invitation",
    "event_on": "2026-03-12",
    "event_time": "19:30",
    "link_url": "https://w.nl",
}


def order(audience: Any = None, sending: Any = None, **message: Any) -> Order:
    return read_order(PROGRAMME, form(audience, sending, **message), DAY)


def places(found: Order) -> list[str]:
    return [fault.place for fault in found.faults]


@pytest.mark.parametrize(
    ("message", "place", "words"),
    [
        ({"name": ""}, "name", "is leeg"),
        ({"name": "!"}, "name", "kan niet"),
        ({"template": ""}, "template", "is leeg. Kies uit: "),
        ({"template": "Kerstkaart"}, "template", "'Kerstkaart' bestaat niet"),
        ({"offer": "GRATIS"}, "offer", "'GRATIS' bestaat niet"),
        ({"subject": "x" * (LINE_LENGTH + 1)}, "subject", f"is {LINE_LENGTH + 1} tekens lang"),
        ({"intro": "x" * (INTRO_LENGTH + 1), "body": ""}, "intro", f"is {INTRO_LENGTH + 1} tekens lang"),
        ({"title": 7}, "title", "'7' is geen tekst"),
        ({"event_on": "morgen"}, "event_on", "is geen dag"),
        ({**WEBINAR, "event_on": "morgen"}, "event_on", "is geen dag"),
        ({**WEBINAR, "event_on": None}, "event_on", "is leeg"),
        ({**WEBINAR, "event_on": "2026-03-01"}, "event_on", "ligt voor de dag van verzending"),
    ],
)
def test_a_fault_of_the_message_stands_at_its_field(message: dict[str, Any], place: str, words: str) -> None:
    """Once, with what is wrong; what was filled in wrongly is not called empty as well."""
    found = order(**message)
    assert found.campaign is None
    assert places(found) == [place]
    assert words in found.faults[0]


@pytest.mark.parametrize("group", ["message", "audience", "sending"])
def test_a_group_that_is_none_is_a_fault(group: str) -> None:
    """With the UI's checks switched off anything may come in."""
    found = read_order(PROGRAMME, form() | {group: ["x"]}, DAY)
    assert (found.faults[0].place, "hier hoort een groep velden te staan" in found.faults[0]) == (group, True)


def test_a_survey_has_its_own_words() -> None:
    """Whatever else is filled in is refused, field by field; an empty field and no offer are nothing."""
    assert places(order(**SURVEY)) == []
    found = order(**SURVEY | {"subject": "Hoi", "body": "Hoi", "offer": "LOYAL15"})
    assert places(found) == ["body", "offer", "subject"]
    assert "Onderwerp: hoort niet bij een enquête, want die heeft eigen woorden. Maak dit leeg." in found.faults


@pytest.mark.parametrize(
    "message", [{"subject": "x" * LINE_LENGTH}, {**WEBINAR, "event_on": "2026-03-02"}, {"offer": NO_OFFER}]
)
def test_the_most_that_is_allowed_is_allowed(message: dict[str, Any]) -> None:
    """A line of the greatest length, and an event on the very day of sending."""
    assert places(order(**message)) == []


@pytest.mark.parametrize("months", [MOST_MONTHS + 1, -1, 1.5, "6", True])
def test_months_are_a_whole_number_up_to_the_most(months: object) -> None:
    assert places(order({"all_of": {"quiet_months": months}})) == ["all_of.quiet_months"]
    assert places(order({"all_of": {"quiet_months": MOST_MONTHS}})) == []


def test_one_choice_needs_no_list() -> None:
    """Of a trait with several, as somebody may send it to the API."""
    found = order({"all_of": {"segments": "Verbouwer"}})
    assert isinstance(found.campaign, Campaign)
    assert found.campaign.audience.all_of.values == {"segments": ("verbouwer",)}


@pytest.mark.parametrize(
    ("audience", "sending", "message", "is_counted"),
    [
        ({}, {}, {}, True),
        ({}, {}, {"subject": "", "name": "!"}, True),
        ({}, {"test_address": "ik"}, {}, True),
        ({"all_of": {"areas": "Friesland"}}, {}, {}, False),
        ({"all_of": {"monument": True}, "none_of": {"monument": True}}, {}, {}, False),
        ({}, {"day": "morgen"}, {}, False),
        ({}, {"day": "2026-03-09", "hour": "03:00"}, {}, False),
        ({}, ["x"], {}, False),
        ({}, {}, {"template": ""}, False),
    ],
)
def test_whom_it_reaches_is_counted_before_its_texts_are_ready(
    audience: Any, sending: Any, message: dict[str, Any], is_counted: bool
) -> None:
    """Where template, audience and moment are known; a fault in one of these would give another number."""
    assert (order(audience, sending, **message).people is not None) is is_counted


def test_a_form_of_a_template_that_is_gone_keeps_its_name_alone() -> None:
    """So that the reading can refuse it; and a time without a day is no moment."""
    found = form_of(PROGRAMME, {"template": "old", "name": "Lente", "subject": "x", "hour": "10:00"})
    assert found == {"message": {"name": "Lente", "template": "old"}, "audience": {}, "sending": {}}


def test_the_page_knows_choices_by_their_ids() -> None:
    """One or several; what is not filled in is no field."""
    assert fields_of(PROGRAMME, {"message": {"template": "Nieuwsbrief"}}) == {"template": "newsletter"}
    assert audience_fields(PROGRAMME, {"all_of": {"segments": "Verbouwer"}}) == {"all_of.segments.verbouwer": "on"}
    assert audience_fields(PROGRAMME, {"any_of": {"monument": False, "areas": "", "quiet_months": 0}}) == {}
    assert strange_fields(PROGRAMME, {"all_of.segments": "verbouwer", "all_of.areas": "89"}) == {
        "all_of.segments": "verbouwer"
    }
