"""The composer's form and the order are two faces of one campaign: nothing changes on the way, nothing falls out."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.campaigns.audience.audiences import Audience, Traits
from programme.campaigns.audience.stored_audience import written_audience
from programme.campaigns.audience.traits import TRAITS, Area, Shape, Trait
from programme.campaigns.form.copied import copied_form
from programme.campaigns.form.form_words import AUDIENCE, HOURS
from programme.campaigns.form.options import offers, templates
from programme.campaigns.form.order import read_order
from programme.campaigns.form.posted_form import audience_fields, fields_of, form_of, strange_fields, without_audience
from programme.campaigns.form.template_fields import message_fields
from tests import factories as make
from tests.programme.campaigns.test_campaigns import DAY

PROGRAMME = make.shipped_programme()
WRITTEN = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=30).map(str.strip)
AREAS = st.sampled_from(["8921", "8900-8999, 92", "89", "Friesland"])


def _asked(trait: Trait) -> st.SearchStrategy[Any]:
    if trait.options:
        labels = [option.label for option in trait.options(PROGRAMME)]
        chosen = st.lists(st.sampled_from(labels), unique=True, min_size=1)
        return chosen.map(lambda found: sorted(found, key=labels.index))
    plain: dict[Shape, st.SearchStrategy[Any]] = {
        Shape.AREAS: AREAS,
        Shape.FLAG: st.just(True),
        Shape.MONTHS: st.integers(1, 200),
    }
    return plain[trait.shape]


PART = st.fixed_dictionaries({}, optional={name: _asked(trait) for name, trait in TRAITS.items()})


@st.composite
def forms(draw: st.DrawFn) -> dict[str, Any]:
    """A form as somebody may have filled it in, right or wrong."""
    template = draw(st.sampled_from(sorted(PROGRAMME.campaigns)))
    used = [name for name in message_fields(PROGRAMME.campaigns[template]) if name not in ("template", "offer")]
    message = {name: text for name in used if (text := draw(WRITTEN))}
    message["template"] = PROGRAMME.campaigns[template].label
    if not PROGRAMME.campaigns[template].survey and draw(st.booleans()):
        message["offer"] = draw(st.sampled_from([option.label for option in offers(PROGRAMME) if option.id]))
    audience = {group: part for group in AUDIENCE if (part := draw(PART))}
    sending = draw(st.sampled_from([{}, {"day": "2026-03-09"}, {"day": "2026-03-09", "hour": HOURS[3]}, {"day": "x"}]))
    return {"message": message, "audience": audience, "sending": sending}


@given(forms())
def test_the_page_and_the_order_are_one_form(form: dict[str, Any]) -> None:
    """Form → fields of the page → form gives the same; so the order and each of its faults are the same too."""
    fields = fields_of(PROGRAMME, form)
    again = form_of(PROGRAMME, fields)

    assert again == form
    assert fields_of(PROGRAMME, again) == fields
    assert read_order(PROGRAMME, again, DAY) == read_order(PROGRAMME, form, DAY)
    assert not strange_fields(PROGRAMME, fields)


@given(forms(), forms())
def test_an_audience_can_be_put_in_place_of_another(one: dict[str, Any], other: dict[str, Any]) -> None:
    """A saved audience takes the place of all of the old one; nothing of the old one stays, nothing else changes."""
    fields = without_audience(fields_of(PROGRAMME, one)) | audience_fields(PROGRAMME, other["audience"])

    assert form_of(PROGRAMME, fields) == one | {"audience": other["audience"]}


def test_what_there_is_no_more_is_refused_and_not_left_out() -> None:
    """An option or a trait that the programme lost would make the audience wider: the order names it as a fault."""
    audience = {"all_of": {"segments": ["Verbouwer", "Tuinder"], "shoe_size": "43"}}
    form = {"message": {"template": "Nieuwsbrief"}, "audience": audience, "sending": {}}
    fields = fields_of(PROGRAMME, form)
    order = read_order(PROGRAMME, form_of(PROGRAMME, fields), DAY)

    assert form_of(PROGRAMME, fields) == form
    assert strange_fields(PROGRAMME, fields).keys() == {"all_of.segments.Tuinder", "all_of.shoe_size"}
    assert order.people is None
    faults = [fault for fault in order.faults if "bestaat niet" in fault]
    assert [fault.place for fault in faults] == ["all_of", "all_of.segments"]
    assert faults[0].startswith("Alle kenmerken: het veld")


def test_a_form_has_only_the_fields_of_its_template() -> None:
    """What was typed for another template is not sent along; a survey has no words but its own."""
    typed = {"name": "Nieuw", "subject": "Nieuws", "event_on": "2026-03-12", "place": "Leeuwarden", "valid_from": "x"}
    of = {
        option.id: sorted(form_of(PROGRAMME, typed | {"template": option.id})["message"])
        for option in templates(PROGRAMME)
    }

    assert of["newsletter"] == ["name", "subject", "template"]
    assert of["vip_event"] == ["event_on", "name", "place", "subject", "template"]
    assert of["price_news"] == ["name", "subject", "template", "valid_from"]
    assert of["survey_nps"] == ["name", "template"]


def test_a_copy_has_the_words_and_the_audience_but_no_name_and_no_dates() -> None:
    """Made from what the table keeps: with a name and a day it is the same campaign again, with the same link."""
    said = {
        "template": "Uitnodiging webinar",
        "subject": "Webinar",
        "intro": "Hallo.",
        "body": "Eerst dit.\n\n- een\n- twee\n\nEn dan.",
        "link_url": f"{PROGRAMME.brand.site_url}?x=1",
        "event_time": "19:30",
        "offer": "LOYAL15 (15%)",
    }
    asked = {"all_of": {"segments": ["Verbouwer"], "areas": "8900-8999, 9200-9299"}, "none_of": {"quiet_months": 6}}
    dated = {"name": "Lente", "event_on": "2026-03-12"}
    was = read_order(PROGRAMME, {"message": said | dated, "audience": asked}, DAY).campaign
    assert was is not None
    kept = f'{{"copy":{was.copy},"offer":"LOYAL15","template":"webinar_invitation"}}'

    form = copied_form(PROGRAMME, kept, written_audience(was.audience))

    assert form == {"message": said, "audience": asked, "sending": {}}
    assert read_order(PROGRAMME, form | {"message": said | dated}, DAY).campaign == was


@pytest.mark.parametrize(
    ("copy", "message"),
    [
        ({"subject": "Nieuws", "title": "Nieuws"}, {"subject": "Nieuws"}),
        ({"subject": "Nieuws", "title": "Kom ook"}, {"subject": "Nieuws", "title": "Kom ook"}),
        ({"link_label": "Lees meer"}, {}),
        ({"link_label": "Meld u aan"}, {"link_label": "Meld u aan"}),
        ({"link_url": "https://a.nl/?x=&utm_source=b&utm_medium=e&utm_campaign=l"}, {"link_url": "https://a.nl/?x="}),
        ({"link_url": "https://a.nl/?q=een%20dak"}, {"link_url": "https://a.nl/?q=een%20dak"}),
    ],
)
def test_a_copy_has_what_was_written(copy: dict[str, str], message: dict[str, str]) -> None:
    """Not what stood there because nothing was, nor what was added to the link for statistics."""
    form = copied_form(PROGRAMME, json.dumps({"template": "newsletter", "copy": copy}), "{}")
    assert form["message"] == {"template": "Nieuwsbrief"} | message


def test_a_copy_of_a_survey_has_no_words() -> None:
    """It has its own; and one postcode is written as one."""
    audience = written_audience(Audience(Traits(areas=(Area(8921, 8921), Area(9000, 9999)))))
    form = copied_form(PROGRAMME, '{"template":"survey_nps","copy":{"subject":"x"}}', audience)
    assert form["message"].keys() == {"template"}
    assert form["audience"] == {"all_of": {"areas": "8921, 9000-9999"}}


def test_a_copy_keeps_what_there_is_no_more() -> None:
    """A campaign of a template, segment or trait that is gone gives faults, never a wider audience."""
    audience = '{"all_of":{"values":{"segments":["tuinder"],"shoe_size":43}},"any_of":{"values":{}},"none_of":{}}'
    form = copied_form(PROGRAMME, '{"template":"old","copy":{"subject":"x"}}', audience)
    order = read_order(PROGRAMME, form, DAY)

    assert form["audience"] == {"all_of": {"segments": ["tuinder"], "shoe_size": "43"}}
    assert {"all_of", "all_of.segments", "template"} <= {fault.place for fault in order.faults}
    assert order.people is None
