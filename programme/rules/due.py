"""Which occasions of a touchpoint are due for a client on a day (programme sections 2 and 3)."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from programme.facts.projects import counted, delivered
from programme.facts.records import Client, Project, Quote, Recipient
from programme.rules import tiers
from programme.rules.conditions import Occurrence, holds
from programme.terms.schema import Programme, Touchpoint
from programme.words.dates import FIRST_DAY, MonthDay, next_season_start, occasion_of_season, season_starts
from programme.words.states import QuoteDecision

YEARS_OF_SEASONS_LOOKED_BACK = 2

Anchor = tuple[date, str, Project | None, Quote | None]
"""(day, occasion, its project, its quote)"""


class Occasion(NamedTuple):
    """One instance of a touchpoint's anchor; due from `due_on` up to and including `closes_on`."""

    occasion: str
    anchor_on: date
    due_on: date
    closes_on: date
    project_id: str | None
    quote_id: str | None


def due_occasions(
    programme: Programme, touchpoint_id: str, client: Client, recipient: Recipient, as_of: date
) -> list[Occasion]:
    """The occasions whose window contains `as_of` and whose conditions hold then, closed keys included."""
    touchpoint = programme.touchpoints[touchpoint_id]
    if not _wants_target(touchpoint, client, as_of):
        return []
    due = []
    least, most = touchpoint.reach_days
    for anchor in _anchors(programme, touchpoint, client, recipient, as_of):
        if not least <= (as_of - anchor[0]).days <= most:
            continue
        due_on = due_on_of(programme, touchpoint, anchor[0], client)
        if not due_on <= as_of <= due_on + timedelta(days=touchpoint.grace_days):
            continue
        occurrence = Occurrence(programme, recipient, client, *anchor, as_of)
        if all(holds(condition, occurrence) for condition in touchpoint.conditions):
            due.append(_occasion(touchpoint, anchor, due_on))
    return due


def latest_occasion(
    programme: Programme, touchpoint_id: str, client: Client, recipient: Recipient, as_of: date
) -> Occasion | None:
    """The occasion due on `as_of`, else that of the latest anchor by then; None without any anchor."""
    if due := due_occasions(programme, touchpoint_id, client, recipient, as_of):
        return due[-1]
    found = occasions(programme, touchpoint_id, client, recipient, as_of)
    return max(found, key=lambda occasion: (occasion.anchor_on, occasion.occasion), default=None)


def occasions(
    programme: Programme, touchpoint_id: str, client: Client, recipient: Recipient, as_of: date
) -> list[Occasion]:
    """Every occasion with an anchor by `as_of` (of seasons the last two years), whatever its window and conditions."""
    touchpoint = programme.touchpoints[touchpoint_id]
    anchors = _anchors(programme, touchpoint, client, recipient, as_of)
    return [_occasion(touchpoint, anchor, due_on_of(programme, touchpoint, anchor[0], client)) for anchor in anchors]


def due_on_of(programme: Programme, touchpoint: Touchpoint, anchor_on: date, client: Client) -> date:
    """The day on which an anchor comes due for this client."""
    day = unspread_due_on(programme, touchpoint, anchor_on)
    if touchpoint.spread:
        day += timedelta(days=client.id_crc32 % programme.seasons.spread_days)
    return day


def unspread_due_on(programme: Programme, touchpoint: Touchpoint, anchor_on: date) -> date:
    """The day on which an anchor comes due before any spread; monotone in the anchor."""
    day = touchpoint.offset.after(anchor_on)
    return next_season_start(programme.season_days, day) if touchpoint.to_next_season else day


def last_activity_on(recipient: Recipient) -> date | None:
    """The latest activity over all client records of the recipient."""
    return max((client.last_activity_on for client in recipient.clients if client.last_activity_on), default=None)


def _wants_target(touchpoint: Touchpoint, client: Client, as_of: date) -> bool:
    """A cross-sell is due only while the client has not ordered what it is about."""
    if touchpoint.target is None:
        return True
    return all(project.type != touchpoint.target for project in counted(client.projects, as_of))


def _anchors(
    programme: Programme, touchpoint: Touchpoint, client: Client, recipient: Recipient, as_of: date
) -> Iterator[Anchor]:
    match touchpoint.anchor:
        case "project_delivered":
            for project in delivered(client.projects, as_of):
                if fits(touchpoint, project):
                    yield project.delivered_on or FIRST_DAY, project.project_id, project, None
        case "season_start":
            first = date(as_of.year - YEARS_OF_SEASONS_LOOKED_BACK, 1, 1)
            for start, occasion in _seasons(programme.season_days, first, as_of):
                yield start, occasion, None, None
        case "tier_reached":
            reached_on = tiers.tier_reached_on(programme, client, as_of)
            tier = tiers.tier_of(programme, client, as_of)
            if reached_on and tier:
                yield reached_on, tier.id, None, None
        case "quote_rejected":
            for quote in client.quotes:
                if quote.decision == QuoteDecision.REJECTED and quote.decided_on and quote.decided_on <= as_of:
                    yield quote.decided_on, quote.quote_id, None, quote
        case "last_activity":
            if latest := last_activity_on(recipient):
                yield latest, latest.isoformat(), None, None


def fits(touchpoint: Touchpoint, project: Project) -> bool:
    """Whether a project is of the type and the value that the touchpoint's anchor asks for."""
    if touchpoint.project_types and project.type not in touchpoint.project_types:
        return False
    return touchpoint.value_below_cents is None or project.value_cents < touchpoint.value_below_cents


@lru_cache(maxsize=64)
def _seasons(starts: tuple[MonthDay, ...], first: date, last: date) -> tuple[tuple[date, str], ...]:
    """The seasons that start in `first` … `last`, with their occasions: the same for all clients of a day."""
    return tuple((start, occasion_of_season(start)) for start in season_starts(starts, first, last))


def _occasion(touchpoint: Touchpoint, anchor: Anchor, due_on: date) -> Occasion:
    anchor_on, occasion, project, quote = anchor
    return Occasion(
        occasion,
        anchor_on,
        due_on,
        due_on + timedelta(days=touchpoint.grace_days),
        project.project_id if project else None,
        quote.quote_id if quote else None,
    )
