"""The numbers that a family of figures works out for the JSON (figures.md 3 to 6, referrals.md 7)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.figures.families.care import CareFigures
from programme.figures.families.cohorts import AtAge, Cell, Cohort, Period
from programme.figures.families.funnels import ExperimentResult, Funnel
from programme.figures.families.nps import Nps
from programme.figures.families.rates import Sample, rate_of
from programme.figures.families.referrals import Month, Overview, TopReferrer
from programme.figures.families.value import Mean, Value, simple_value

NOBODY = rate_of(0, 0)


@pytest.mark.parametrize(
    ("period", "first", "last", "name"),
    [
        (Period.MONTH, date(1997, 1, 1), date(1997, 1, 31), "1997-01"),
        (Period.MONTH, date(1997, 12, 1), date(1997, 12, 31), "1997-12"),
        (Period.MONTH, date(2028, 2, 1), date(2028, 2, 29), "2028-02"),
        (Period.QUARTER, date(1997, 1, 1), date(1997, 3, 31), "1997Q1"),
        (Period.QUARTER, date(1997, 10, 1), date(1997, 12, 31), "1997Q4"),
    ],
)
def test_a_period_has_its_days_and_its_name(period: Period, first: date, last: date, name: str) -> None:
    """The days before and after are those of its neighbours."""
    number, day = period.number_of(first), timedelta(days=1)
    assert period.number_of(last) == number
    assert period.number_of(first - day) == number - 1
    assert period.number_of(last + day) == number + 1
    assert period.last_day(number) == last
    assert period.name_of(number) == name


@given(st.sampled_from(Period), st.dates(date(1990, 1, 1), date(2100, 12, 31)))
def test_every_day_lies_in_one_period(period: Period, day: date) -> None:
    """After the last day of the one before, and not after that of its own."""
    number = period.number_of(day)
    assert period.last_day(number - 1) < day <= period.last_day(number)


def test_a_cohort_at_an_age_has_its_means() -> None:
    """Of the months over those who came back."""
    found = AtAge(4, Sample(4, 100_000, 0), rate_of(2, 4), 487, Sample(4, 150_000, 0))
    assert found.months_to_repeat == pytest.approx(8)
    assert replace(found, repeat=rate_of(0, 4)).months_to_repeat is None


def test_a_cohort_shows_its_running_period_apart() -> None:
    """Null where the day lies in none; rounded for the eye alone."""
    cohort = Cohort("1997Q1", 3, 100 / 3, rate_of(1, 3), 1.23456, NOBODY, 7, (Cell(3, 5), Cell()), Cell(1, 2), None)
    shown = cohort.as_json(20)
    assert (shown["average_first_cents"], shown["months_to_repeat"]) == (33.3333, 1.2346)
    assert (shown["active"], shown["revenue"], shown["running"]) == ([3, 0], [5, 0], {"active": 1, "revenue": 2})
    assert shown["repeat"] == rate_of(1, 3).as_json(20)
    over = Cohort("1997Q1", 3, 1.0, NOBODY, None, NOBODY, 7, (Cell(),), None, None)
    assert (over.as_json(20)["running"], over.as_json(20)["months_to_repeat"]) == (None, None)


def test_a_funnel_names_what_it_was_asked_by() -> None:
    """And a touchpoint as a whole nothing but itself; the reasons stand in one order."""
    skipped, deferred = {"no_consent": 2, "held_out": 1}, {"paused": 1, "open_case": 1}
    given = Funnel("seasonal", planned=9, skipped=skipped, deferred=deferred)
    assert (given.unsubscribed, given.complained, given.delivered_answered, given.refused) == (0, 0, 0, 0)
    plain = given.as_json()
    assert [*plain][:2] == ["touchpoint", "planned"]
    assert ([*plain["skipped"]], [*plain["deferred"]]) == (["held_out", "no_consent"], ["open_case", "paused"])
    zeros = {name: number for name, number in plain.items() if number == 0}
    assert [*zeros] == ["accepted", "delivered", "tracked", "opened", "answered", "ordered", "revenue_cents"]
    asked = Funnel("newsletter", campaign="lentebrief", segment="starter", tier="goud").as_json()
    assert (asked["campaign"], asked["segment"], asked["tier"]) == ("lentebrief", "starter", "goud")
    assert (asked["planned"], asked["skipped"], asked["deferred"]) == (0, {}, {})


def experiment(**changes: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"treated": rate_of(56, 70), "held_out": rate_of(48, 80)}
    days = (date(2025, 9, 1), date(2025, 9, 30), 60, date(2025, 11, 29))
    return ExperimentResult("najaar", "seasonal", *days, 70, 80, **told | changes).as_json(20)


def test_an_experiment_tells_its_difference_or_nothing() -> None:
    """Nothing before its day, which has no rates, and none of nobody."""
    told = experiment()
    assert (told["difference"], round(told["low"], 4), round(told["high"], 4)) == (0.2, 0.0524, 0.3339)
    assert (told["treated"]["k"], told["held_out"]["n"], told["result_on"]) == (56, 80, "2025-11-29")
    for missing in ({"treated": None, "held_out": None}, {"held_out": NOBODY}, {"treated": NOBODY}):
        silent = experiment(**missing)
        assert (silent["difference"], silent["low"], silent["high"]) == (None, None, None)
    assert experiment(treated=None)["treated"] is None


def test_complaints_of_nobody_are_counted_too() -> None:
    """Zero cases, and no score after them."""
    assert CareFigures().as_json(20) == {
        "opened": 0,
        "closed": 0,
        "open": 0,
        "by_level": {},
        "by_step": {},
        "recovered_nps": Nps(0, 0, 0).as_json(20),
    }
    kept = CareFigures(by_level={"manager": rate_of(3, 4)}, by_step={"call": rate_of(1, 4)}).as_json(20)
    assert (kept["by_level"]["manager"]["k"], kept["by_step"]["call"]["k"]) == (3, 1)


def value(**changes: Any) -> dict[str, Any]:
    """Ten customers of twelve occasions, together € 6,000 in twenty years."""
    given: dict[str, Any] = {
        "customers": 10,
        "occasions": 12,
        "revenue_cents": 600_000,
        "gross_margin": 0.7,
        "cac_cents": 4_500,
        "historic": {12: Mean(8, 1_000 / 3), 24: Mean(0, None)},
        "customer_years": 20.0,
        "expected_years": 3.0,
        "repurchase": rate_of(2, 8),
        "repurchase_days": 365,
        "loyalty_index": Mean(3, 26 / 3),
        "top_fifth_share": 1 / 3,
    }
    return Value(**given | changes).as_json(5)


def test_what_customers_are_worth() -> None:
    """Average × orders × margin, average × occasions a year × years; means to four decimals, ratios to six."""
    found = value()
    assert (found["average_order_cents"], found["orders_per_customer"]) == (50_000, 1.2)
    assert (found["ltv_simple_cents"], found["ltv_cac"]) == (42_000, 9.333333)
    assert (found["occasions_per_year"], found["clv_cents"]) == (0.6, 90_000)
    assert found["historic"] == {"12": {"n": 8, "cents": 333.3333}, "24": {"n": 0, "cents": None}}
    assert found["repurchase"] == {**rate_of(2, 8).as_json(5), "days": 365}
    assert (found["loyalty_index"], found["top_fifth_share"]) == ({"value": 8.6667, "n": 3}, 0.333333)


def test_nobody_is_worth_no_number() -> None:
    """Without occasions there is no mean, and a customer who costs nothing has no ratio."""
    found = value(customers=0, occasions=0, revenue_cents=0, customer_years=0.0, top_fifth_share=None)
    empty = {name for name, number in found.items() if number is None}
    assert empty == {
        "average_order_cents",
        "orders_per_customer",
        "ltv_simple_cents",
        "ltv_cac",
        "occasions_per_year",
        "clv_cents",
        "top_fifth_share",
    }
    assert value(cac_cents=0)["ltv_cac"] is None
    assert simple_value(None, 1.2, 0.7) is simple_value(50_000, None, 0.7) is None


def overview(**changes: Any) -> Overview:
    given: dict[str, Any] = {
        "as_of": date(2026, 4, 30),
        "months": [Month("2026-03", 4, 3, 2, 1)],
        "top": [TopReferrer("A1", 2, 20_000)],
        "qualified": 3,
        "cost_cents": 50_000,
        "open_cents": 10_000,
        "open_commission_cents": 6_000,
        "clients_who_referred": rate_of(1, 8),
        "days_to_qualify": [31, 10, 45],
    }
    return Overview(**given | changes)


@pytest.mark.parametrize(
    ("days", "middle"), [([], None), ([31, 10, 45], 31), ([10, 31], 20.5), ([10, 30], 20), ([0], 0)]
)
def test_half_of_the_friends_took_so_many_days(days: list[int], middle: float | None) -> None:
    """A whole number, or the half between two."""
    found = overview(days_to_qualify=days).median_days
    assert (found, type(found)) == (middle, type(middle))


def test_a_friend_costs_whole_cents() -> None:
    """Rounded down; nothing is divided before anybody qualified."""
    assert overview().cost_per_client_cents == 16_666
    assert overview(qualified=0).cost_per_client_cents is None
    assert Month("2026-03") == ("2026-03", 0, 0, 0, 0, 0, 0)
    shown = overview().as_json(20)
    assert shown["months"] == [
        {"month": "2026-03", "visits": 4, "signed_up": 3, "linked": 2, "quoted": 1, "ordered": 0, "qualified": 0}
    ]
    assert shown["top"] == [{"client_id": "A1", "qualified": 2, "earned_cents": 20_000}]
    assert (shown["open_liability_cents"], shown["open_commission_cents"]) == (10_000, 6_000)
