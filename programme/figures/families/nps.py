"""The net promoter score with an interval that holds for few answers too."""

from dataclasses import dataclass
from math import sqrt
from typing import Any

from programme.figures.families.rates import Z, rounded_mean

ADDED = 0.75  # answers added to each of the three cells before the interval is taken (facts: cybaea.net, NPS intervals)


@dataclass(frozen=True)
class Nps:
    """The score of n answers, from -100 to 100; None without answers.

    Attributes:
        low, high: the 95 % interval, around a score that is shifted a little towards 0.
    """

    n: int
    promoters: int
    detractors: int

    @property
    def value(self) -> float | None:
        return 100 * (self.promoters - self.detractors) / self.n if self.n else None

    @property
    def number(self) -> float | None:
        return rounded_mean(self.value)

    @property
    def exact(self) -> float | None:
        return self.value

    @property
    def interval(self) -> tuple[float, float] | None:
        if not self.n:
            return None
        total = self.n + 3 * ADDED
        up, down = (self.promoters + ADDED) / total, (self.detractors + ADDED) / total
        score = up - down
        half = Z * sqrt((up + down - score**2) / total)
        return max(-100.0, 100 * (score - half)), min(100.0, 100 * (score + half))

    def as_json(self, small_n: int) -> dict[str, Any]:
        low, high = self.interval or (None, None)
        counts = {"n": self.n, "promoters": self.promoters, "detractors": self.detractors}
        return {"value": self.number, **counts, "low": rounded_mean(low), "high": rounded_mean(high)}
