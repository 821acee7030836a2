"""A report made by hand, with every kind of row in it: what the page is tried on, and the shape of the JSON."""

from datetime import date

from programme.figures.families.care import CareFigures
from programme.figures.families.cohorts import AtAge, Cell, Cohort, Period, Trend
from programme.figures.families.curves import Step
from programme.figures.families.funnels import ExperimentResult, Funnel
from programme.figures.families.nps import Nps
from programme.figures.families.rates import Sample, rate_of
from programme.figures.families.referrals import Month, Overview, TopReferrer
from programme.figures.families.value import ClientTypes, FirmNumbers, Mean, Value
from programme.figures.lights import Figure, FigureKey, MonthsToRepeat, Retention
from programme.figures.report import ALL, By, Report
from programme.figures.restated import Restated, Why

AS_OF = date(2026, 3, 2)
SMALL_N = 20


def sample_report() -> Report:
    """A bureau with 284 delivered customers in four quarters; the amounts are in cents."""
    return Report(
        as_of=AS_OF,
        data_until=date(2026, 3, 1),
        by=By.CLIENT,
        small_n=SMALL_N,
        figures=_figures(),
        value=_value(),
        rfm={"111": 30, "155": 1, "333": 201, "515": 40, "555": 16},
        types=ClientTypes(newcomer=148, returning=13, latent=127),
        cohorts={Period.MONTH: _months(), Period.QUARTER: _quarters()},
        curve=_curve(),
        touchpoints=_funnels(),
        experiments=_experiments(),
        referrals=_referrals(),
        care=CareFigures(
            21,
            19,
            2,
            {"engineer": rate_of(17, 21), "manager": rate_of(3, 4)},
            {"call": rate_of(17, 21), "solution": rate_of(15, 20), "fix": rate_of(18, 19)},
            Nps(13, 9, 2),
        ),
        restated=(
            Restated("cohorts.month.2025-03.active.2", 1, 0, Why.CANCELLED),
            Restated("cohorts.month.2025-03.revenue.0", 2_536_200, 2_674_200, Why.LATE),
        ),
        firm=FirmNumbers(148, 70_062.3333, 126 / 148, 148, 22 / 148, 10_583_100),
    )


def _figures() -> dict[FigureKey, Figure]:
    measured = {
        FigureKey.REPEAT_CUSTOMER_RATE: (rate_of(15, 284), 0.15, 0.051852),
        FigureKey.MONTHS_TO_REPEAT: (MonthsToRepeat(14.2, 15, None, None), 12, 14.5312),
        FigureKey.NPS: (Nps(96, 48, 9), 60, 36.0),
        FigureKey.REFERRAL_RATE: (rate_of(23, 284), 0.25, 0.071),
        FigureKey.CHURN_RATE: (rate_of(22, 148), 0.1, 0.16),
        FigureKey.EMAIL_ENGAGEMENT: (rate_of(247, 669), 0.35, 0.31),
        FigureKey.ANSWER_RATE: (rate_of(402, 1029), None, 0.37),
        FigureKey.RETENTION_RATE: (Retention(rate_of(126, 148), 4), None, 0.84),
    }
    return {key: Figure(key, *values, small_n=SMALL_N) for key, values in measured.items()}


def _value() -> Value:
    return Value(
        customers=288,
        occasions=303,
        revenue_cents=21_228_900,
        gross_margin=0.7,
        cac_cents=4_500,
        historic={12: Mean(140, 71_250.5), 24: Mean(58, 76_100.25), 36: Mean(0, None)},
        customer_years=402.75,
        expected_years=3,
        repurchase=rate_of(5, 131),
        repurchase_days=365,
        loyalty_index=Mean(12, 7.9167),
        top_fifth_share=0.481234,
    )


def _months() -> tuple[Cohort, ...]:
    cells = (Cell(23, 1_582_400), Cell(), Cell(1, 64_000))
    first = Cohort(
        "2025-11",
        23,
        68_800.0,
        rate_of(1, 23),
        2.0041,
        rate_of(3, 23),
        1_646_400,
        (*cells, Cell(0, 0)),
        Cell(1, 90_000),
        None,
    )
    young = Cohort("2026-03", 4, 71_500.25, rate_of(0, 4), None, rate_of(0, 4), 286_001, (), Cell(4, 286_001), None)
    return first, young


def _quarters() -> tuple[Cohort, ...]:
    at_age = AtAge(23, Sample(23, 1_582_400, 1.3e11), rate_of(2, 23), 310, Sample(23, 1_734_000, 1.7e11))
    younger = AtAge(43, Sample(43, 2_872_400, 2.3e11), rate_of(5, 43), 402, Sample(43, 3_011_200, 2.7e11))
    first = Cohort(
        "2025Q2",
        23,
        68_800.0,
        rate_of(4, 23),
        6.2752,
        rate_of(3, 23),
        1_734_000,
        (Cell(23, 1_582_400), Cell(1, 70_000), Cell(1, 81_600)),
        Cell(),
        None,
    )
    second = Cohort(
        "2025Q3",
        43,
        66_800.0,
        rate_of(5, 43),
        3.1023,
        rate_of(3, 43),
        3_011_200,
        (Cell(43, 2_872_400), Cell(5, 138_800)),
        Cell(),
        Trend(153, younger, at_age),
    )
    young = Cohort(
        "2026Q1", 57, 71_500.0, rate_of(0, 57), None, rate_of(2, 57), 4_075_500, (), Cell(57, 4_075_500), None
    )
    return first, second, young


def _curve() -> dict[str, tuple[Step, ...]]:
    steps = (
        Step(60, 284, 4, 280 / 284, 0.006992),
        Step(180, 184, 5, 0.959127, 0.013881),
        Step(365, 131, 2, 0.944484, 0.017057),
    )
    return {ALL: steps, "2025Q2": (Step(41, 23, 1, 22 / 23, 0.042523),), "2025Q3": (), "2026Q1": ()}


def _funnels() -> tuple[Funnel, ...]:
    reasons = {"no_consent": 31, "superseded": 4}
    return (
        Funnel(
            "check_in",
            planned=298,
            accepted=290,
            delivered=281,
            tracked=131,
            opened=49,
            answered=118,
            ordered=4,
            revenue_cents=612_000,
            skipped={"no_address": 12},
            deferred={"open_case": 3},
            unsubscribed=1,
        ),
        Funnel("newsletter", "voorjaar-2026", planned=120, accepted=118, delivered=117, skipped=reasons),
        Funnel(
            "seasonal",
            planned=402,
            accepted=350,
            delivered=344,
            tracked=121,
            opened=44,
            ordered=6,
            revenue_cents=1_126_000,
            skipped=reasons,
            deferred={"frequency_cap": 9, "running_project": 22},
            unsubscribed=2,
            complained=1,
        ),
        Funnel("win_back", planned=31, deferred={"running_project": 2}),
    )


def _experiments() -> tuple[ExperimentResult, ...]:
    ended = ExperimentResult(
        "voorjaar",
        "seasonal",
        date(2025, 9, 1),
        date(2025, 11, 30),
        90,
        date(2026, 2, 28),
        172,
        43,
        rate_of(9, 172),
        rate_of(1, 43),
    )
    running = ExperimentResult(
        "jaar-verder", "anniversary", date(2026, 1, 5), date(2026, 3, 15), 60, date(2026, 5, 14), 40, 9, None, None
    )
    return ended, running


def _referrals() -> Overview:
    months = [Month("2026-01", 40, 6, 5, 4, 3, 1), Month("2026-02", 31, 4, 4, 2, 1, 0)]
    return Overview(
        AS_OF, months, [TopReferrer("K00042", 3, 35_000)], 14, 214_998, 115_000, 0, rate_of(23, 284), [61, 92, 120]
    )
