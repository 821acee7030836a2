"""A page says no number that its report does not have."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programme.figures.families.nps import Nps
from programme.figures.families.rates import Rate, rate_of
from programme.figures.lights import Figure, FigureKey
from programme.figures.report import Report, report_json
from tasks.figures.page import page_html
from tests import factories as make
from tests.page_numbers import allowed_by, numbers_on
from tests.sample_report import sample_report
from tests.sample_reports import empty_report, one_client_report

PROGRAMME = make.programme()
# The page says these per thousand of the delivered ones; the JSON has no place for them.
UNTOLD = ("unsubscribed", "complained")


def without_untold(report: Report) -> Report:
    bare = tuple(replace(each, **dict.fromkeys(UNTOLD, 0)) for each in report.touchpoints)
    return replace(report, touchpoints=bare)


@st.composite
def rates(draw: st.DrawFn) -> Rate:
    n = draw(st.integers(0, 2_000_000))
    return rate_of(draw(st.integers(0, n)), n)


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """The sample with other figures, customers and mails."""
    sample = without_untold(sample_report())
    figures: dict[FigureKey, Figure] = {}
    for key, figure in sample.figures.items():
        before = draw(st.none() | st.floats(0, 1, allow_nan=False).map(lambda share: round(share, 6)))
        if isinstance(figure.measured, Rate):
            figure = replace(figure, measured=draw(rates()), before=before)
        elif isinstance(figure.measured, Nps):
            promoters, detractors, passives = (draw(st.integers(0, 900)) for _ in range(3))
            figure = replace(figure, measured=Nps(promoters + detractors + passives, promoters, detractors))
        figures[key] = figure
    mails = tuple(
        replace(each, planned=draw(st.integers(0, 10**7)), ordered=draw(st.integers(0, 10**5)),
                revenue_cents=draw(st.integers(0, 10**10)))
        for each in sample.touchpoints
    )  # fmt: skip
    value = replace(sample.value, revenue_cents=draw(st.integers(0, 10**12)), occasions=draw(st.integers(288, 10**6)))
    return replace(sample, figures=figures, touchpoints=mails, value=value)


def strangers(report: Report) -> set[str]:
    return numbers_on(page_html(report, PROGRAMME)) - allowed_by(report_json(report)) - of_the_programme()


def of_the_programme() -> set[str]:
    """The target curve, and what stands today at a key that can be turned."""
    curve = {f"{100 * share:.0f}" for _, share in PROGRAMME.figures.target_points}
    return {str(PROGRAMME.caps.marketing_gap_days), *curve}


@pytest.mark.long
@given(reports())
@settings(deadline=None, max_examples=50)
def test_every_number_on_the_page_stands_in_the_report(report: Report) -> None:
    """Or is worked out from two of them in the open; in whatever way it is written."""
    assert strangers(report) == set()


@pytest.mark.parametrize("report", [empty_report(), one_client_report(), without_untold(sample_report())])
def test_so_it_does_in_each_state(report: Report) -> None:
    """Nothing yet, one client, a bureau."""
    assert strangers(report) == set()


def test_a_number_of_another_report_is_found() -> None:
    """So that none above means none: the page of one report against the JSON of another."""
    sample = without_untold(sample_report())
    other = replace(sample, figures=sample.figures | {
        FigureKey.REFERRAL_RATE: replace(sample.figures[FigureKey.REFERRAL_RATE], measured=rate_of(7_411, 31_337)),
    })  # fmt: skip

    assert {"7.411", "31.337"} <= numbers_on(page_html(other, PROGRAMME)) - allowed_by(report_json(sample))
