"""Reports of bureaus in every state: nothing yet, one client, few, and a million; and one full of hostile names."""

from dataclasses import replace
from datetime import date

from programme.figures.families.care import CareFigures
from programme.figures.families.cohorts import AtAge, Cell, Cohort, Period, Trend
from programme.figures.families.curves import kaplan_meier
from programme.figures.families.funnels import ExperimentResult, Funnel
from programme.figures.families.nps import Nps
from programme.figures.families.rates import Rate, Sample, rate_of
from programme.figures.families.referrals import Overview
from programme.figures.families.value import ClientTypes, FirmNumbers, Mean, Value
from programme.figures.lights import Figure, FigureKey, MonthsToRepeat, Retention
from programme.figures.report import ALL, By, Report
from tests.sample_report import AS_OF, SMALL_N, sample_report

HOSTILE = "<script>alert(1)</script>\" onload='x' {{ 7*7 }} =HYPERLINK(1) https://kwaad.example @vera"


def empty_report() -> Report:
    """A database without a row."""
    none = rate_of(0, 0)
    return replace(
        sample_report(),
        data_until=None,
        figures=_figures(none, Nps(0, 0, 0), MonthsToRepeat(None, 0, None, None)),
        value=_value(0, 0, 0),
        rfm={},
        types=ClientTypes(0, 0, 0),
        cohorts=dict.fromkeys(Period, ()),
        curve={ALL: ()},
        touchpoints=(),
        experiments=(),
        referrals=Overview(AS_OF, [], [], 0, 0, 0, 0, none, []),
        care=CareFigures(),
        restated=(),
        firm=FirmNumbers(0, None, None, 0, None, 0),
    )


def one_client_report() -> Report:
    """One client with one delivered project of a month ago."""
    one = Cohort("2026-02", 1, 61_000.0, rate_of(0, 1), None, rate_of(0, 1), 61_000, (Cell(1, 61_000),), Cell(), None)
    quarter = replace(one, name="2026Q1", cells=(), running=Cell(1, 61_000))
    return replace(
        empty_report(),
        data_until=date(2026, 2, 1),
        figures=_figures(rate_of(0, 1), Nps(1, 1, 0), MonthsToRepeat(None, 0, None, None)),
        value=_value(1, 1, 61_000),
        rfm={"111": 1},
        types=ClientTypes(1, 0, 0),
        cohorts={Period.MONTH: (one,), Period.QUARTER: (quarter,)},
    )


def big_report() -> Report:
    """A million clients over twelve years, a thousand campaigns: long numbers, narrow intervals, many groups."""
    events = {day: 400 + (day * 7919) % 300 for day in range(20, 4000, 7)}
    curve = kaplan_meier(events, dict.fromkeys(range(30, 4300, 5), 900))
    quarters = [(year, number) for year in range(2014, 2026) for number in (1, 2, 3, 4)]
    cohorts = tuple(
        _big_cohort(f"{year}Q{number}", 25_000 + 371 * place, len(quarters) - place)
        for place, (year, number) in enumerate(quarters)
    )
    months = tuple(replace(cohort, name=f"{2014 + place // 12}-{place % 12 + 1:02d}")
                   for place, cohort in enumerate(cohorts))  # fmt: skip
    campaigns = [
        Funnel("newsletter", f"actie-{number}", planned=987_654 - number, accepted=987_000, delivered=980_123,
               tracked=410_000, opened=123_456, ordered=8_888, revenue_cents=987_654_321,
               skipped={"no_consent": 210_987, "no_address": 8_765},
               deferred={"frequency_cap": 98_765, "open_case": 43},
               unsubscribed=4_321, complained=5_432)
        for number in range(1_000)
    ]  # fmt: skip
    return replace(
        sample_report(),
        by=By.RECIPIENT,
        figures=_figures(
            rate_of(48_915, 981_204), Nps(310_222, 171_001, 41_987), MonthsToRepeat(13.27, 48_915, 611, None)
        ),
        value=_value(1_003_771, 1_054_003, 73_812_345_678),
        types=ClientTypes(213_444, 48_915, 741_412),
        rfm={f"{a}{b}{c}": 8_000 + a * 31 + b * 7 + c for a in range(1, 6) for b in range(1, 6) for c in range(1, 6)},
        cohorts={Period.QUARTER: cohorts, Period.MONTH: months},
        curve={ALL: curve, **{cohort.name: curve[:300] for cohort in cohorts}},
        touchpoints=(*sample_report().touchpoints, *campaigns),
    )  # fmt: skip


def hostile_report() -> Report:
    """Names that came from outside, each of them an attack."""
    sample = sample_report()
    trial = ExperimentResult("x", HOSTILE, AS_OF, AS_OF, 60, date(2026, 5, 1), 0, 0, None, None)
    funnels = (Funnel(HOSTILE, HOSTILE, HOSTILE, HOSTILE, planned=3, skipped={HOSTILE: 2}), *sample.touchpoints)
    care = replace(sample.care, by_level={HOSTILE: rate_of(1, 2)}, by_step={HOSTILE: rate_of(1, 2)})
    restated = tuple(each._replace(figure=HOSTILE) for each in sample.restated)
    return replace(sample, touchpoints=funnels, experiments=(trial,), care=care, restated=restated)


def _figures(rate: Rate, nps: Nps, months: MonthsToRepeat) -> dict[FigureKey, Figure]:
    before = None if rate.rate is None else rate.rate / 2
    targets = {FigureKey.NPS: 60.0, FigureKey.MONTHS_TO_REPEAT: 12.0, FigureKey.CHURN_RATE: 0.1}
    targets |= {FigureKey.REPEAT_CUSTOMER_RATE: 0.15, FigureKey.REFERRAL_RATE: 0.25, FigureKey.EMAIL_ENGAGEMENT: 0.35}
    rates: dict[FigureKey, Rate | Nps | MonthsToRepeat | Retention] = dict.fromkeys(FigureKey, rate)
    measured = rates | {FigureKey.RETENTION_RATE: Retention(rate, rate.k // 7)}
    measured |= {FigureKey.NPS: nps, FigureKey.MONTHS_TO_REPEAT: months}
    return {key: Figure(key, measured[key], targets.get(key), before, SMALL_N) for key in FigureKey}


def _value(customers: int, occasions: int, revenue_cents: int) -> Value:
    some = Mean(customers, revenue_cents / customers) if customers else Mean(0, None)
    return replace(
        sample_report().value,
        customers=customers,
        occasions=occasions,
        revenue_cents=revenue_cents,
        historic=dict.fromkeys((12, 24, 36), some),
        customer_years=float(3 * customers),
        repurchase=rate_of(0, customers),
        loyalty_index=Mean(0, None),
        top_fifth_share=0.61 if customers else None,
    )


def _big_cohort(name: str, customers: int, periods: int) -> Cohort:
    cells = (Cell(customers, 1_700_000_000), *(Cell(900 + 13 * place, 63_000_000) for place in range(1, periods)))
    first, revenue = Sample(customers, 1_700_000_000, 1e15), Sample(customers, 1_800_000_000, 1e15)
    at_age = AtAge(customers, first, rate_of(customers // 20, customers), 400 * customers, revenue)
    before = replace(at_age, repeat=rate_of(customers // 25, customers))
    return Cohort(
        name, customers, 68_812.4, rate_of(customers // 15, customers), 13.04, rate_of(customers // 11, customers),
        1_912_345_678, cells, Cell(77, 5_000_000), Trend(400, at_age, before),
    )  # fmt: skip
