"""The anchors that a touchpoint can count from, each one object: its days, its occasions, its words.

To add one: write a class here, name it in ANCHORS and in `programme.terms.tables.touchpoint_terms.Anchor`, and give it
its query in tasks/clients/anchor_queries.py, which finds the clients that its days concern. All other code asks these
objects.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import ClassVar, NamedTuple

from programme.facts.projects import delivered
from programme.facts.records import Client, Project, Quote, Recipient
from programme.rules.groups import tiers
from programme.terms.schema import Programme, Touchpoint
from programme.words.dates import FIRST_DAY, MonthDay, occasion_of_season, season_starts
from programme.words.states import QuoteDecision
from programme.words.wording import MONTHS, date_words

YEARS_OF_SEASONS_LOOKED_BACK = 2

Point = tuple[date, str, Project | None, Quote | None]
"""(day, occasion, its project, its quote)"""


class Counted(NamedTuple):
    """The client, the touchpoint and the programme for which an anchor lists its days."""

    programme: Programme
    touchpoint: Touchpoint
    client: Client
    recipient: Recipient


LaterActivity = Mapping[str, Sequence[date]]
"""Days of activity after the first day of a horizon, by client id."""


class Anchor(ABC):
    """A dated fact that touchpoints count from.

    Attributes:
        id: the name in the programme file.
        words: English, to follow "it counts from".
        asks_activity: whether it needs the recipient's last activity to be read.
        asks_quotes: whether it needs the client's quotes to be read.
    """

    id: ClassVar[str]
    words: ClassVar[str]
    asks_activity: ClassVar[bool] = False
    asks_quotes: ClassVar[bool] = False

    @abstractmethod
    def points(self, of: Counted, as_of: date) -> Iterator[Point]:
        """Every occurrence dated on or before `as_of`, as the facts stand then.

        Of seasons, only those of the last two years.
        """

    @abstractmethod
    def days_between(
        self, of: Counted, later: LaterActivity, first: date, last: date
    ) -> Iterator[tuple[date, str | None]]:
        """At least every (day, occasion) that occurs on some day of `first` … `last`; it may yield others.

        The occasion is None when it is known only once the day is examined.
        """

    @abstractmethod
    def occasion_words(self, programme: Programme, occasion: str, client: Client | None) -> str:
        """The occasion in Dutch: "dakkapel P00070-1", "voorjaar 2026", "Zilver", "offerte Q12"."""


class ProjectDelivered(Anchor):
    """Counts from the delivery of a project; the occasion is the project."""

    id = "project_delivered"
    words = "a project that was delivered"

    def points(self, of: Counted, as_of: date) -> Iterator[Point]:
        for project in delivered(of.client.projects, as_of):
            if fits(of.touchpoint, project):
                yield project.delivered_on or FIRST_DAY, project.project_id, project, None

    def days_between(
        self, of: Counted, later: LaterActivity, first: date, last: date
    ) -> Iterator[tuple[date, str | None]]:
        for project in of.client.projects:
            if project.delivered_on and fits(of.touchpoint, project):
                yield project.delivered_on, project.project_id

    def occasion_words(self, programme: Programme, occasion: str, client: Client | None) -> str:
        types = {project.project_id: project.type for project in (client.projects if client else ())}
        kind = programme.types[types[occasion]].label.lower() if occasion in types else "project"
        return f"{kind} {occasion}"


class SeasonStart(Anchor):
    """Counts from the start of a season; the occasion is the season's year and month."""

    id = "season_start"
    words = "the start of a season"

    def points(self, of: Counted, as_of: date) -> Iterator[Point]:
        first = date(as_of.year - YEARS_OF_SEASONS_LOOKED_BACK, 1, 1)
        for start, occasion in _seasons(of.programme.season_days, first, as_of):
            yield start, occasion, None, None

    def days_between(
        self, of: Counted, later: LaterActivity, first: date, last: date
    ) -> Iterator[tuple[date, str | None]]:
        yield from _seasons(of.programme.season_days, first, last)

    def occasion_words(self, programme: Programme, occasion: str, client: Client | None) -> str:
        year = int(occasion[:4])
        for name, start in programme.seasons.starts.items():
            if occasion_of_season(start.month_day.in_year(year)) == occasion:
                return f"{name} {year}"
        return f"{MONTHS[int(occasion[5:7]) - 1]} {year}"


class TierReached(Anchor):
    """Counts from the day on which the client reached the present tier; the occasion is the tier."""

    id = "tier_reached"
    words = "a tier that the client reached"

    def points(self, of: Counted, as_of: date) -> Iterator[Point]:
        reached_on = tiers.tier_reached_on(of.programme, of.client, as_of)
        tier = tiers.tier_of(of.programme, of.client, as_of)
        if reached_on and tier:
            yield reached_on, tier.id, None, None

    def days_between(
        self, of: Counted, later: LaterActivity, first: date, last: date
    ) -> Iterator[tuple[date, str | None]]:
        """The days on which a tier can rise: deliveries of the client or of someone referred, and a referral's turn."""
        days = {project.delivered_on for project in of.client.projects if project.delivered_on}
        for won in of.client.won_referrals:
            days |= {delivery.delivered_on for delivery in won.deliveries}
            days |= {spell.from_on for spell in won.spells} - {date.min}
        yield from ((day, None) for day in days)

    def occasion_words(self, programme: Programme, occasion: str, client: Client | None) -> str:
        return next((tier.label for tier in programme.tiers if tier.id == occasion), occasion)


class QuoteRejected(Anchor):
    """Counts from the rejection of a quote; the occasion is the quote."""

    id = "quote_rejected"
    words = "a quote that was rejected"
    asks_quotes = True

    def points(self, of: Counted, as_of: date) -> Iterator[Point]:
        for quote in of.client.quotes:
            if quote.decision == QuoteDecision.REJECTED and quote.decided_on and quote.decided_on <= as_of:
                yield quote.decided_on, quote.quote_id, None, quote

    def days_between(
        self, of: Counted, later: LaterActivity, first: date, last: date
    ) -> Iterator[tuple[date, str | None]]:
        for quote in of.client.quotes:
            if quote.decided_on and quote.decision == QuoteDecision.REJECTED:
                yield quote.decided_on, quote.quote_id

    def occasion_words(self, programme: Programme, occasion: str, client: Client | None) -> str:
        return f"offerte {occasion}"


class LastActivity(Anchor):
    """Counts from the recipient's last activity; the occasion is that day."""

    id = "last_activity"
    words = "anything that the client did"
    asks_activity = True

    def points(self, of: Counted, as_of: date) -> Iterator[Point]:
        if latest := last_activity_on(of.recipient):
            yield latest, latest.isoformat(), None, None

    def days_between(
        self, of: Counted, later: LaterActivity, first: date, last: date
    ) -> Iterator[tuple[date, str | None]]:
        latest = last_activity_on(of.recipient)
        for day in {day for own in later.values() for day in own} | ({latest} if latest else set()):
            yield day, day.isoformat()

    def occasion_words(self, programme: Programme, occasion: str, client: Client | None) -> str:
        return f"stil sinds {date_words(date.fromisoformat(occasion))}"


ANCHORS: Mapping[str, Anchor] = {
    anchor.id: anchor for anchor in (ProjectDelivered(), SeasonStart(), TierReached(), QuoteRejected(), LastActivity())
}


def last_activity_on(recipient: Recipient) -> date | None:
    """The latest activity over all client records of the recipient; None when there is none."""
    return recipient.once(
        "last activity",
        lambda: max((client.last_activity_on for client in recipient.clients if client.last_activity_on), default=None),
    )


def fits(touchpoint: Touchpoint, project: Project) -> bool:
    """Whether a project has the type and the value that the touchpoint asks for."""
    if touchpoint.project_types and project.type not in touchpoint.project_types:
        return False
    return touchpoint.value_below_cents is None or project.value_cents < touchpoint.value_below_cents


@lru_cache(maxsize=64)
def _seasons(starts: tuple[MonthDay, ...], first: date, last: date) -> tuple[tuple[date, str], ...]:
    """The seasons that start in `first` … `last`, with their occasions.

    Cached, because all clients of a day share them.
    """
    return tuple((start, occasion_of_season(start)) for start in season_starts(starts, first, last))
