"""The conditions of the programme file, by name; programme.rules.conditions implements each."""

from typing import Annotated, Literal

from pydantic import Field

from programme.terms.tables.parts import Cents, Part, Slug
from programme.words.states import FeedbackKind


class Condition(Part):
    """A named test of an occasion; programme.rules.conditions implements it."""


class NoFeedback(Condition):
    """The occasion's project has no feedback, or none of `kind`."""

    name: Literal["no_feedback"]
    kind: FeedbackKind | None = None


class NoProjectFrom(Condition):
    """No project of the client is worth `value_cents` or more."""

    name: Literal["no_project_from"]
    value_cents: Cents


class LatestDeliveryBeforeSeason(Condition):
    """The latest delivery lies before the season's start, at most `within_months` months before it."""

    name: Literal["latest_delivery_before_season"]
    within_months: Annotated[int, Field(ge=1, le=240)]


class TierAtLeast(Condition):
    """The client has this tier or a higher one."""

    name: Literal["tier_at_least"]
    tier: Slug


class NoHigherTierSince(Condition):
    """The client has not held a higher tier than the present one since the anchor."""

    name: Literal["no_higher_tier_since"]


class NoOrderSince(Condition):
    """The client has ordered nothing on or after the anchor's day."""

    name: Literal["no_order_since"]


class HasDeliveredProject(Condition):
    """At least one project of the client is delivered."""

    name: Literal["has_delivered_project"]


class NoRunningProject(Condition):
    """No client record of the recipient has a running project."""

    name: Literal["no_running_project"]


class NotOfSegment(Condition):
    """The client is not in this segment."""

    name: Literal["not_of_segment"]
    segment: Slug


AnyCondition = Annotated[
    NoFeedback
    | NoProjectFrom
    | LatestDeliveryBeforeSeason
    | TierAtLeast
    | NoHigherTierSince
    | NoOrderSince
    | HasDeliveredProject
    | NoRunningProject
    | NotOfSegment,
    Field(discriminator="name"),
]
