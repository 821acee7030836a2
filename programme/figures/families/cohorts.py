"""Cohorts: the customers whose first occasion lies in one month or one quarter, and what became of them."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from programme.figures.families.rates import Rate, Sample, quotient, rounded_mean

DAYS_A_MONTH = 30.4375  # between two days, in figures
LEAST_AGE_DAYS = 90  # of a cohort, before it is compared with the one before


class Period(StrEnum):
    """What a cohort is made by."""

    MONTH = "month"
    QUARTER = "quarter"

    @property
    def months(self) -> int:
        return 1 if self is Period.MONTH else 3

    def number_of(self, day: date) -> int:
        """Months or quarters since the year 0; equal for the days of one."""
        return (day.year * 12 + day.month - 1) // self.months

    def last_day(self, number: int) -> date:
        first_of_next = (number + 1) * self.months
        return date(first_of_next // 12, first_of_next % 12 + 1, 1) - timedelta(days=1)

    def name_of(self, number: int) -> str:
        """ "1997-01" or "1997Q1"."""
        year, place = divmod(number, 12 // self.months)
        return f"{year:04d}-{place + 1:02d}" if self is Period.MONTH else f"{year:04d}Q{place + 1}"


@dataclass(frozen=True)
class Cell:
    """Customers of a cohort with an occasion in one month or quarter, and its revenue in cents."""

    active: int = 0
    revenue_cents: int = 0


@dataclass(frozen=True)
class AtAge:
    """What a cohort had done when each of its customers was so many days past the first occasion.

    Attributes:
        first: the value of each customer's first occasion.
        repeat: those with a second occasion by then.
        repeat_days: the days from first to second occasion of those, summed.
        revenue: of each customer, of all occasions by then.
    """

    customers: int
    first: Sample
    repeat: Rate
    repeat_days: int
    revenue: Sample

    @property
    def months_to_repeat(self) -> float | None:
        return quotient(self.repeat_days / DAYS_A_MONTH, self.repeat.k)


@dataclass(frozen=True)
class Trend:
    """A cohort beside the one before, both at the age of the younger: a younger cohort has had less time.

    Attributes:
        age_days: from the last day of the younger cohort's period to the day of the report.
    """

    age_days: int
    now: AtAge
    before: AtAge


@dataclass(frozen=True)
class Cohort:
    """One cohort, as of the day of the report.

    Attributes:
        name: "1997-01" or "1997Q1".
        months_to_repeat: the mean of those who came back; None without any.
        cells: one for each period since the cohort's own that is over, from its own on.
        running: of the period that the day lies in, unless it is over with that day.
        trend: None for the first cohort, and while this one is younger than 90 days.
    """

    name: str
    customers: int
    average_first_cents: float
    repeat: Rate
    months_to_repeat: float | None
    referral: Rate
    revenue_cents: int
    cells: tuple[Cell, ...]
    running: Cell | None
    trend: Trend | None

    def as_json(self, small_n: int) -> dict[str, Any]:
        running = self.running and {"active": self.running.active, "revenue": self.running.revenue_cents}
        return {
            "cohort": self.name,
            "customers": self.customers,
            "average_first_cents": rounded_mean(self.average_first_cents),
            "repeat": self.repeat.as_json(small_n),
            "months_to_repeat": rounded_mean(self.months_to_repeat),
            "referral": self.referral.as_json(small_n),
            "revenue_cents": self.revenue_cents,
            "active": [cell.active for cell in self.cells],
            "revenue": [cell.revenue_cents for cell in self.cells],
            "running": running,
        }
