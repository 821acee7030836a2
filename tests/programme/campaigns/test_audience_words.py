"""What an audience is called, and which audiences nobody can be in."""

from typing import Any

import pytest

from programme.campaigns.audience.audience_words import audience_words, people_words, unasked_words
from programme.campaigns.audience.audiences import Audience, Traits
from programme.campaigns.audience.contradictions import contradictions
from programme.campaigns.audience.stored_audience import read_audience, written_audience
from programme.campaigns.audience.traits import Area
from programme.campaigns.form.options import project_types, tiers
from programme.campaigns.form.order import read_order
from tests import factories as make
from tests.programme.campaigns.test_campaigns import DAY, form

PROGRAMME = make.shipped_programme()


@pytest.mark.parametrize(
    ("audience", "words"),
    [
        (Audience(), "alle klanten, alle postcodes"),
        (Audience(Traits(segments=("verbouwer",))), "verbouwers, alle postcodes"),
        (
            Audience(none_of=Traits(areas=(Area(8900, 8999),))),
            "alle klanten, behalve klanten met postcode 8900–8999",
        ),
        (
            Audience(Traits(segments=("verbouwer",), areas=(Area(8900, 8999),))),
            "verbouwers met postcode 8900–8999",
        ),
        (
            Audience(Traits(segments=("starter", "overig"), tiers=("goud", "geen")), none_of=Traits(monument=True)),
            "starters of overige klanten met trede Goud of Geen trede, alle postcodes, behalve klanten met een "
            "monument",
        ),
        (
            Audience(Traits(last_types=("uitbouw", "overig"))),
            "klanten met als laatst opgeleverd project een uitbouw of ander project, alle postcodes",
        ),
        (
            Audience(Traits(quiet_months=6), Traits(bought=("dakkapel",), areas=(Area(8921, 8921),))),
            "klanten die al 6 maanden stil zijn, en minstens één van: met een project van het soort dakkapel of "
            "met postcode 8921",
        ),
        (
            Audience(any_of=Traits(monument=True, areas=(Area(8921, 8921),))),
            "klanten, minstens één van: met postcode 8921 of met een monument",
        ),
        (
            Audience(Traits(segments=("verbouwer",)), Traits(active_months=1)),
            "verbouwers, alle postcodes, en minstens één van: die in de laatste maand actief waren",
        ),
        (
            Audience(none_of=Traits(segments=("starter",), quiet_months=1)),
            "alle klanten, alle postcodes, behalve starters en klanten die al een maand stil zijn",
        ),
    ],
)
def test_an_audience_is_said_in_plain_words(audience: Audience, words: str) -> None:
    assert audience_words(PROGRAMME, audience) == words


def test_what_is_not_selected_by_is_said_too() -> None:
    """Of each trait that no part asks for, where it needs words."""
    assert unasked_words(Audience(Traits(segments=("verbouwer",)), none_of=Traits(monument=True))) == [
        "alle treden",
        "alle soorten projecten",
        "alle postcodes",
    ]


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 mensen"), (1, "1 mens"), (2, "2 mensen"), (1_284, "1.284 mensen")]
)
def test_people_are_counted_in_words(number: int, words: str) -> None:
    assert people_words(number) == words


IMPOSSIBLE = [
    {"all_of": {"segments": ("verbouwer",)}, "none_of": {"segments": ("verbouwer", "starter")}},
    {"all_of": {"areas": (Area(8921, 8921),)}, "none_of": {"areas": (Area(8900, 8999),)}},
    {"all_of": {"monument": True}, "none_of": {"monument": True}},
    {"all_of": {"active_months": 3, "quiet_months": 6}},
    {"all_of": {"active_months": 3}, "none_of": {"active_months": 6}},
    {"all_of": {"quiet_months": 12}, "none_of": {"quiet_months": 6}},
    {"all_of": {"last_types": ("dakkapel",)}, "none_of": {"bought": ("dakkapel",)}},
    {"none_of": {"segments": tuple(segment.id for segment in PROGRAMME.segments)}},
    {"all_of": {"segments": ("verbouwer",)}, "any_of": {"segments": ("starter",)}},
    {"any_of": {"monument": True}, "none_of": {"monument": True}},
    {"all_of": {"quiet_months": 6}, "any_of": {"active_months": 3}},
    {"all_of": {"segments": ("verbouwer",)}, "none_of": {"segments": ("verbouwer",)}},
    {"all_of": {"areas": (Area(8900, 8999),)}, "none_of": {"areas": (Area(8900, 8999),)}},
    {"all_of": {"active_months": 3}, "none_of": {"active_months": 3}},
    {"all_of": {"quiet_months": 6}, "none_of": {"quiet_months": 6}},
    {"all_of": {"active_months": 3, "quiet_months": 2}, "any_of": {"quiet_months": 6}},
    {"all_of": {"active_months": 12, "quiet_months": 6}, "any_of": {"active_months": 3}},
    {"none_of": {"tiers": tuple(option.id for option in tiers(PROGRAMME))}},
    {"all_of": {"tiers": ("brons",)}, "any_of": {"tiers": ("goud",)}},
    {"all_of": {"last_types": ("dakkapel",)}, "any_of": {"last_types": ("uitbouw",)}},
]
POSSIBLE = [
    {},
    {"all_of": {"segments": ("verbouwer", "starter")}, "none_of": {"segments": ("verbouwer",)}},
    {"all_of": {"areas": (Area(8900, 8999),)}, "none_of": {"areas": (Area(8921, 8921),)}},
    {"all_of": {"active_months": 6, "quiet_months": 3}},
    {"all_of": {"active_months": 6}, "none_of": {"active_months": 3}},
    {"all_of": {"tiers": ("platinum",)}},
    {"any_of": {"monument": True, "areas": (Area(8921, 8921),)}, "none_of": {"monument": True}},
    {"all_of": {"bought": ("dakkapel",)}, "any_of": {"bought": ("uitbouw",)}},
    {"all_of": {"active_months": 6, "quiet_months": 6}},
    {"all_of": {"segments": ("verbouwer",), "active_months": 3}},
    {"all_of": {"segments": ("verbouwer",), "quiet_months": 6}},
    {"all_of": {"areas": (Area(8921, 8921),)}, "none_of": {"areas": (Area(8900, 8920), Area(8922, 8999))}},
    {"none_of": {"last_types": tuple(option.id for option in project_types(PROGRAMME))}},
    {"none_of": {"bought": tuple(option.id for option in project_types(PROGRAMME))}},
]


def _audience(asked: dict[str, dict[str, Any]]) -> Audience:
    return Audience(**{group: Traits(**traits) for group, traits in asked.items()})


@pytest.mark.parametrize("asked", IMPOSSIBLE)
def test_an_audience_that_nobody_can_be_in_is_a_contradiction(asked: dict[str, Any]) -> None:
    assert [fault for fault in contradictions(PROGRAMME, _audience(asked)) if "niemand" in fault]


@pytest.mark.parametrize("asked", POSSIBLE)
def test_an_audience_that_may_be_empty_is_none(asked: dict[str, Any]) -> None:
    """A tier without members, parts that leave something over, and who never had a project: the facts may fill it."""
    assert contradictions(PROGRAMME, _audience(asked)) == []


def test_the_form_refuses_it_in_dutch() -> None:
    """A marketer reads what to take away; nothing is planned."""
    order = read_order(PROGRAMME, form({"all_of": {"monument": True}, "none_of": {"monument": True}}), DAY)
    assert order.campaign is None
    assert order.faults == [
        "Doelgroep, Monument: wat onder 'Alle kenmerken' staat, wordt onder 'Geen van deze kenmerken' weer "
        "uitgesloten, dus zo krijgt niemand de mail. Haal een van beide weg."
    ]


@pytest.mark.parametrize("asked", [*POSSIBLE, *IMPOSSIBLE])
def test_a_stored_audience_is_the_same_audience(asked: dict[str, Any]) -> None:
    """As one text, whatever it asks for."""
    audience = _audience(asked)
    assert read_audience(written_audience(audience)) == audience


def test_a_stored_trait_that_there_is_no_more_is_refused() -> None:
    """Leaving it out would make the audience wider."""
    text = written_audience(Audience(Traits(monument=True))).replace("monument", "shoe_size")
    with pytest.raises(TypeError, match="shoe_size"):
        read_audience(text)
