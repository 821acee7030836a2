"""What the marketer sees of the referral programme: where sign-ups get to, who brings most, and what it costs."""

from collections.abc import Sequence
from datetime import date
from statistics import median
from typing import Any, NamedTuple

from programme.figures.families.rates import Rate

MOST_TOP = 10


class Month(NamedTuple):
    """Visits of a month, and how far its sign-ups came by the day that is looked at.

    Attributes:
        month: "2026-03".
        linked: the friend is a client that we know.
        quoted, ordered: a quote or an order of the friend dated on or after the sign-up; cancelled orders are none.
    """

    month: str
    visits: int = 0
    signed_up: int = 0
    linked: int = 0
    quoted: int = 0
    ordered: int = 0
    qualified: int = 0


class TopReferrer(NamedTuple):
    """A referrer by what was brought and earned."""

    client_id: str
    qualified: int
    earned_cents: int


class Overview(NamedTuple):
    """The programme as of a day; amounts in cents.

    Attributes:
        months: those with a visit or a sign-up, in order.
        top: the ten with most qualified referrals, then by id.
        cost_cents: rewards and commission earned, and the discount of every friend whose referral qualified.
        open_cents: rewards that the ledger owes: pending, payable and in transit; commission stands beside it.
        clients_who_referred: of the clients with a delivered project, those with a referral.
        days_to_qualify: from each sign-up to its qualification, in no order.
    """

    as_of: date
    months: Sequence[Month]
    top: Sequence[TopReferrer]
    qualified: int
    cost_cents: int
    open_cents: int
    open_commission_cents: int
    clients_who_referred: Rate
    days_to_qualify: Sequence[int]

    @property
    def cost_per_client_cents(self) -> int | None:
        """Rounded down to the cent; None before anybody qualified."""
        return self.cost_cents // self.qualified if self.qualified else None

    @property
    def median_days(self) -> float | None:
        """A whole number, or a half between two days."""
        if not self.days_to_qualify:
            return None
        middle = median(self.days_to_qualify)
        return int(middle) if middle == int(middle) else middle

    def as_json(self, small_n: int) -> dict[str, Any]:
        return {
            "as_of": self.as_of.isoformat(),
            "months": [month._asdict() for month in self.months],
            "top": [each._asdict() for each in self.top],
            "qualified": self.qualified,
            "cost_per_client_cents": self.cost_per_client_cents,
            "open_liability_cents": self.open_cents,
            "open_commission_cents": self.open_commission_cents,
            "clients_who_referred": self.clients_who_referred.as_json(small_n),
            "median_days": self.median_days,
        }
