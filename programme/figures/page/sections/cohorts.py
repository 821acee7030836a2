"""Groups of customers by the quarter or month of their first order: who was active when, and groups compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from programme.figures.families.cohorts import Cohort, Period
from programme.figures.families.rates import Difference, difference_of_means, newcombe
from programme.figures.page.words import k_of_n
from programme.figures.report import Report
from programme.words.numerals import decimal_words, dotted, whole_money_words
from programme.words.wording import MONTHS, counted_words, number_words

QUARTERS_SHOWN = 12  # rows and columns of the table of activity
MONTHS_SHOWN = 24
SHADES = (0.0, 0.02, 0.05, 0.10)  # a share above each of these is a shade darker


@dataclass(frozen=True)
class Cell:
    """One quarter of one group.

    Attributes:
        shade: q0 to q4 by the share of the group, "first" for the group's own quarter, "run" while it runs, "" after.
        tip: the revenue, for the table of revenue.
    """

    text: str
    shade: str
    revenue: str


class Arrows(NamedTuple):
    """Against the group before, at the age of the younger: "up", "down", "same", or "" where nothing can be said."""

    first: str = ""
    repeat: str = ""
    revenue: str = ""


@dataclass(frozen=True)
class CohortLine:
    """One group: its activity, and its numbers beside those of the group before."""

    name: str
    customers: str
    cells: Sequence[Cell]
    first: str
    repeat: str
    months: str
    referral: str
    revenue: str
    arrows: Arrows


@dataclass(frozen=True)
class Groups:
    """The tables of one period.

    Attributes:
        columns: how many periods after their own there are to show.
        not_shown: in a sentence, how many older groups there are; "" without any.
        is_cut: whether an old group has more periods than there are columns.
    """

    lines: Sequence[CohortLine]
    columns: int
    not_shown: str
    is_cut: bool


def groups_of(report: Report, period: Period, shown: int) -> Groups:
    """The latest `shown` groups, the oldest first, with as many columns at most."""
    every = report.cohorts[period]
    kept = every[-shown:]
    most = max((len(each.cells) + (each.running is not None) for each in kept), default=0)
    columns = min(most, shown + 1)
    lines = [_line(each, columns, report.small_n) for each in kept]
    return Groups(lines, columns, _not_shown(len(every) - len(kept), shown), most > columns)


def _not_shown(older: int, shown: int) -> str:
    """The groups need not follow each other: a quarter in which nobody began has none."""
    if not older:
        return ""
    return f"Ouder dan deze {number_words(shown)} groepen: {counted_words(older, 'groep', 'groepen')}."


def cohort_words(name: str) -> str:
    """ "1997 K1" of "1997Q1", "januari 1997" of "1997-01"."""
    if "Q" in name:
        return name.replace("Q", " K")
    year, month = name.split("-")
    return f"{MONTHS[int(month) - 1]} {year}"


def last_day_of(name: str) -> date:
    """The last day of the quarter "1997Q1" or of the month "1997-01"."""
    if "Q" in name:
        year, quarter = name.split("Q")
        return Period.QUARTER.last_day(int(year) * 4 + int(quarter) - 1)
    year, month = name.split("-")
    return Period.MONTH.last_day(int(year) * 12 + int(month) - 1)


def _line(cohort: Cohort, columns: int, small_n: int) -> CohortLine:
    repeat, referral = cohort.repeat, cohort.referral
    return CohortLine(
        cohort_words(cohort.name),
        dotted(cohort.customers),
        [_cell(cohort, place) for place in range(columns)],
        whole_money_words(cohort.average_first_cents),
        k_of_n(repeat.k, repeat.n),
        "–" if cohort.months_to_repeat is None else decimal_words(cohort.months_to_repeat, 1),
        k_of_n(referral.k, referral.n),
        whole_money_words(cohort.revenue_cents),
        _arrows(cohort, small_n),
    )


def _cell(cohort: Cohort, place: int) -> Cell:
    if place < len(cohort.cells):
        cell = cohort.cells[place]
        share = cell.active / cohort.customers
        shade = "first" if place == 0 else f"q{sum(share > least for least in SHADES)}"
        return Cell(dotted(cell.active), shade, whole_money_words(cell.revenue_cents))
    if place == len(cohort.cells) and cohort.running is not None:
        return Cell(dotted(cohort.running.active), "run", whole_money_words(cohort.running.revenue_cents))
    return Cell("", "", "")


def _arrows(cohort: Cohort, small_n: int) -> Arrows:
    """Of a small group nothing is said, and of others no more than chance allows."""
    trend = cohort.trend
    if trend is None or min(trend.now.customers, trend.before.customers) < small_n:
        return Arrows()
    now, before = trend.now, trend.before
    return Arrows(
        _arrow(difference_of_means(now.first, before.first)),
        _arrow(newcombe(now.repeat, before.repeat)),
        _arrow(difference_of_means(now.revenue, before.revenue)),
    )


def _arrow(found: Difference | None) -> str:
    if found is None or found.low <= 0 <= found.high:
        return "same"
    return "up" if found.difference > 0 else "down"
