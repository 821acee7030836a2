"""What customers are worth: means, lifetime value, and how the customers divide into types and quintiles."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from programme.figures.families.rates import Rate, quotient, rounded, rounded_mean

HORIZONS_MONTHS = (12, 24, 36)  # of the historic value


class Mean(NamedTuple):
    """A mean over n; None over nobody."""

    n: int
    value: float | None


@dataclass(frozen=True)
class Value:
    """All over the customers at the day of the report; amounts in cents.

    Attributes:
        gross_margin: a share; cac_cents: what it costs to win a customer; both are the firm's own.
        historic: by months since the first occasion: mean revenue of those who have been customers that long.
        customer_years: from each customer's first occasion to the day, at least one each, summed.
        repurchase: those who came back within `repurchase_days`, of those whose first occasion is that long ago.
        loyalty_index: mean of recommend, buy again and spend more, 0 to 10.
        top_fifth_share: of all revenue, what the fifth of the customers with most of it brought.
    """

    customers: int
    occasions: int
    revenue_cents: int
    gross_margin: float
    cac_cents: int
    historic: Mapping[int, Mean]
    customer_years: float
    expected_years: float
    repurchase: Rate
    repurchase_days: int
    loyalty_index: Mean
    top_fifth_share: float | None

    @property
    def average_order_cents(self) -> float | None:
        return quotient(self.revenue_cents, self.occasions)

    @property
    def orders_per_customer(self) -> float | None:
        return quotient(self.occasions, self.customers)

    @property
    def ltv_simple_cents(self) -> float | None:
        return simple_value(self.average_order_cents, self.orders_per_customer, self.gross_margin)

    @property
    def ltv_cac(self) -> float | None:
        value = self.ltv_simple_cents
        return None if value is None else quotient(value, self.cac_cents)

    @property
    def occasions_per_year(self) -> float | None:
        return quotient(self.occasions, self.customer_years)

    @property
    def clv_cents(self) -> float | None:
        return simple_value(self.average_order_cents, self.occasions_per_year, self.expected_years)

    def as_json(self, small_n: int) -> dict[str, Any]:
        return {
            "customers": self.customers,
            "occasions": self.occasions,
            "revenue_cents": self.revenue_cents,
            "average_order_cents": rounded_mean(self.average_order_cents),
            "orders_per_customer": rounded(self.orders_per_customer),
            "gross_margin": self.gross_margin,
            "cac_cents": self.cac_cents,
            "ltv_simple_cents": rounded_mean(self.ltv_simple_cents),
            "ltv_cac": rounded(self.ltv_cac),
            "historic": {
                str(months): {"n": mean.n, "cents": rounded_mean(mean.value)} for months, mean in self.historic.items()
            },
            "occasions_per_year": rounded(self.occasions_per_year),
            "clv_cents": rounded_mean(self.clv_cents),
            "repurchase": {**self.repurchase.as_json(small_n), "days": self.repurchase_days},
            "loyalty_index": {"value": rounded_mean(self.loyalty_index.value), "n": self.loyalty_index.n},
            "top_fifth_share": rounded(self.top_fifth_share),
        }


def simple_value(average_cents: float | None, orders: float | None, factor: float) -> float | None:
    """Average order times orders times a margin or a number of years; None without orders."""
    if average_cents is None or orders is None:
        return None
    return average_cents * orders * factor


class ClientTypes(NamedTuple):
    """How many customers are of each type; each customer is of one.

    Attributes:
        newcomer: the first occasion lies in the last 12 months.
        returning: else two occasions or more, the last in the last 36 months.
        latent: the rest.
    """

    newcomer: int
    returning: int
    latent: int


class FirmNumbers(NamedTuple):
    """The firm's own numbers, with which the calculators of the desk begin.

    Attributes:
        active_clients: clients with an activity in the 12 months to the day.
        year_revenue_cents: of the occasions of these 12 months.
        churn, retention: shares of a year; None while nobody was there a year ago.
    """

    newcomers: int
    average_order_cents: float | None
    retention: float | None
    active_clients: int
    churn: float | None
    year_revenue_cents: int
