"""The conditions that the programme file knows by name; programme.rules.conditions says what each means."""

from typing import Annotated, Literal

from pydantic import Field

from programme.terms.parts import Cents, Part, Slug
from programme.words.states import FeedbackKind


class Condition(Part):
    """A named test of an occasion; programme.rules.conditions says what each means."""


class NoFeedback(Condition):
    name: Literal["no_feedback"]
    kind: FeedbackKind | None = None


class NoProjectFrom(Condition):
    name: Literal["no_project_from"]
    value_cents: Cents


class LatestDeliveryBeforeSeason(Condition):
    name: Literal["latest_delivery_before_season"]
    within_months: Annotated[int, Field(ge=1, le=240)]


class TierAtLeast(Condition):
    name: Literal["tier_at_least"]
    tier: Slug


class NoHigherTierSince(Condition):
    name: Literal["no_higher_tier_since"]


class NoOrderSince(Condition):
    name: Literal["no_order_since"]


class HasDeliveredProject(Condition):
    name: Literal["has_delivered_project"]


class NoRunningProject(Condition):
    name: Literal["no_running_project"]


class NotOfSegment(Condition):
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
