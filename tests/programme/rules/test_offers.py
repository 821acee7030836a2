"""Which discount a mail may show."""

from datetime import date, timedelta

import pytest

from programme.facts.records import Delivery, WonReferral
from programme.rules.groups.offers import (
    GivenCode,
    earned_words,
    missing_words,
    next_reward_words,
    next_steps,
    next_tier,
    offer_of,
    tier_code,
)
from programme.rules.groups.tiers import TierMeasure
from programme.terms.schema import Tier
from tests import factories as make
from tests.factories import shipped_programme

PROGRAMME = shipped_programme()
TIERS = {tier.id: tier for tier in PROGRAMME.tiers}
DAY = date(2026, 3, 3)


def _tier(name: str | None) -> Tier | None:
    return TIERS[name] if name else None


@pytest.mark.parametrize(
    ("touchpoint", "tier", "kind", "percent"),
    [
        ("anniversary", None, "code", 15),
        ("anniversary", "brons", "code", 15),
        ("anniversary", "zilver", "code", 15),
        ("anniversary", "goud", "tier", 15),
        ("anniversary", "platinum", "tier", 20),
        ("small_to_large", "brons", "code", 15),
        ("win_back", "goud", "code", 20),
        ("win_back", "platinum", "tier", 20),
    ],
)
def test_tier_discount_takes_the_place_of_a_code_that_is_not_higher(
    touchpoint: str, tier: str | None, kind: str, percent: int
) -> None:
    """A mail never shows less than the client's tier gives anyway."""
    offer = offer_of(PROGRAMME, PROGRAMME.kinds[touchpoint], _tier(tier), DAY)

    assert offer is not None
    assert (kind, percent) == (offer.kind, offer.percent)
    assert (kind == "code") == (offer.code is not None)


@pytest.mark.parametrize("tier", [None, *TIERS])
@pytest.mark.parametrize("touchpoint", PROGRAMME.touchpoints)
def test_no_offer_is_below_the_tier(touchpoint: str, tier: str | None) -> None:
    """Whatever the touchpoint and the tier, what is shown is at least the tier's discount."""
    offer = offer_of(PROGRAMME, PROGRAMME.kinds[touchpoint], _tier(tier), DAY)

    assert offer is None or offer.percent >= (TIERS[tier].discount_percent if tier else 0)


def test_code_is_valid_for_its_days_from_the_day_of_the_run() -> None:
    """LOYAL15 of 3 March is good for 60 days."""
    offer = offer_of(PROGRAMME, PROGRAMME.kinds["anniversary"], None, DAY)

    assert offer is not None
    assert offer.code == GivenCode("LOYAL15", 15, date(2026, 5, 2))


def test_service_mails_have_no_offer_of_their_own() -> None:
    """A touchpoint without an offer shows none."""
    assert offer_of(PROGRAMME, PROGRAMME.kinds["build_check"], None, DAY) is None


def test_personal_code_lasts_as_long_as_the_tier() -> None:
    """ZILVER-… has no last day; brons has no code."""
    assert tier_code(TIERS["zilver"], "7Q2KD9XA") == GivenCode("ZILVER-7Q2KD9XA", 10, None)
    assert tier_code(TIERS["brons"], "7Q2KD9XA") is None


@pytest.mark.parametrize(
    ("tier", "measure", "words"),
    [
        ("goud", TierMeasure(2, 0, 300_000), "nog één project of drie aanbevelingen"),
        ("goud", TierMeasure(2, 1, 300_000), "nog één project of twee aanbevelingen"),
        ("goud", TierMeasure(1, 2, 300_000), "nog twee projecten of één aanbeveling"),
        ("platinum", TierMeasure(3, 0, 765_449), "nog € 2.346 aan projecten"),
        ("goud", TierMeasure(3, 0, 0), ""),
    ],
)
def test_missing_words_are_computed(tier: str, measure: TierMeasure, words: str) -> None:
    """What is missing for a tier is counted, in the right number, and rounded up to whole euros."""
    assert words == missing_words(TIERS[tier], measure)


@pytest.mark.parametrize(
    ("tier", "measure", "words"),
    [
        ("zilver", TierMeasure(2, 0, 0), "twee opgeleverde projecten"),
        ("zilver", TierMeasure(1, 1, 0), "één geslaagde aanbeveling"),
        ("goud", TierMeasure(2, 4, 0), "vier geslaagde aanbevelingen"),
        ("platinum", TierMeasure(1, 0, 1_025_099), "€ 10.250 aan opgeleverde projecten"),
    ],
)
def test_earned_words_name_what_earned_the_tier(tier: str, measure: TierMeasure, words: str) -> None:
    """Projects, referrals or spend: whichever rule of the tier is met."""
    assert words == earned_words(TIERS[tier], measure)


def test_next_tier_ends_at_the_top() -> None:
    """Above platinum there is nothing."""
    assert next_tier(PROGRAMME, TIERS["zilver"]) == TIERS["goud"]
    assert next_tier(PROGRAMME, TIERS["platinum"]) is None


@pytest.mark.parametrize(
    ("touchpoint", "had", "steps"),
    [
        ("dakkapel_to_uitbouw", ["dakkapel"], ["draagmuur", "renovatie"]),
        ("dakkapel_to_uitbouw", ["dakkapel", "draagmuur"], ["fundering", "renovatie"]),
        ("uitbouw_to_draagmuur", ["uitbouw"], ["fundering", "renovatie"]),
        ("uitbouw_to_draagmuur", ["uitbouw", "fundering"], ["renovatie"]),
        ("draagmuur_to_uitbouw", ["draagmuur"], ["fundering", "renovatie"]),
        ("draagmuur_to_uitbouw", ["draagmuur", "fundering", "renovatie"], []),
    ],
)
def test_after_the_target_comes_the_next_step_not_yet_had(touchpoint: str, had: list[str], steps: list[str]) -> None:
    """The natural path goes on from the target, past what the client has; its end can be reached straight away."""
    assert steps == next_steps(PROGRAMME, PROGRAMME.kinds[touchpoint], had, had[0])


@pytest.mark.parametrize(("won", "words"), [(0, "€ 100"), (4, "€ 100"), (5, "€ 125"), (10, "€ 150")])
def test_the_next_reward_is_that_of_the_next_place(won: int, words: str) -> None:
    """A step holds from its own place on; a delivery of a later day has earned nothing yet."""

    def brought(number: int, delivered_on: date) -> WonReferral:
        return WonReferral(f"R{number}", "C1", (Delivery(delivered_on, None),))

    referrals = tuple(brought(number, DAY if number < won else DAY + timedelta(days=1)) for number in range(won + 1))
    assert next_reward_words(PROGRAMME, make.client(won_referrals=referrals), DAY) == words
