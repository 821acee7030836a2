"""What keeping clients is worth: sums that a director can do with other numbers. Source: programme section 10."""

from typing import NamedTuple

YEARS = 5


def five_year_value(clients: float, first_year_cents: float, retention: float, years: int = YEARS) -> float:
    """What these clients bring in so many years, when this share of them stays each year; in cents."""
    return clients * first_year_cents * sum(retention**year for year in range(years))


class Leak(NamedTuple):
    """What goes each year with the clients who go.

    Attributes:
        lost_clients: from the monthly churn, compounding over twelve months.
        better_by_cents: what the leak would be less with so many points more retention.
    """

    lost_clients: float
    leak_cents: float
    better_by_cents: float


def yearly_leak(clients: float, monthly_churn: float, yearly_value_cents: float, points: float = 0.05) -> Leak:
    """`points`: the share of the clients that would stay in addition, at most those who go."""
    share_lost = 1 - (1 - monthly_churn) ** 12
    worth = clients * yearly_value_cents
    return Leak(clients * share_lost, worth * share_lost, worth * min(points, share_lost))


def monthly_churn_of(yearly_churn: float) -> float:
    """The churn of a month that compounds to that of the year."""
    return 1 - (1 - yearly_churn) ** (1 / 12)
