"""The formulas give what others have published, and the sums of the programme's own document."""

from collections.abc import Iterable
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.figures.calculators import five_year_value, monthly_churn_of, yearly_leak
from programme.figures.families.curves import Step, kaplan_meier, step_at
from programme.figures.families.nps import Nps
from programme.figures.families.rates import Sample, difference_of_means, newcombe, rate_of, rounded_mean
from programme.figures.families.value import simple_value
from programme.figures.lights import Status, light
from programme.rules.experiments import BUCKETS, bucket_of


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilsons_interval(k: int, n: int, low: float, high: float) -> None:
    """R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3."""
    rate = rate_of(k, n)
    assert (rate.low, rate.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
    ],
)
def test_newcombes_interval(first: tuple[int, int], second: tuple[int, int], low: float, high: float) -> None:
    """R. G. Newcombe, Statistics in Medicine 17 (1998) 873-890, table II, method 10."""
    found = newcombe(rate_of(*first), rate_of(*second))
    assert found is not None
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_a_difference_of_means() -> None:
    """Of 2, 4, 6 and 1, 1, 4, 6: variances 4 and 6, so a standard error of the root of 4/3 + 6/4."""
    found = difference_of_means(Sample(3, 12, 56), Sample(4, 12, 54))
    assert found == pytest.approx((1, 1 - 1.959964 * (17 / 6) ** 0.5, 1 + 1.959964 * (17 / 6) ** 0.5))
    assert difference_of_means(Sample(1, 5, 25), Sample(4, 12, 54)) is None
    assert difference_of_means(Sample(3, 30, 299.9), Sample(3, 30, 300)) == (0, 0, 0)


def days_until(curve: Iterable[Step], share_left: float) -> int | None:
    reached = step_at(curve, share_left)
    return reached and reached.day


def test_kaplan_meiers_curve() -> None:
    """Remission under 6-MP, 21 patients: Freireich et al., Blood 21 (1963); survival and standard errors as in
    D. Kleinbaum and M. Klein, Survival Analysis, 3rd ed. (2012), and to their fourth digit in D. Collett."""
    events = {6: 3, 7: 1, 10: 1, 13: 1, 16: 1, 22: 1, 23: 1}
    censored = {6: 1, 9: 1, 10: 1, 11: 1, 17: 1, 19: 1, 20: 1, 25: 1, 32: 2, 34: 1, 35: 1}
    curve = kaplan_meier(events, censored)
    assert [(step.day, step.at_risk, step.events) for step in curve] == [
        (6, 21, 3),
        (7, 17, 1),
        (10, 15, 1),
        (13, 12, 1),
        (16, 11, 1),
        (22, 7, 1),
        (23, 6, 1),
    ]
    survival = [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    errors = [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]
    assert [step.survival for step in curve] == pytest.approx(survival, abs=5e-5)
    assert [step.se for step in curve] == pytest.approx(errors, abs=5e-5)
    assert (days_until(curve, 0.75), days_until(curve, 0.5), days_until(curve, 0.4)) == (13, 23, None)


def test_a_quarter_is_reached_whatever_the_last_digit() -> None:
    """7/8 of 6/7 is three quarters, which floating-point numbers miss by a hair; and nobody left is no error."""
    curve = kaplan_meier({1: 1, 2: 1}, {9: 6})
    assert days_until(curve, 0.75) == 2
    assert kaplan_meier({5: 2}, {})[0][2:] == (2, 0.0, 0.0)
    assert kaplan_meier({5: 2}, {})[0].between is None
    assert kaplan_meier({}, {3: 4}) == ()
    assert [step.day for step in kaplan_meier({1000: 1, 64: 1, 3: 1}, {})] == [3, 64, 1000]
    assert kaplan_meier({0: 1}, {0: 1})[0].survival == 0.5


def test_the_band_of_a_curve_is_that_of_a_rate_while_all_are_followed() -> None:
    """And it reaches further up than down while few came back, which a band of two equal halves does not."""
    early, late = kaplan_meier({100: 2, 200: 13}, {400: 45})
    assert early.between == pytest.approx((rate_of(2, 60).low, rate_of(2, 60).high))
    assert late.between == pytest.approx((rate_of(15, 60).low, rate_of(15, 60).high))
    lost = kaplan_meier({100: 2}, {50: 30, 400: 28})[0]
    assert lost.between == pytest.approx((rate_of(2, 30).low, rate_of(2, 30).high))


@given(
    events=st.dictionaries(st.integers(0, 400), st.integers(1, 9), max_size=20),
    censored=st.dictionaries(st.integers(0, 400), st.integers(1, 9), max_size=20),
)
def test_a_curve_falls_and_counts_everybody(events: dict[int, int], censored: dict[int, int]) -> None:
    """It never rises, stays between 0 and 1, and every event is in it once."""
    curve = kaplan_meier(events, censored)
    left = [1.0, *(step.survival for step in curve)]
    assert left == sorted(left, reverse=True)
    assert [(step.day, step.events) for step in curve] == sorted(events.items())
    assert all(0 <= step.survival <= 1 and step.events <= step.at_risk for step in curve)


@pytest.mark.parametrize(("n", "coverage"), [(20, 0.965), (100, 0.954)])
def test_the_interval_of_the_nps_covers_the_true_score(n: int, coverage: float) -> None:
    """With 75, 20 and 5 % promoters, passives and detractors it holds as often as simulations of the formula found
    (96.5 % of samples of 20, 95.4 % of 100; without the three quarters 92.3 and 93.9 %): here over every sample."""
    p, q, d = 0.75, 0.20, 0.05
    covered = 0.0
    for up in range(n + 1):
        for down in range(n + 1 - up):
            interval = Nps(n, up, down).interval
            assert interval is not None
            if interval[0] <= 100 * (p - d) <= interval[1]:
                ways = comb(n, up) * comb(n - up, down)
                covered += ways * p**up * d**down * q ** (n - up - down)
    assert covered == pytest.approx(coverage, abs=0.004)


def test_the_interval_of_the_nps_by_hand() -> None:
    """n 96, 48 promoters, 9 detractors: shares 48.75 and 9.75 of 98.25, so 39.69 with 13.08 on either side."""
    assert Nps(96, 48, 9).interval == (pytest.approx(26.6105, abs=5e-4), pytest.approx(52.7788, abs=5e-4))
    assert Nps(1, 0, 1).interval == (-100.0, pytest.approx(58.52, abs=0.01))
    assert (Nps(96, 48, 9).value, Nps(3, 0, 1).number, Nps(0, 0, 0).value) == (40.625, -33.3333, None)
    assert Nps(1, 1, 0).interval == (pytest.approx(-58.52, abs=0.01), 100.0)
    assert Nps(0, 0, 0).as_json(20)["low"] is None


@pytest.mark.slow
def test_a_difference_of_nothing_is_found_as_often_as_it_should() -> None:
    """A/A: of 1,000 experiments that do nothing, on 1,000 clients of whom 80 order, a fifth held out as the rules hold
    out, the interval holds the true difference, 0, in 93 to 97 %."""
    clients = [f"K{number:05d}" for number in range(1000)]
    orders = [number * 7919 % 1000 < 80 for number in range(1000)]
    covered = 0
    for trial in range(1000):
        held = [bucket_of(f"aa-{trial}", client) < 0.2 * BUCKETS for client in clients]
        n = sum(held)
        k = sum(order for order, is_held in zip(orders, held, strict=True) if is_held)
        found = newcombe(rate_of(80 - k, 1000 - n), rate_of(k, n))
        assert found is not None
        covered += found.low <= 0 <= found.high
    assert 930 <= covered <= 970


def test_the_sums_of_the_document() -> None:
    """LTV 700 x 1.05 x 0.70 = EUR 514.50, 11.4 times a CAC of 45; with 750 x 1.35 EUR 708.75, 38 % more; five years of
    1,000 clients at EUR 500: EUR 624,800 when a fifth stays each year, EUR 1,680,800 when four fifths do."""
    now, then = simple_value(70_000, 1.05, 0.70), simple_value(75_000, 1.35, 0.70)
    assert rounded_mean(now) == 51_450
    assert rounded_mean(then) == 70_875
    assert now is not None
    assert then is not None
    assert round(now / 4_500, 1) == 11.4
    assert round(then / now - 1, 2) == 0.38
    assert round(five_year_value(1_000, 50_000, 0.2)) == 62_480_000
    assert round(five_year_value(1_000, 50_000, 0.8)) == 168_080_000


def test_the_yearly_leak_compounds() -> None:
    """Two percent a month is 21.5 % a year; five points more retention bring a twentieth of all that clients bring."""
    leak = yearly_leak(1_000, 0.02, 60_000)
    assert leak.lost_clients == pytest.approx(215.3, abs=0.05)
    assert (leak.leak_cents, leak.better_by_cents) == (pytest.approx(12_917_000, abs=1_000), pytest.approx(3_000_000))
    assert yearly_leak(1_000, monthly_churn_of(0.04), 60_000).better_by_cents == pytest.approx(2_400_000)
    assert yearly_leak(10, monthly_churn_of(1.0), 100).lost_clients == 10


@pytest.mark.parametrize(
    ("number", "target", "less", "status"),
    [
        (0.15, 0.15, False, Status.GREEN),
        (0.09, 0.15, False, Status.AMBER),
        (0.0899, 0.15, False, Status.RED),
        (-10, 60, False, Status.RED),
        (12, 12, True, Status.GREEN),
        (20, 12, True, Status.AMBER),
        (20.01, 12, True, Status.RED),
        (0.0, 0.1, True, Status.GREEN),
    ],
)
def test_the_lights(number: float, target: float, less: bool, status: Status) -> None:
    """Green at the target or better, amber from 60 % of it in ratio terms, the inverse ratio where less is better."""
    assert light(number, target, less_is_better=less) is status
