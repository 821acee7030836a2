"""Whom a campaign reaches and what a marketer may ask: audiences, decisions, and the form's faults."""

from dataclasses import fields
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programme.campaigns.audience.audiences import Audience, Traits, belongs
from programme.campaigns.audience.traits import Area, areas_of
from programme.campaigns.campaign import Campaign, CampaignCount, Judged, go_holds, judge_recipient, needs_go
from programme.campaigns.form.order import read_order
from programme.campaigns.names import name_of, written_name
from programme.campaigns.texts import body_parts, is_link, texts_of
from programme.facts.records import Client, Recipient
from programme.words.dates import AMSTERDAM
from programme.words.states import Outcome, Reason
from tests import factories as make

DAY = date(2026, 3, 2)
PROGRAMME = make.shipped_programme()
MESSAGE = {"name": "Lentebrief 2026", "template": "Nieuwsbrief", "subject": "Nieuws", "intro": "Hallo."}


def form(
    audience: dict[str, Any] | None = None, sending: dict[str, Any] | None = None, **message: Any
) -> dict[str, Any]:
    return {"message": MESSAGE | message, "audience": audience or {}, "sending": sending or {}}


def campaign(audience: Audience | None = None, today: date = DAY, **message: Any) -> Campaign:
    order = read_order(PROGRAMME, form(**message), today)
    assert order.campaign is not None, order.faults
    made = order.campaign
    return Campaign(
        **{each.name: getattr(made, each.name) for each in fields(made)} | {"audience": audience or Audience()}
    )


def client(**changes: Any) -> Client:
    """A starter with one dormer in Leeuwarden, active on 1 November 2025."""
    defaults: dict[str, Any] = {
        "projects": (make.project(built_year=2024, postcode="8921 AB"),),
        "last_activity_on": date(2025, 11, 1),
    }
    return make.client(**(defaults | changes))


def is_in(audience: Audience, who: Client, as_of: date = DAY) -> bool:
    return belongs(PROGRAMME, audience, who, make.recipient(who), as_of)


WALL = make.project("P2", type="draagmuur", delivered_on=None, address="Havenkade 7", postcode="9001ZZ", monument=True)
TRAITS = [
    (Traits(segments=("starter",)), True),
    (Traits(segments=("verbouwer", "starter")), True),
    (Traits(segments=("verbouwer",)), False),
    (Traits(tiers=("brons",)), True),
    (Traits(tiers=("zilver", "geen")), False),
    (Traits(last_types=("dakkapel",)), True),
    (Traits(last_types=("uitbouw",)), False),
    (Traits(bought=("uitbouw", "dakkapel")), True),
    (Traits(bought=("fundering",)), False),
    (Traits(areas=(Area(8900, 8999),)), True),
    (Traits(areas=(Area(9000, 9999), Area(1000, 1999))), False),
    (Traits(areas=(Area(9000, 9999), Area(8921, 8921))), True),
    (Traits(monument=True), False),
    (Traits(active_months=4), False),
    (Traits(active_months=5), True),
    (Traits(quiet_months=4), True),
    (Traits(quiet_months=5), False),
]


@pytest.mark.parametrize(("traits", "has"), TRAITS)
def test_each_trait_asks_one_thing(traits: Traits, has: bool) -> None:
    """A client has the trait or not; asked for under all, at least one and none it says so each time."""
    assert is_in(Audience(all_of=traits), client()) is has
    assert is_in(Audience(any_of=traits), client()) is has
    assert is_in(Audience(none_of=traits), client()) is not has


def test_one_of_any_is_enough() -> None:
    """Whichever it is, and beside others that the client has not; of all and of none each one counts."""
    mixed = Traits(segments=("verbouwer",), tiers=("brons",), monument=True)
    assert is_in(Audience(any_of=mixed), client())
    assert not is_in(Audience(all_of=mixed), client())
    assert not is_in(Audience(none_of=mixed), client())


@pytest.mark.parametrize("group", ["all_of", "any_of", "none_of"])
@pytest.mark.parametrize("trait", [Traits(quiet_months=6, monument=True), Traits(active_months=1, tiers=("goud",))])
def test_activity_is_read_where_any_trait_asks_for_it(group: str, trait: Traits) -> None:
    """In whatever group, beside traits that do not."""
    assert trait.asks_activity
    assert Audience(**{group: trait}).asks_activity
    assert not Audience(**{group: Traits(monument=True)}).asks_activity
    assert not Audience().asks_activity


def test_an_unknown_trait_is_refused() -> None:
    """By name: what a filter does not know would make the audience wider."""
    with pytest.raises(TypeError, match="no trait is called hat, shoe_size; there are segments"):
        Traits(shoe_size=43, hat=1, monument=True)


def test_nothing_asked_is_everyone() -> None:
    """An empty audience takes in everybody, also who has neither project nor address."""
    assert is_in(Audience(), client(projects=(), recipient="", last_activity_on=None))


def test_a_trait_looks_no_further_than_its_day() -> None:
    """What is ordered, delivered or cancelled later is not known yet; what is cancelled is not bought."""
    later = client(projects=(make.project(ordered_on=date(2026, 3, 3), delivered_on=date(2026, 4, 1)),))
    cancelled = client(projects=(make.project(cancelled_on=DAY),))

    assert not is_in(Audience(all_of=Traits(bought=("dakkapel",))), later)
    assert is_in(Audience(all_of=Traits(bought=("dakkapel",))), later, date(2026, 3, 3))
    assert not is_in(Audience(all_of=Traits(last_types=("dakkapel",))), later, date(2026, 3, 3))
    assert not is_in(Audience(all_of=Traits(bought=("dakkapel",))), cancelled)
    assert not is_in(Audience(all_of=Traits(tiers=("brons",))), cancelled)


def test_a_month_ago_is_both_in_it_and_quiet_since() -> None:
    """On that very day; the day before he is only active, and the day after only quiet."""
    who, four = client(last_activity_on=date(2025, 11, 2)), (Traits(active_months=4), Traits(quiet_months=4))
    days = [date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3)]
    assert [tuple(is_in(Audience(traits), who, day) for traits in four) for day in days] == [
        (True, False),
        (True, True),
        (False, True),
    ]


def test_running_projects_are_bought_but_not_the_last_delivered() -> None:
    """Who ordered a wall has bought one, has its postcode and its monument, and still a dormer as last delivery."""
    who = client(projects=(*client().projects, WALL))
    wanted = Traits(bought=("draagmuur",), last_types=("dakkapel",), areas=(Area(9001, 9001),), monument=True)

    assert is_in(Audience(all_of=wanted), who)


def test_activity_is_of_all_records_of_the_recipient() -> None:
    """A second record that was active lately makes the recipient active; who never was, is neither active nor quiet."""
    quiet, lively = client(), client(client_id="C2", projects=(), last_activity_on=DAY)
    together = make.recipient(quiet, lively)
    never = client(last_activity_on=None)

    assert belongs(PROGRAMME, Audience(all_of=Traits(active_months=1)), quiet, together, DAY)
    assert not is_in(Audience(any_of=Traits(active_months=1, quiet_months=1)), never)


traits_given = st.builds(
    Traits,
    segments=st.sampled_from([(), ("starter",), ("verbouwer",)]),
    tiers=st.sampled_from([(), ("brons",), ("goud", "zilver")]),
    bought=st.sampled_from([(), ("dakkapel",), ("fundering",)]),
    monument=st.booleans(),
    quiet_months=st.sampled_from([0, 4, 12]),
)


@settings(deadline=None)
@given(traits_given, traits_given, traits_given)
def test_all_any_and_none_are_an_algebra(all_of: Traits, any_of: Traits, none_of: Traits) -> None:
    """In the audience = every trait of all, one of any (when it names some), and no trait of none."""

    def has(traits: Traits) -> list[bool]:
        named = (Traits(**{name: traits.values[name]}) for name in traits.named())
        return [is_in(Audience(all_of=one), client()) for one in named]

    expected = all(has(all_of)) and (any(has(any_of)) or not any_of.named()) and not any(has(none_of))

    assert is_in(Audience(all_of, any_of, none_of), client()) is expected
    assert not is_in(Audience(all_of=all_of, none_of=all_of), client()) or not all_of.named()


@pytest.mark.parametrize(
    ("text", "areas"),
    [
        ("", ()),
        ("8921", (Area(8921, 8921),)),
        ("89", (Area(8900, 8999),)),
        ("8900\u20138999", (Area(8900, 8999),)),
        ("8900-8999, 9;1011 - 1019", (Area(8900, 8999), Area(9000, 9999), Area(1011, 1019))),
        ("8999-8900", None),
        ("89-8999", None),
        ("8921 AB", None),
        ("Leeuwarden", None),
        ("89210", None),
    ],
)
def test_postcodes_as_marketers_write_them(text: str, areas: tuple[Area, ...] | None) -> None:
    """A code, the beginning of one, or a range; anything else is refused whole."""
    assert areas_of(text) == areas


def judged(found: Recipient, asked: Campaign | None = None, as_of: date = DAY) -> Judged:
    made = judge_recipient(PROGRAMME, asked or campaign(), found, as_of)
    assert made is not None
    return made


def reason_of(found: Recipient, **message: Any) -> Reason | None:
    decision = judged(found, campaign(**message)).decision
    assert decision is not None
    return decision.reason


def test_the_rules_hold_for_campaigns() -> None:
    """Address, suppression, consent, complaint, invoice, one a day and the distance to other mails, each its reason."""
    loyal = client(projects=(make.project("P1"), make.project("P2")), invoices=(make.invoice(),))
    complaint = make.feedback(kind="nps", score=3, given_on=date(2026, 2, 1))
    cases = {
        Reason.NO_ADDRESS: make.recipient(client(recipient="")),
        Reason.SUPPRESSED: make.recipient(client(), suppressed_since=DAY),
        Reason.NO_CONSENT: make.recipient(client(consent="no")),
        Reason.OPEN_CASE: make.recipient(client(feedback=(complaint,))),
        Reason.OVERDUE_INVOICE: make.recipient(loyal),
        Reason.OUTRANKED: make.recipient(client(), messages=(make.message("check_in", DAY),)),
        Reason.FREQUENCY_CAP: make.recipient(client(), messages=(make.message("check_in", date(2026, 2, 25)),)),
        None: make.recipient(client()),
    }

    assert {reason: reason_of(found) for reason, found in cases.items()} == {reason: reason for reason in cases}
    decision = judged(cases[None]).decision
    assert decision is not None
    assert (decision.flow, decision.touchpoint, decision.occasion) == ("campaign", "newsletter", "lentebrief-2026")
    assert (decision.due_on, decision.closes_on) == (DAY, date(2026, 3, 9))


def test_a_holdout_holds_for_a_campaign_too() -> None:
    """An experiment on a campaign's template keeps its share of clients from it."""
    experiment = {"touchpoint": "newsletter", "first_on": DAY, "last_on": DAY, "holdout_share": 0.9999}
    held = judge_recipient(make.programme(**{"experiments.x": experiment}), campaign(), make.recipient(client()), DAY)

    assert held is not None
    assert held.decision is not None
    assert held.decision.reason == Reason.HELD_OUT


def test_a_person_gets_a_campaign_once() -> None:
    """A message of it to the address or to one of its records, whatever became of it, closes it for all records."""
    two = (client(), client(client_id="C2"))
    for status in ("planned", "accepted", "cancelled", "expired"):
        before = make.message("newsletter", date(2026, 1, 5), occasion="lentebrief-2026", client_id="C2", status=status)
        assert judged(make.recipient(*two, messages=(before,))) == Judged(None, True)
    other = make.message("newsletter", date(2026, 1, 5), occasion="winterbrief-2026")
    assert judged(make.recipient(*two, messages=(other,))).decision is not None


def test_of_several_records_the_one_with_the_highest_tier_is_written_to() -> None:
    """So no mail offers less than the person has; without a difference the smallest id; an erased record comes last."""
    plain, loyal = client(), client(client_id="C2", projects=(make.project("P1"), make.project("P2")))
    chosen = [
        judged(make.recipient(plain, loyal)).decision,
        judged(make.recipient(plain, client(client_id="C3"))).decision,
        judged(make.recipient(client(is_erased=True), client(client_id="C4", projects=()))).decision,
    ]

    assert [decision.client_id for decision in chosen if decision] == ["C2", "C1", "C4"]


def test_nobody_outside_the_audience_is_judged() -> None:
    """Who has not the traits makes no decision at all."""
    asked = campaign(Audience(all_of=Traits(segments=("investeerder",))))

    assert judge_recipient(PROGRAMME, asked, make.recipient(client()), DAY) is None


def test_an_event_closes_its_campaign() -> None:
    """The window is the template's grace, and never longer than to the day of the event."""
    event = {"template": "vip_event", "event_time": "20:00", "place": "Leeuwarden"}

    assert campaign(event_on="2026-03-05", **event).closes_on == date(2026, 3, 5)
    assert campaign(event_on="2026-06-05", **event).closes_on == date(2026, 3, 9)


def test_counts_add_up_and_samples_differ() -> None:
    """Recipients = those who have it + decisions; of the three samples as many kinds as there are."""
    count = CampaignCount()
    plain = [judged(make.recipient(client(client_id=f"C{number}"))) for number in range(5)]
    loyal = judged(make.recipient(client(client_id="L", projects=(make.project("P1"), make.project("P2")))))
    count.add([*plain, Judged(None, True), judged(make.recipient(client(consent="no"))), loyal])

    assert (count.recipients, count.to_send, count.has_it) == (8, 6, 1)
    assert count.reasons() == [(Outcome.SKIP, Reason.NO_CONSENT, 1)]
    assert [decision.client_id for decision in count.samples] == ["C0", "L", "C1"]


def test_a_go_is_needed_above_the_set_size() -> None:
    """Up to the size nobody asks; a go covers its number of people and a tenth more."""
    limit = PROGRAMME.caps.campaign_go_above

    assert not needs_go(PROGRAMME, limit, None)
    assert needs_go(PROGRAMME, limit + 1, None)
    assert go_holds(1000, 1100)
    assert needs_go(PROGRAMME, 1101, 1000)


def test_names_that_look_alike_are_one() -> None:
    """Capitals, spaces, accents and dashes make no other campaign."""
    assert {
        name_of(text) for text in ("Lentebrief 2026", " lentebrief-2026", "LENTEBRIEF_2026", "Léntebrief  2026")
    } == {"lentebrief-2026"}


@pytest.mark.parametrize(
    ("form", "title"),
    [
        ({"message": {"name": " Léntebrief  2026"}}, "Léntebrief 2026"),
        ({"message": {"name": "\u202eLentebrief 2026\n"}}, "Lentebrief 2026"),
        ({"message": {"name": "Zomerbrief"}}, "lentebrief-2026"),
        ({"message": None}, "lentebrief-2026"),
        (None, "lentebrief-2026"),
    ],
)
def test_a_campaign_is_shown_under_the_name_that_was_written(form: Any, title: str) -> None:
    """Without what could harm a line; where the form names another, or none, the occasion is shown."""
    assert written_name("lentebrief-2026", form) == title


def test_a_form_becomes_a_campaign() -> None:
    """Labels and ids are both understood; the moment is Amsterdam's."""
    audience = {"all_of": {"segments": ["Verbouwer", "starter"], "tiers": ["Geen trede"], "areas": "89"}}
    sending = {"day": date(2026, 3, 29), "hour": "10:00", "test_address": " Ik@Firma.nl "}
    order = read_order(PROGRAMME, form(audience, sending, template="free_text", offer="LOYAL15 (15%)"), DAY)

    assert order.faults == []
    assert order.campaign is not None
    assert order.campaign.audience.all_of == Traits(
        segments=("verbouwer", "starter"), tiers=("geen",), areas=areas_of("89")
    )
    assert (order.campaign.template_id, order.campaign.offer) == ("free_text", "LOYAL15")
    assert order.moment == datetime(2026, 3, 29, 10, 0, tzinfo=AMSTERDAM)
    assert str(order.moment.utcoffset()) == "2:00:00"
    assert (order.campaign.first_on, order.test_address) == (date(2026, 3, 29), "ik@firma.nl")


def test_all_faults_are_told_at_once() -> None:
    """Everything that is wrong, in Dutch, each with its field's label; nothing hides another fault."""
    message = {
        "name": "!",
        "template": "Uitnodiging webinar",
        "subject": " ",
        "intro": "",
        "link_url": "javascript:alert(1)",
        "event_on": "morgen",
        "offer": "GRATIS",
        "title": 7,
        "body": "x" * 6_001,
        "zzz": 1,
    }
    audience = {
        "all_of": {"segments": ["vips"], "areas": "Friesland", "monument": "ja", "quiet_months": -1},
        "none_of": {"bought": "zwembad"},
        "some_of": {},
    }
    order = read_order(
        PROGRAMME, form(audience, {"day": "2026-13-01", "hour": "03:00", "test_address": "ik"}, **message), DAY
    )
    labels = sorted({fault.split(":")[0] for fault in order.faults})

    assert order.campaign is None
    assert labels == [
        "Aanbod",
        "Alle kenmerken, Monument",
        "Alle kenmerken, Postcodes",
        "Alle kenmerken, Segment",
        "Alle kenmerken, Stil sinds maanden",
        "Bericht",
        "Dag",
        "Dag van de bijeenkomst",
        "Doelgroep",
        "Geen van deze kenmerken, Gekocht",
        "Kop",
        "Link",
        "Naam van de campagne",
        "Onderwerp",
        "Proefmail aan",
        "Tekst",
        "Tijd",
        "Tijd van de bijeenkomst",
    ]


@pytest.mark.parametrize(
    "broken", [None, 3, [], "x", {"message": None}, {"message": [], "audience": 1, "sending": "x"}]
)
def test_nothing_that_comes_in_breaks_the_reading(broken: Any) -> None:
    """With the UI's checks switched off anything may come in; it is told, never a traceback."""
    order = read_order(PROGRAMME, broken if isinstance(broken, dict) else {"message": broken}, DAY)

    assert order.campaign is None
    assert order.faults


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["segments", "day", "name", "all_of"]), inner)
    ),
    max_leaves=6,
)


@pytest.mark.slow
@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["message", "audience", "sending"]), anything))
def test_any_form_is_a_campaign_or_faults(given_form: dict[str, Any]) -> None:
    """Whatever is sent to the API gives faults or a campaign."""
    order = read_order(PROGRAMME, given_form, DAY)

    assert (order.campaign is None) == bool(order.faults)


def test_a_template_asks_for_what_it_needs() -> None:
    """A webinar needs day, time and link; with them it is in order, and an event in the past is not."""
    webinar = {
        "template": "Uitnodiging webinar",
        "event_on": "2026-03-12",
        "event_time": "19.30",
        "link_url": "https://w.nl/x",
    }
    missing = read_order(PROGRAMME, form(template="Uitnodiging webinar"), DAY).faults
    late = read_order(PROGRAMME, form(sending={"day": "2026-03-13"}, **webinar), DAY).faults

    assert [fault.split(":")[0] for fault in missing] == ["Dag van de bijeenkomst", "Tijd van de bijeenkomst", "Link"]
    assert read_order(PROGRAMME, form(**webinar), DAY).faults == []
    assert len(late) == 1
    assert "12 maart 2026 ligt voor de dag van verzending, 13 maart 2026" in late[0]


@pytest.mark.parametrize(
    "url",
    [
        "http://a.nl",
        "https://localhost",
        "javascript:x",
        "https://a.nl/\r\nBcc:x",
        "https://a.nl/<b>",
        "https://a.nl/[[code]]",
        "https://bank.nl@kwaad.nl",
        "https://a.nl:99999",
        "//a.nl",
        "https://",
        'https://a.nl/"x',
        "https://a.nl/{{7}}",
        "https://ä.nl",
    ],
)
def test_bad_links_are_refused(url: str) -> None:
    """Only https to a domain, with nothing that ends a link early or hides where it leads."""
    assert not is_link(url)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Beste {{naam}}, lees dit.", "{{naam}}"),
        ("Dag *|FNAME|*!", "*|FNAME|*"),
        ("Voor u, [NAAM].", "[NAAM]"),
        ("Hallo Jan,\n\nLees dit.", "Hallo Jan,"),
    ],
)
def test_fields_of_other_programs_and_a_second_greeting_are_refused(text: str, found: str) -> None:
    """A client would read them as they stand; the form names the field and what was found."""
    order = read_order(PROGRAMME, {"message": {**MESSAGE, "body": text}}, DAY)
    assert order.campaign is None
    assert any(found in fault and "Tekst" in fault for fault in order.faults), order.faults


def test_texts_are_plain_words() -> None:
    """Paragraphs and lists come of empty lines and dashes; brackets, breaks and invisible signs cannot stay."""
    assert body_parts("Een\nregel.\n\n- a\n  vervolg\n- b\n\nSlot [[code]]\u202e") == [
        "Een regel.",
        ["a vervolg", "b"],
        "Slot ((code))",
    ]
    made = campaign(
        subject="Hoi\r\nBcc: x@y.nl [[name]]", link_url="https://www.bureaubroersma.example/x?a=1", intro="7*7 <b>"
    )
    texts = texts_of(made.copy)

    assert texts["subject"] == "Hoi Bcc: x@y.nl ((name))"
    assert texts["intro"] == "7*7 <b>"
    assert texts["link_url"].endswith("?a=1&utm_source=bouwclub&utm_medium=email&utm_campaign=lentebrief-2026")
