"""The touchpoints of the programme file: their anchor, their window, and the conditions that hold them back."""

from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from programme.terms.kinds import MailKind, Signer
from programme.terms.tables.condition_kinds import AnyCondition
from programme.terms.tables.parts import Cents, OffsetText, Part, Slug
from programme.words.states import Flow, Purpose, Topic

MOST_SPREAD_DAYS = 28
YEAR_DAYS = 366  # the farthest that the next season start can be away

Anchor = Literal["project_delivered", "season_start", "tier_reached", "quote_rejected", "last_activity"]


class Supersedes(Part):
    """Another touchpoint that this one takes the place of."""

    touchpoint: Slug
    same_occasion: bool = False  # only where both are about the same project


class Touchpoint(Part):
    """One reason to contact a client; its template is templates/mail/<id>.jinja."""

    active: bool = True  # false: nobody gets it, and it takes the place of no other; what was sent stays known
    flow: Flow = Flow.DAILY
    label: str
    family: Literal["lifecycle", "cross-sell", "loyalty", "churn", "win-back"]
    anchor: Anchor
    project_types: tuple[str, ...] = ()  # of the anchor's project; none named = any
    value_below_cents: Cents | None = None  # of the anchor's project
    offset: OffsetText
    to_next_season: bool = False  # then on to the first season start on or after that day
    spread: bool = False  # then later by the client's share of the season's spread
    grace_days: Annotated[int, Field(ge=0, le=90)]
    priority: Annotated[int, Field(ge=0, le=100)]
    purpose: Purpose
    topic: Topic  # under which clients can switch it off
    survey: bool = False  # it asks for an opinion: no survey by hand within [care] survey_gap_days of it
    until_built: bool = False  # not asked about a project once the client said that the building work is done
    repeat_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    pause: bool = False  # waits while the recipient has a running project
    target: str | None = None  # due only while the client has not ordered one
    conditions: tuple[AnyCondition, ...] = ()
    supersedes: tuple[Supersedes, ...] = ()
    offer: str | None = None
    signed_by: Signer
    ends_with_referral: bool = False  # ends with a line on the referral programme, where marketing is allowed

    @cached_property
    def reach_days(self) -> tuple[int, int]:
        """The least and the most days from an anchor to any day of its window.

        A cheap bound: an anchor outside it needs no calendar arithmetic.
        """
        days, months = self.offset.days, self.offset.months
        onward = YEAR_DAYS * self.to_next_season + MOST_SPREAD_DAYS * self.spread
        return days + 28 * months, days + 31 * months + onward + self.grace_days

    def as_kind(self, touchpoint_id: str) -> MailKind:
        """The kind of mail that the touchpoint makes."""
        return MailKind(
            touchpoint_id,
            self.label,
            self.purpose,
            self.flow,
            self.priority,
            topic=self.topic,
            signed_by=self.signed_by,
            offer=self.offer,
            repeat_days=self.repeat_days,
            pause=self.pause,
            grace_days=self.grace_days,
            family=self.family,
            anchor=self.anchor,
            target=self.target,
            since=(self.offset.months, self.offset.days),
            ends_with_referral=self.ends_with_referral,
            until_built=self.until_built,
            is_survey=self.survey,
        )
