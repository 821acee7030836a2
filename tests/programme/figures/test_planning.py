"""What an experiment could show, before it begins."""

import random
from dataclasses import replace

import pytest

from programme.figures.families.rates import Estimate, estimate_of, exactly, newcombe, rate_of
from programme.figures.page.sections.trials import plan_words
from programme.figures.planning import MOST_DAYS, days_to_see, plan_of, power, share_to_see, smallest_effect
from tests.sample_report import AS_OF


@pytest.mark.parametrize(("rate", "treated", "held_out"), [(0.10, 900, 300), (0.05, 2_000, 500), (0.25, 300, 100)])
def test_the_smallest_effect_is_seen_four_times_in_five(rate: float, treated: int, held_out: int) -> None:
    """Simulated: Newcombe's interval, by which the result is judged, leaves out nought in 75 to 85 % of the draws."""
    effect = smallest_effect(rate, treated, held_out)
    assert effect is not None
    draw = random.Random(2026)
    seen = 0
    for _ in range(400):
        ordered = sum(draw.random() < rate for _ in range(treated))
        without = sum(draw.random() < rate - effect for _ in range(held_out))
        found = newcombe(rate_of(ordered, treated), rate_of(without, held_out))
        assert found is not None
        seen += found.low > 0
    assert 0.75 <= seen / 400 <= 0.85


def test_more_clients_show_smaller_effects() -> None:
    """And no clients, or nobody who orders, show none."""
    effects = [smallest_effect(0.1, 9 * n, n) for n in (100, 200, 400, 800)]
    assert all(effects)
    assert effects == sorted(effects, reverse=True)  # type: ignore[type-var]
    assert smallest_effect(0.1, 180, 20) is None
    assert smallest_effect(0.0, 5_000, 5_000) is None
    assert power(0.1, 0.0, 0, 100) == 0.0


def test_what_would_do_is_the_first_day_that_shows_anything() -> None:
    """One day less shows nothing; a longer one was not asked for."""
    plan = plan_of("seasonal", 90, 0.2, 90, exactly(134), rate_of(11, 186), of_all_mails=False)
    assert plan.smallest is None
    days = days_to_see(plan)
    assert days is not None
    assert 90 < days <= MOST_DAYS
    clients = [134 * length // 90 for length in (days - 1, days)]
    shown = [smallest_effect(11 / 186, number - round(number / 5), round(number / 5)) for number in clients]
    assert shown[0] is None
    assert shown[1] is not None
    assert not share_to_see(plan)


def test_a_plan_is_told_in_words() -> None:
    """Who takes part, what was seen before, what could not be seen, and when the result comes."""
    plan = plan_of("seasonal", 90, 0.5, 90, exactly(1_200), rate_of(60, 600), of_all_mails=False)
    told = " ".join(plan_words(plan, "Seizoensbericht", AS_OF))
    assert "Naar verwachting doen 1.200 klanten mee: 600 met de mail, 600 zonder." in told
    assert "Van wie eerder deze mail kreeg, bestelde 60 van 600 binnen 90 dagen." in told
    assert "Met 1.200 klanten is een verschil kleiner dan 4,3 procentpunt niet te zien." in told
    assert "ten minste 4 van de 10 bestellingen" in told
    assert "De uitslag is er op 28 augustus 2026." in told
    many = plan_of("seasonal", 300, 0.5, 90, exactly(900_000), rate_of(5_527, 549_079), of_all_mails=False)
    assert "een verschil kleiner dan 0,06 procentpunt" in " ".join(plan_words(many, "Seizoensbericht", AS_OF))
    part = replace(plan, expected=Estimate(1_200, 1_100, 1_310), asked=20_012)
    estimated = " ".join(plan_words(part, "Seizoensbericht", AS_OF))
    assert "600 zonder (geschat uit 20.012 adressen: tussen 1.100 en 1.310 klanten)." in estimated


def test_an_estimate_holds_the_number_of_everybody() -> None:
    """In 19 of 20 draws of a part, by the binomial law; whoever asks everybody has no bounds."""
    draw, everybody, found = random.Random(2026), 4_000, 300
    base = [number < found for number in range(everybody)]
    held = 0
    for _ in range(400):
        estimate = estimate_of(sum(draw.sample(base, 500)), 500, everybody)
        held += estimate.low <= found <= estimate.high
    assert held >= 380
    assert estimate_of(300, everybody, everybody) == exactly(300)
    assert not estimate_of(0, 500, everybody).is_exact
    assert estimate_of(501, 500, everybody).high == everybody
