"""Before an experiment: the smallest effect that it could show, with 80 % power, and what it would take to show one.

Everyone who gets the mail today orders at the rate of the past; the question is how much lower the rate of those held
out must be to be told apart. If even nobody of them ordering could not be told apart, the experiment can show nothing.
"""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from programme.figures.families.rates import Estimate, Rate, Z

POWER = 0.80  # the chance that an effect of that size is seen
MOST_DAYS = 730  # beyond two years the clients are others
LEAST_STEP = 1e-6  # of a share: as JSON shows it

_CURVE = NormalDist()


@dataclass(frozen=True)
class Plan:
    """An experiment that has not begun.

    Attributes:
        days, holdout_share, window_days: as asked.
        expected: how many clients are expected to take part in these days.
        ordered: of those who got such a mail before, who ordered within the window; `of_all_mails` when too few had
            got this one, and all mails together had to do.
        asked: `expected` was worked out from so many recipients; None where everybody was asked or counted.
        smallest: the least difference of two shares that would be seen; None when none could be.
    """

    touchpoint: str
    days: int
    holdout_share: float
    window_days: int
    expected: Estimate
    ordered: Rate
    of_all_mails: bool
    smallest: float | None
    asked: int | None = None

    @property
    def clients(self) -> int:
        """How many clients are expected, without the bounds."""
        return self.expected.number

    @property
    def held_out(self) -> int:
        return round(self.clients * self.holdout_share)

    @property
    def treated(self) -> int:
        return self.clients - self.held_out


def plan_of(
    touchpoint: str,
    days: int,
    holdout_share: float,
    window_days: int,
    expected: Estimate,
    ordered: Rate,
    of_all_mails: bool,
    asked: int | None = None,
) -> Plan:
    """`expected`: clients in these days; `ordered`: of at least one client."""
    held_out = round(expected.number * holdout_share)
    smallest = smallest_effect(ordered.rate or 0.0, expected.number - held_out, held_out)
    return Plan(touchpoint, days, holdout_share, window_days, expected, ordered, of_all_mails, smallest, asked)


def smallest_effect(rate: float, treated: int, held_out: int) -> float | None:
    """How much lower than `rate` the share of those held out must be to be seen with 80 % power; None when no share is.

    Args:
        rate: the share of the treated who order.
    """
    if not rate or power(rate, 0.0, treated, held_out) < POWER:
        return None
    low, high = 0.0, rate
    while high - low > LEAST_STEP:
        middle = (low + high) / 2
        low, high = (low, middle) if power(rate, rate - middle, treated, held_out) >= POWER else (middle, high)
    return high


def power(first: float, second: float, first_n: int, second_n: int) -> float:
    """The chance that two shares are told apart at 5 %, by the normal approximation.

    Source: Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions (2003), section 4.2, without the
    correction for continuity.
    """
    if not first_n or not second_n or first == second:
        return 0.0
    pooled = (first * first_n + second * second_n) / (first_n + second_n)
    if_equal = sqrt(pooled * (1 - pooled) * (1 / first_n + 1 / second_n))
    as_is = sqrt(first * (1 - first) / first_n + second * (1 - second) / second_n)
    return _CURVE.cdf((abs(first - second) - Z * if_equal) / as_is) if as_is else 1.0


def days_to_see(plan: Plan) -> int | None:
    """Days with as many clients a day until anything at all could be seen; None when two years are not enough."""
    return _first_day(plan, plan.holdout_share)


def share_to_see(plan: Plan) -> bool:
    """Whether half of the clients held out, in the same days, would show something."""
    half = round(plan.clients / 2)
    return smallest_effect(plan.ordered.rate or 0.0, plan.clients - half, half) is not None


def _first_day(plan: Plan, share: float) -> int | None:
    """Bisect: with more clients more can be seen."""
    if not plan.clients or not plan.ordered.rate or not _shows(plan, share, MOST_DAYS):
        return None
    low, high = plan.days, MOST_DAYS
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _shows(plan, share, middle) else (middle + 1, high)
    return low


def _shows(plan: Plan, share: float, days: int) -> bool:
    clients = plan.clients * days // plan.days
    held_out = round(clients * share)
    return smallest_effect(plan.ordered.rate or 0.0, clients - held_out, held_out) is not None
