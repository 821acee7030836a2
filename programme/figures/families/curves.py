"""When customers come back: Kaplan-Meier's curve of the days from the first to the second occasion."""

from collections.abc import Iterable, Mapping
from math import sqrt
from typing import NamedTuple

from programme.figures.families.rates import DECIMALS, rounded, wilson

# Below any difference of two shares that can be seen, above the error of some thousands of multiplications: 3/4 of 2/3
# of 1/2 … may come out as 0.7500000000000001, and is reached all the same.
ERROR = 1e-12


class Step(NamedTuple):
    """A day, counted from the first occasion, on which some had their second.

    Attributes:
        at_risk: who had neither come back nor been lost from sight before that day.
        survival: the share that had not come back by the end of that day.
        se: Greenwood's standard error of it.
    """

    day: int
    at_risk: int
    events: int
    survival: float
    se: float

    @property
    def between(self) -> tuple[float, float] | None:
        """The 95 % interval of the share that had come back; None where Greenwood's error is nought.

        Wilson's, of as many customers as would give this error if all of them were followed: 1 - S +- z x se holds the
        truth too seldom while few came back. Source: K. J. Rothman, Journal of Chronic Diseases 31 (1978) 557-560.
        """
        share = 1 - self.survival
        return wilson(share, share * self.survival / self.se**2) if self.se else None

    def as_json(self) -> list[int | float | None]:
        return [self.day, self.at_risk, self.events, rounded(self.survival), rounded(self.se, DECIMALS)]


def kaplan_meier(events: Mapping[int, int], censored: Mapping[int, int]) -> tuple[Step, ...]:
    """The curve: one step a day with an event.

    Args:
        events: how many came back so many days after their first occasion.
        censored: how many had not come back yet when they were last seen, so many days after it. Who is lost from
            sight on a day is at risk on that day.
    """
    at_risk = sum(events.values()) + sum(censored.values())
    steps: list[Step] = []
    survival, summed = 1.0, 0.0
    for day in sorted({*events, *censored}):
        if happened := events.get(day, 0):
            survival *= 1 - happened / at_risk
            if happened < at_risk:
                summed += happened / (at_risk * (at_risk - happened))
            else:
                survival = 0.0
            steps.append(Step(day, at_risk, happened, survival, survival * sqrt(summed)))
        at_risk -= happened + censored.get(day, 0)
    return tuple(steps)


def step_at(curve: Iterable[Step], share_left: float) -> Step | None:
    """The first step after which no more than `share_left` had not come back; None when that is not reached."""
    return next((step for step in curve if step.survival <= share_left + ERROR), None)
