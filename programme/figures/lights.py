"""The eight figures of the page: what was measured, the target, the light, and the number of a quarter ago."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from programme.figures.families.nps import Nps
from programme.figures.families.rates import Rate, rounded_mean

AMBER_FROM = 0.6  # of the way to the target, as a ratio
TREND_MONTHS = 3  # between `before` and now


class FigureKey(StrEnum):
    """The figures in the order of the page."""

    REPEAT_CUSTOMER_RATE = "repeat_customer_rate"
    MONTHS_TO_REPEAT = "months_to_repeat"
    NPS = "nps"
    REFERRAL_RATE = "referral_rate"
    CHURN_RATE = "churn_rate"
    EMAIL_ENGAGEMENT = "email_engagement"
    ANSWER_RATE = "answer_rate"
    RETENTION_RATE = "retention_rate"


LESS_IS_BETTER = frozenset({FigureKey.MONTHS_TO_REPEAT, FigureKey.CHURN_RATE})


class Status(StrEnum):
    """The light of a figure; none without a target, a number or enough clients."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    NONE = "none"


class Measured(Protocol):
    """What a figure measured: a number, of so many, and how JSON shows it."""

    @property
    def number(self) -> float | None:
        """As JSON shows it; None when there is none."""

    @property
    def exact(self) -> float | None:
        """The same before it was rounded for the eye: what is judged."""

    @property
    def n(self) -> int:
        """Over how many it is."""

    def as_json(self, small_n: int) -> dict[str, Any]:
        """The keys of the figure that depend on what was measured."""


@dataclass(frozen=True)
class MonthsToRepeat:
    """Mean months from the first to the second occasion of the n clients who have two.

    Attributes:
        quartile_days, median_days: days after which a quarter and half of all customers came back, by Kaplan-Meier;
            None while that is not reached.
        in_sight: how many customers were left in sight on these two days; None where nobody counted. Not in the JSON.
    """

    value: float | None
    n: int
    quartile_days: int | None
    median_days: int | None
    in_sight: tuple[int | None, int | None] = (None, None)

    def days_told(self, small_n: int) -> tuple[int | None, int | None]:
        """Quartile and median as people are told: None also where the fate of a handful made the curve reach them."""
        quartile_left, median_left = (small_n if left is None else left for left in self.in_sight)
        return (
            self.quartile_days if quartile_left >= small_n else None,
            self.median_days if median_left >= small_n else None,
        )

    @property
    def number(self) -> float | None:
        return rounded_mean(self.value)

    @property
    def exact(self) -> float | None:
        return self.value

    def as_json(self, small_n: int) -> dict[str, Any]:
        days = {"quartile_days": self.quartile_days, "median_days": self.median_days}
        return {"value": self.number, "n": self.n, **days}


@dataclass(frozen=True)
class Retention:
    """Of the customers of a year ago who were active then, those active now.

    Attributes:
        came_back: customers of a year ago who are active now and were not then; they are not among the k.
    """

    rate: Rate
    came_back: int

    @property
    def number(self) -> float | None:
        return self.rate.number

    @property
    def exact(self) -> float | None:
        return self.rate.exact

    @property
    def n(self) -> int:
        return self.rate.n

    def as_json(self, small_n: int) -> dict[str, Any]:
        return {**self.rate.as_json(small_n), "came_back": self.came_back}


@dataclass(frozen=True)
class Figure:
    """One of the eight.

    Attributes:
        target: a share, months or NPS points; None when the programme sets none.
        before: the number as of three months earlier; None when there was none.
        before_n: over how many that was; None where nobody counted.
    """

    key: FigureKey
    measured: Rate | MonthsToRepeat | Nps | Retention
    target: float | None
    before: float | None
    small_n: int
    before_n: int | None = None

    @property
    def number(self) -> float | None:
        return self.measured.number

    @property
    def compared(self) -> float | None:
        """What people are told of three months earlier; None when there was nothing, or too few to say anything."""
        had_few = self.before_n is not None and self.before_n < self.small_n
        return None if had_few else self.before

    @property
    def is_small(self) -> bool:
        """Too few to say anything."""
        return self.measured.n < self.small_n

    @property
    def status(self) -> Status:
        exact = self.measured.exact
        if self.is_small or exact is None or self.target is None:
            return Status.NONE
        return light(exact, self.target, less_is_better=self.key in LESS_IS_BETTER)

    def as_json(self) -> dict[str, Any]:
        judged = {"target": self.target, "status": self.status.value, "before": self.before}
        return {**self.measured.as_json(self.small_n), "small": self.is_small, **judged}


def light(number: float, target: float, *, less_is_better: bool) -> Status:
    """Green at the target or better, amber from 60 % of it, else red. `target` is above 0."""
    if number <= target if less_is_better else number >= target:
        return Status.GREEN
    way = target / number if less_is_better else number / target
    # The ninth decimal is far below what is shown, and far above the error of a division.
    return Status.AMBER if round(way, 9) >= AMBER_FROM else Status.RED
