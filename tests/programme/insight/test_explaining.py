"""The Dutch of an explanation: why a client is where he is."""

from datetime import date
from typing import Any

import pytest

from programme.care.health import Indicator, Sign
from programme.facts.records import Client, Recipient
from programme.insight import explaining
from programme.insight.forecast import Spell
from programme.insight.timeline import Bill, Contact, GivenAnswer, Introduction, ListChange, Records, timeline
from programme.words.states import Outcome
from tests import factories as make

D = date(2026, 3, 1)
PROGRAMME = make.shipped_programme()


def delivered(number: int, **changes: Any) -> tuple[Any, ...]:
    return tuple(make.project(f"P{n}", delivered_on=date(2025, 11, n), **changes) for n in range(1, number + 1))


@pytest.mark.parametrize(
    ("client", "text"),
    [
        (make.client(kind="architect"), "Professional: de klant is architect."),
        (make.client(), "Overig: geen van de andere segmenten past."),
        (make.client(projects=delivered(3)), "Verbouwer: drie opgeleverde projecten."),
        (
            make.client(projects=delivered(1, built_year=2024)),
            "Starter: één opgeleverd project en een gebouw jonger dan vijf jaar.",
        ),
        (
            make.client(projects=(make.project(), make.project("P2", address="Elders 2"))),
            "Investeerder: projecten op twee of meer adressen.",
        ),
    ],
)
def test_why_this_segment(client: Client, text: str) -> None:
    """Each segment names what put the client there."""
    assert explaining.segment_words(PROGRAMME, client, D) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "Nog geen trede. Voor Brons: nog één project."),
        (
            2,
            "Zilver sinds 2 november 2025, verdiend met twee opgeleverde projecten. "
            "Voor Goud: nog één project of drie aanbevelingen.",
        ),
        (3, "Goud sinds 3 november 2025, verdiend met drie opgeleverde projecten. Voor Platinum: nog € 5.500 aan"),
        (8, "Platinum sinds 7 november 2025, verdiend met € 12.000 aan opgeleverde projecten. Hoger kan niet."),
    ],
)
def test_the_tier_and_what_is_missing(number: int, text: str) -> None:
    """Since when, what earned it, and what the next one asks."""
    assert explaining.tier_words(PROGRAMME, make.client(projects=delivered(number)), D).startswith(text)


@pytest.mark.parametrize(
    ("recipient", "part"),
    [
        (make.recipient(make.client(is_erased=True, recipient="")), "op verzoek gewist"),
        (make.recipient(make.client(recipient="")), "geen geldig e-mailadres"),
        (make.recipient(suppressed_since=D), "sinds 1 maart 2026: uitgeschreven"),
        (make.recipient(suppressed_since=date(2026, 3, 2)), "Krijgt alle mails: de klant heeft daarvoor toestemming"),
        (make.recipient(make.client(), make.client("C2", consent="no")), "reclame heeft de klant geweigerd"),
        (make.recipient(make.client(consent="unknown")), "en er is nog geen opgeleverd project"),
        (make.recipient(make.client(consent="unknown", projects=delivered(1))), "een bestaande klant mogen wij"),
    ],
)
def test_what_may_be_sent(recipient: Recipient, part: str) -> None:
    """One sentence on consent and the suppression list, by the rules of the runs."""
    assert part in explaining.standing_words(PROGRAMME, recipient, "unsubscribe", D)


def test_without_the_soft_opt_in() -> None:
    """When the firm does not state it, unknown is not enough, and the sentence says so."""
    strict = make.programme(**{"consent.soft_opt_in": False})
    recipient = make.recipient(make.client(consent="unknown", projects=delivered(1)))
    assert "en zonder mag het niet" in explaining.standing_words(strict, recipient, None, D)


def test_what_holds_mails_back() -> None:
    """An open case, an overdue invoice of a loyal client and a running project, each in a sentence."""
    client = make.client(
        projects=(*delivered(2), make.project("P9", delivered_on=None)),
        feedback=(make.feedback(kind="nps", score=1, given_on=date(2026, 2, 1)),),
        invoices=(make.invoice(),),
    )
    held = explaining.hold_words(PROGRAMME, make.recipient(client), D)
    assert [text.split(":")[0] for text in held] == [
        "Er loopt een klacht sinds 1 februari 2026",
        "Er staat een factuur open waarvan de termijn voorbij is",
        "Er loopt een project (dakkapel P9)",
    ]
    assert explaining.hold_words(PROGRAMME, make.recipient(), D) == []


def test_every_indicator_has_words() -> None:
    """Points first, then what it means, with the numbers of the programme file, the cause and its day."""
    day = date(2025, 6, 3)
    words = {each: explaining.indicator_words(PROGRAMME, Sign(each, "X7", day)) for each in Indicator}
    assert words[Indicator.INACTIVE] == "−20: zes maanden of langer niets gehoord (laatst op 3 juni 2025)"
    assert words[Indicator.NO_REVIEW] == (
        "−5: project X7 is al 30 dagen of langer klaar (opgeleverd op 3 juni 2025), zonder beoordeling"
    )
    assert words[Indicator.UNOPENED] == (
        "−10: de laatste drie mails niet geopend (de nieuwste kwam aan op 3 juni 2025)"
    )
    assert len(set(words.values())) == len(Indicator)


@pytest.mark.parametrize(
    ("touchpoint", "occasion", "words"),
    [
        ("check_in", "P1", "dakkapel P1"),
        ("check_in", "P77", "project P77"),
        ("seasonal", "2026-09", "najaar 2026"),
        ("seasonal", "2026-05", "mei 2026"),
        ("tier_upgrade", "zilver", "Zilver"),
        ("quote_rejected", "Q1", "offerte Q1"),
        ("win_back", "2025-06-03", "stil sinds 3 juni 2025"),
        ("gone_since", "X", "X"),
    ],
)
def test_what_an_occasion_is(touchpoint: str, occasion: str, words: str) -> None:
    """Each kind of occasion in words, also of a touchpoint that the programme no longer has."""
    client = make.client(projects=delivered(1))
    assert explaining.occasion_words(PROGRAMME, touchpoint, occasion, client) == words


def test_every_condition_has_words() -> None:
    """No condition of the shipped programme falls back on its bare name."""
    for touchpoint_id, touchpoint in PROGRAMME.touchpoints.items():
        for condition in touchpoint.conditions:
            words = explaining.condition_words(PROGRAMME, touchpoint_id, condition.name)
            assert condition.name not in words
        if touchpoint.target:
            assert "al besteld" in explaining.condition_words(PROGRAMME, touchpoint_id, "target")


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (D, D, "op 1 maart 2026"),
        (D, date(2026, 3, 4), "van 1 t/m 4 maart 2026"),
        (date(2026, 2, 28), D, "van 28 februari t/m 1 maart 2026"),
        (date(2025, 12, 30), D, "van 30 december 2025 t/m 1 maart 2026"),
    ],
)
def test_periods(first: date, last: date, words: str) -> None:
    """No month or year is said twice."""
    assert explaining.period_words(first, last) == words
    spell = Spell(Outcome.DEFER, "open_case", first, last)
    assert explaining.spell_words(spell).startswith(f"{words} uitgesteld: er loopt een klacht")


def test_the_timeline() -> None:
    """Every kind of fact as one line, in order of day."""
    client = make.client(
        projects=(make.project(cancelled_on=date(2026, 1, 5), monument=True),),
        quotes=(make.quote(sent_on=date(2025, 9, 1), decided_on=date(2025, 9, 8)),),
        feedback=(make.feedback(kind="nps", score=3, severity="major", resolved_on=date(2025, 11, 20)),),
    )
    records = Records(
        (client,),
        (Contact("I1", "C1", date(2025, 9, 10), "in", "phone", "vraag"),),
        (Bill("V1", "C1", "P1", 45_000, date(2025, 11, 2), date(2025, 12, 2), date(2025, 12, 5)),),
        (Introduction("R1", "C1", "C7", date(2025, 12, 10), date(2025, 12, 11)),),
        (GivenAnswer("C1", "vergunning", "vragen", "bel\nmij", date(2025, 12, 20)),),
        (
            ListChange(date(2026, 1, 10), "suppressed", "unsubscribe", None),
            ListChange(date(2026, 1, 12), "lifted", None, "Femke"),
        ),
        (("F1", "Niet goed. " * 60),),
    )
    told = timeline(PROGRAMME, records)
    assert [fact.on for fact in told] == sorted(fact.on for fact in told)
    lines = [fact.text for fact in told]
    assert lines[:4] == [
        "Offerte Q1 voor uitbouw verstuurd, € 1.200",
        "Offerte Q1 voor uitbouw afgewezen",
        "Contact van de klant (telefoon): vraag",
        "Opdracht: dakkapel P1 (€ 1.500, ir. S. Wiersma, monument)",
    ]
    assert lines[4:6] == ["Opgeleverd: dakkapel P1", "Factuur V1 van € 450, te betalen uiterlijk 2-12-2025"]
    assert lines[6].startswith("Reactie: NPS 3 over P1; negatief, dus een klacht (groot) “Niet goed. Niet")
    assert lines[6].endswith(" …”")
    assert lines[7:] == [
        "Klacht over P1 opgelost",
        "Factuur V1 van € 450 betaald, 3 dagen te laat",
        "Beval ons aan (aanbeveling R1)",
        "Aanbeveling R1 meldde zich aan als klant C7",
        "Antwoord op onze mail (vergunning): De gemeente heeft vragen “bel mij”",
        "Geannuleerd: dakkapel P1; telt vanaf hier nergens meer voor mee",
        "Krijgt geen mail meer: uitgeschreven",
        "Mag weer mail krijgen, vastgelegd door Femke",
    ]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("resolved", "Klacht over P1 opgelost"),
        ("withdrawn", "Klacht over P1 ingetrokken"),
        ("reopened", "Klacht over P1 opnieuw begonnen"),
        ("erased", "Klacht over P1 afgesloten: klant gewist"),
    ],
)
def test_how_a_complaint_ended(state: str, words: str) -> None:
    given = make.feedback(kind="nps", score=3, resolved_on=date(2026, 3, 9))
    records = Records((make.client(feedback=(given,)),), ended=((given.feedback_id, state),))
    assert timeline(PROGRAMME, records)[-1].text == words


def test_what_somebody_chose_is_told() -> None:
    """Each choice of the preference page as a sentence, as long as it stands."""
    from programme.facts.records import Preference
    from programme.insight.explaining import preference_words
    from programme.rules.recipient_day import RecipientDay

    day = date(2026, 3, 2)
    chosen = ("topic:ideas", "off"), ("topic:club", "off"), ("pause", "1"), ("less_often", "on"), ("built", "on")
    who = make.recipient(preferences=tuple(Preference(*one, day) for one in chosen))

    assert preference_words(RecipientDay(make.shipped_programme(), who, day)) == [
        "Wil geen mail over: Bouwclub en Ideeën en nieuws.",
        "Heeft een pauze gevraagd: reclame wacht tot 2 april 2026.",
        "Wil minder vaak mail: reclame met 30 dagen ertussen.",
        "De verbouwing is klaar, zei de klant op 2 maart 2026.",
    ]
    assert preference_words(RecipientDay(make.shipped_programme(), make.recipient(), day)) == []
