"""The terms of figures in the programme file: the firm's own numbers, what is aimed at, and how figures are shown."""

from typing import Annotated

from pydantic import Field

from programme.terms.tables.parts import Cents, Part

Share = Annotated[float, Field(gt=0, le=1)]


class FigureTargets(Part):
    """What is aimed at; a figure without a target has no light. Keys are those of the report's JSON."""

    repeat_customer_rate: Share | None = None
    months_to_repeat: Annotated[float, Field(gt=0, le=120)] | None = None
    nps: Annotated[float, Field(gt=0, le=100)] | None = None
    referral_rate: Share | None = None
    churn_rate: Share | None = None
    email_engagement: Share | None = None
    answer_rate: Share | None = None
    retention_rate: Share | None = None


class FigureTerms(Part):
    """What figures are made with, and how they are shown."""

    small_n: Annotated[int, Field(ge=1, le=10_000)] = 20  # a share of fewer is not shown
    gross_margin: Share = 0.70
    cac_cents: Cents = 4_500  # what it costs to win a customer
    expected_years: Annotated[float, Field(gt=0, le=100)] = 3  # that a customer stays
    repurchase_days: Annotated[int, Field(ge=1, le=3650)] = 365
    window_days: Annotated[int, Field(ge=1, le=365)] = 90  # in which an order counts as coming after a mail
    targets: FigureTargets = FigureTargets()
    # The share of customers that should have come back, by months since their first order.
    target_curve: dict[Annotated[str, Field(pattern=r"^[1-9][0-9]{0,2}$")], Share] = {}

    @property
    def target_points(self) -> tuple[tuple[int, float], ...]:
        """The target curve as months and shares, in order."""
        return tuple(sorted((int(months), share) for months, share in self.target_curve.items()))
