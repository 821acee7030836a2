"""The programme file, typed and frozen: every key of programme.toml, and what it means.

Unknown keys are refused. `programme.terms.checks.check` checks references between the parts (a touchpoint that
supersedes another, an offer, a tier) and reports all faults at once.
"""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from programme.terms.colour_terms import Colours
from programme.terms.kinds import Kinds, kinds_by_id, kinds_of_rooms
from programme.terms.project_types import SHIPPED_TYPES, ProjectTypes, ProjectTypeTerms, types_of
from programme.terms.script_terms import ScriptTerms, TaskKind
from programme.terms.tables.campaign_terms import CampaignTemplate as CampaignTemplate
from programme.terms.tables.care_terms import CampaignGoTerms
from programme.terms.tables.care_terms import CareTerms as CareTerms
from programme.terms.tables.condition_kinds import Condition as Condition
from programme.terms.tables.condition_kinds import LatestDeliveryBeforeSeason as LatestDeliveryBeforeSeason
from programme.terms.tables.condition_kinds import TierAtLeast as TierAtLeast
from programme.terms.tables.figure_terms import FigureTerms
from programme.terms.tables.import_terms import ImportTerms
from programme.terms.tables.parts import Cents, OffsetText, Part, Percent, Slug
from programme.terms.tables.payout_terms import PartnerTerms, PayoutTerms, Person
from programme.terms.tables.payout_terms import ReferralTerms as ReferralTerms
from programme.terms.tables.payout_terms import RewardStep as RewardStep
from programme.terms.tables.retention_terms import RetentionTerms
from programme.terms.tables.signal_terms import Signals
from programme.terms.tables.touchpoint_terms import MOST_SPREAD_DAYS, Anchor
from programme.terms.tables.touchpoint_terms import Supersedes as Supersedes
from programme.terms.tables.touchpoint_terms import Touchpoint as Touchpoint
from programme.terms.trade import TradeTerms
from programme.words.dates import MonthDay
from programme.words.states import ClientKind, Flow


class Brand(Part):
    """The firm as its clients see it: in the head, the foot and the sender of every mail."""

    name: str
    club_name: str
    team_name: str  # who signs when no engineer does
    street: str
    postcode: str
    town: str
    kvk_number: str
    vat_number: str
    phone: str
    site_url: str
    privacy_url: str
    review_url: str  # the one public review link, offered to everyone whatever the score
    contact_url: str = ""  # where the buttons of mails about plans lead; "" makes them call the phone
    appointment_url: str = ""  # where one makes an appointment; "" leads to the contact page instead
    services_url: dict[str, str] = {}  # the firm's page about a type of project
    logo_url: str  # "" shows the mark and the name as text instead
    sender_name: str
    sender_address: str
    reply_address: str
    colours: Colours


class ConsentTerms(Part):
    """How consent is read when a client has not answered."""

    soft_opt_in: bool  # the firm states that it informed its clients and that they could refuse


class Tracking(Part):
    """Whether opens are measured, and the utm parameters of links to the firm's site."""

    opens: Literal["consented", "all", "none"]
    utm_source: str
    utm_medium: str


class Caps(Part):
    """The limits on how much mail one recipient gets."""

    marketing_gap_days: Annotated[int, Field(ge=1, le=60)]  # no marketing mail within so many days of any mail
    service_gap_days: Annotated[int, Field(ge=1, le=30)] = 2  # no service mail within so many days of a service mail
    less_often_gap_days: Annotated[int, Field(ge=1, le=366)] = 30  # marketing_gap_days for who asked for less
    held_by_invoice_from_tier: Slug  # overdue_invoice holds back clients of this tier and higher
    campaign_go_above: Annotated[int, Field(ge=0)]  # a campaign to more people than this waits for a go

    @property
    def longest_gap_days(self) -> int:
        """How far any cap looks back, the day itself included."""
        return max(self.marketing_gap_days, self.service_gap_days, self.less_often_gap_days)


class SeasonDay(Part):
    """The day of the year on which a season starts; day 28 at most, so that it exists in every month."""

    month: Annotated[int, Field(ge=1, le=12)]
    day: Annotated[int, Field(ge=1, le=28)]

    @property
    def month_day(self) -> MonthDay:
        """The same day as calendar arithmetic uses it."""
        return MonthDay(self.month, self.day)


class Seasons(Part):
    """The seasons of the year by name."""

    spread_days: Annotated[int, Field(ge=1, le=MOST_SPREAD_DAYS)]  # a season's mails are spread over so many days
    starts: dict[Slug, SeasonDay]


class SegmentRule(Part):
    """The conditions of a segment. All conditions that are given must hold; without any, it takes everyone."""

    client_kinds: tuple[ClientKind, ...] = ()
    distinct_addresses_at_least: Annotated[int, Field(ge=1)] | None = None
    delivered_at_least: Annotated[int, Field(ge=1)] | None = None
    delivered_exactly: Annotated[int, Field(ge=0)] | None = None
    built_within_years: Annotated[int, Field(ge=1)] | None = None


class Segment(Part):
    """A kind of client; a client is in the first segment of the file that applies."""

    id: Slug
    label: str
    approach: str
    when: SegmentRule = SegmentRule()


class TierRule(Part):
    """One way to reach a tier; it names exactly one measure."""

    delivered_at_least: Annotated[int, Field(ge=1)] | None = None
    referrals_at_least: Annotated[int, Field(ge=1)] | None = None
    spend_cents_at_least: Annotated[int, Field(ge=1, strict=True)] | None = None


class Tier(Part):
    """A step of the loyalty club; the file lists them from low to high."""

    id: Slug
    label: str
    any_of: Annotated[tuple[TierRule, ...], Field(min_length=1)]
    discount_percent: Percent
    discount_on: str  # Dutch, read after "5% korting": "op uw volgende project"
    benefits: tuple[str, ...]
    code_prefix: str = ""  # of the personal code in the upgrade mail; "" means no personal code


class Offer(Part):
    """A discount code; its key in [offers] is the code that the client reads."""

    percent: Annotated[int, Field(ge=1, le=100)]
    valid_days: Annotated[int, Field(ge=1, le=366)]


class Experiment(Part):
    """A test of one touchpoint: a share of the clients gets no mail from `first_on` to `last_on`, both included."""

    touchpoint: Slug
    first_on: date
    last_on: date
    holdout_share: Annotated[float, Field(gt=0, lt=1)]
    window_days: Annotated[int, Field(ge=60, le=90)] = 90  # after the assignment, in which an order counts


class HealthTerms(Part):
    """The points that each indicator takes off a client's score of 100, and the bands (programme: client health)."""

    inactive_after: OffsetText
    inactive_points: int
    negative_feedback_within: OffsetText
    negative_feedback_points: int
    negative_score_at_most: Annotated[int, Field(ge=0, le=10)]
    quote_rejected_within: OffsetText
    quote_rejected_points: int
    no_review_after: OffsetText
    no_review_points: int
    unopened_messages: Annotated[int, Field(ge=1)]
    unopened_after_days: Annotated[int, Field(ge=0, le=365)] = 3  # a younger mail has had no chance yet
    unopened_points: int
    healthy_from: int
    at_risk_from: int


class Personalisation(Part):
    """When the engineer signs, who counts as loyal, and which project follows which."""

    personal_above_cents: Cents  # above this project value the engineer is the sender and signs
    loyal_from_deliveries: Annotated[int, Field(ge=1)]
    natural_path: tuple[str, ...]  # the order in which projects follow each other
    path_ends_early_from: tuple[str, ...]  # these types may also lead straight to the last step


class Programme(Part):
    """The whole programme file."""

    brand: Brand
    trade: TradeTerms = TradeTerms()
    consent: ConsentTerms
    tracking: Tracking
    caps: Caps
    seasons: Seasons
    personalisation: Personalisation
    project_types: dict[Slug, ProjectTypeTerms] = SHIPPED_TYPES
    segments: Annotated[tuple[Segment, ...], Field(min_length=1)]
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1)]
    offers: dict[Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{1,19}$")], Offer]
    referral: ReferralTerms
    payouts: PayoutTerms = PayoutTerms()
    partners: PartnerTerms | None = None
    people: tuple[Person, ...] = ()
    figures: FigureTerms = FigureTerms()
    retention: RetentionTerms = RetentionTerms()
    health: HealthTerms
    care: CareTerms = CareTerms()
    signals: Signals = Signals()
    scripts: dict[TaskKind, ScriptTerms] = {}
    campaigns_go: CampaignGoTerms = CampaignGoTerms()
    touchpoints: dict[Slug, Touchpoint]
    campaigns: dict[Slug, CampaignTemplate] = {}
    importing: ImportTerms = Field(ImportTerms(), alias="import")
    experiments: dict[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")], Experiment] = {}

    @cached_property
    def kinds(self) -> Kinds:
        """Every kind of mail by its id: touchpoints, templates of campaigns, and those of the rooms."""
        return kinds_by_id(
            (
                *(touchpoint.as_kind(name) for name, touchpoint in self.touchpoints.items()),
                *(template.as_kind(name) for name, template in self.campaigns.items()),
                *kinds_of_rooms(),
            )
        )

    @cached_property
    def types(self) -> ProjectTypes:
        """Every type of project by its id, other work among them."""
        return types_of(self.project_types)

    @property
    def types_in_export(self) -> Mapping[str, str]:
        """The words, in small letters, that the export may have for a type: its id, and the label of an own type."""
        own = self.project_types if "project_types" in self.model_fields_set else {}
        return {name: name for name in self.types} | {terms.label.lower(): name for name, terms in own.items()}

    def touchpoints_of(self, flow: Flow) -> Mapping[str, Touchpoint]:
        """The active touchpoints of this flow by name, in the order of the file."""
        return self._touchpoints_of[flow]

    @cached_property
    def _touchpoints_of(self) -> Mapping[Flow, Mapping[str, Touchpoint]]:
        return {
            flow: {name: each for name, each in self.touchpoints.items() if each.flow == flow and each.active}
            for flow in Flow
        }

    @cached_property
    def superseding(self) -> Mapping[str, tuple[tuple[str, Supersedes], ...]]:
        """For each touchpoint and campaign template, the active touchpoints that supersede it, each with its terms."""
        return {
            name: tuple(
                (other, below)
                for other, touchpoint in self.touchpoints.items()
                for below in touchpoint.supersedes
                if touchpoint.active and below.touchpoint == name
            )
            for name in (*self.touchpoints, *self.campaigns)
        }

    def anchors_asked(self, flow: Flow) -> frozenset[Anchor]:
        """The anchors of the flow's touchpoints and of those that may supersede one of them."""
        own = self.touchpoints_of(flow)
        above = {other for name in own for other, _ in self.superseding[name]}
        return frozenset(self.touchpoints[name].anchor for name in {*own, *above})

    @cached_property
    def staff_names(self) -> frozenset[str]:
        """The names of [[people]]."""
        return frozenset(person.name for person in self.people)

    @cached_property
    def tier_rules(self) -> tuple[tuple[int, TierRule], ...]:
        """Every tier rule with the rank of its tier (its place in the file), from the highest tier down."""
        return tuple((rank, rule) for rank, tier in reversed(list(enumerate(self.tiers))) for rule in tier.any_of)

    @cached_property
    def season_days(self) -> tuple[MonthDay, ...]:
        """The days on which seasons start, in the order of the file."""
        return tuple(start.month_day for start in self.seasons.starts.values())
