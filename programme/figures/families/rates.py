"""A rate: k of n with the interval in which the true share probably lies; differences; and rounding for the eye."""

from math import hypot, sqrt
from typing import Any, NamedTuple

Z = 1.959964  # of a 95 % interval of the normal distribution
DECIMALS = 6  # of a share or a ratio in JSON
MEAN_DECIMALS = 4  # of means of money in cents, of months and of the NPS


class Rate(NamedTuple):
    """k of n; share and interval are None when n is 0.

    Attributes:
        low, high: the 95 % Wilson interval.
    """

    k: int
    n: int
    rate: float | None
    low: float | None
    high: float | None

    @property
    def number(self) -> float | None:
        """The share as JSON shows it."""
        return rounded(self.rate)

    @property
    def exact(self) -> float | None:
        """The share before it was rounded for the eye."""
        return self.rate

    @property
    def shares(self) -> tuple[float, float, float]:
        """Share, low and high of a rate of somebody."""
        assert self.rate is not None
        assert self.low is not None
        assert self.high is not None
        return self.rate, self.low, self.high

    def as_json(self, small_n: int) -> dict[str, Any]:
        """With `small` beside it when n is below `small_n`: too few to say anything."""
        shares = {name: rounded(self._asdict()[name]) for name in ("rate", "low", "high")}
        return {"k": self.k, "n": self.n, **shares, **({"small": True} if self.n < small_n else {})}


def rate_of(k: int, n: int) -> Rate:
    """Raises ValueError unless 0 <= k <= n: the k are always among the n."""
    if not 0 <= k <= n:
        raise ValueError(f"{k} of {n} is no rate")
    if n == 0:
        return Rate(k, n, None, None, None)
    share = k / n
    low, high = wilson(share, n)
    # At the ends the bound is exact, whatever the last digit of the sum.
    return Rate(k, n, share, low if k else 0.0, high if k < n else 1.0)


def wilson(share: float, n: float) -> tuple[float, float]:
    """The 95 % interval of a share of n, which need not be a whole number."""
    squared = Z * Z
    centre = (share + squared / (2 * n)) / (1 + squared / n)
    half = Z * sqrt(share * (1 - share) / n + squared / (4 * n * n)) / (1 + squared / n)
    return max(centre - half, 0.0), min(centre + half, 1.0)


class Estimate(NamedTuple):
    """A number of everybody with the 95 % interval of it; both bounds equal it where everybody was asked."""

    number: int
    low: int
    high: int

    @property
    def is_exact(self) -> bool:
        """Whether everybody was asked."""
        return self.low == self.number == self.high


def exactly(number: int) -> Estimate:
    """A number that was counted."""
    return Estimate(number, number, number)


def estimate_of(k: int, asked: int, everybody: int) -> Estimate:
    """A number of everybody by the k that were found among those who were asked.

    Where one who was asked may stand for more than one of the k, the interval is as if each stood for one at most.
    """
    if asked >= everybody or not asked:
        return exactly(k)
    return Estimate(*(round(share * everybody) for share in rate_of(min(k, asked), asked).shares))


class Difference(NamedTuple):
    """A difference of two shares or means with its 95 % interval."""

    difference: float
    low: float
    high: float


def newcombe(first: Rate, second: Rate) -> Difference | None:
    """The share of `first` minus that of `second`, with Newcombe's interval; None while one of them is of nobody.

    Source: R. G. Newcombe, Statistics in Medicine 17 (1998) 873-890, method 10, from the two Wilson intervals.
    """
    if not first.n or not second.n:
        return None
    (rate, low, high), (other, other_low, other_high) = first.shares, second.shares
    difference = rate - other
    below = sqrt((rate - low) ** 2 + (other_high - other) ** 2)
    above = sqrt((high - rate) ** 2 + (other - other_low) ** 2)
    return Difference(difference, difference - below, difference + above)


class Sample(NamedTuple):
    """n numbers, by their sum and the sum of their squares."""

    n: int
    total: int
    squares: float

    @property
    def mean(self) -> float:
        return self.total / self.n

    @property
    def error(self) -> float:
        """The standard error of the mean; of two numbers or more."""
        spread = max(self.squares - self.total**2 / self.n, 0.0)  # of equal numbers it may come out below nought
        return sqrt(spread / (self.n - 1) / self.n)


def difference_of_means(first: Sample, second: Sample) -> Difference | None:
    """The mean of `first` minus that of `second`, by both standard errors; None while one has fewer than two."""
    if min(first.n, second.n) < 2:
        return None
    difference = first.mean - second.mean
    half = Z * hypot(first.error, second.error)
    return Difference(difference, difference - half, difference + half)


def quotient(part: float, whole: float) -> float | None:
    """`part` for each of `whole`; None when there is none."""
    return part / whole if whole else None


def rounded(number: float | None, decimals: int = DECIMALS) -> float | None:
    """For the eye alone. Never -0.0, which JSON would show."""
    return None if number is None else round(number, decimals) + 0.0


def rounded_mean(number: float | None) -> float | None:
    """A mean of money in cents, of months, or an NPS."""
    return rounded(number, MEAN_DECIMALS)
