"""Which occasions of a touchpoint are due for a client on a day (programme sections 2 and 3)."""

from datetime import date, timedelta
from typing import NamedTuple

from programme.facts.projects import counted
from programme.facts.records import Client, Recipient
from programme.rules.anchors import ANCHORS, Counted, Point
from programme.rules.conditions import Occurrence, holds
from programme.terms.schema import Programme, Touchpoint
from programme.words.dates import anchors_due_between, next_season_start


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
    """The occasions whose window contains `as_of` and whose conditions hold on that day.

    Occasions with a closed key are included; the caller leaves them out.
    """
    touchpoint = programme.touchpoints[touchpoint_id]
    if not _wants_target(touchpoint, client, as_of):
        return []
    due = []
    least, most = touchpoint.reach_days
    of = Counted(programme, touchpoint, client, recipient)
    for point in ANCHORS[touchpoint.anchor].points(of, as_of):
        # A subtraction rules out nearly every anchor before the dearer calendar arithmetic.
        if not least <= (as_of - point[0]).days <= most:
            continue
        due_on = due_on_of(programme, touchpoint, point[0], client.id_crc32)
        if not due_on <= as_of <= due_on + timedelta(days=touchpoint.grace_days):
            continue
        occurrence = Occurrence(programme, recipient, client, *point, as_of)
        if all(holds(condition, occurrence) for condition in touchpoint.conditions):
            due.append(_occasion(touchpoint, point, due_on))
    return due


def latest_occasion(
    programme: Programme, touchpoint_id: str, client: Client, recipient: Recipient, as_of: date
) -> Occasion | None:
    """The occasion due on `as_of`; otherwise that of the latest anchor by then; None without any anchor.

    Of several due occasions it is the one that came due last. Of those that came due together it is the first, because
    its mail names them all.
    """
    if due := due_occasions(programme, touchpoint_id, client, recipient, as_of):
        return min(due, key=lambda occasion: (-occasion.due_on.toordinal(), occasion.occasion))
    found = occasions(programme, touchpoint_id, client, recipient, as_of)
    return max(found, key=lambda occasion: (occasion.anchor_on, occasion.occasion), default=None)


def occasions(
    programme: Programme, touchpoint_id: str, client: Client, recipient: Recipient, as_of: date
) -> list[Occasion]:
    """Every occasion with an anchor on or before `as_of`, whatever its window and conditions.

    Of seasons, only those of the last two years.
    """
    touchpoint = programme.touchpoints[touchpoint_id]
    points = ANCHORS[touchpoint.anchor].points(Counted(programme, touchpoint, client, recipient), as_of)
    return [
        _occasion(touchpoint, point, due_on_of(programme, touchpoint, point[0], client.id_crc32)) for point in points
    ]


def due_on_of(programme: Programme, touchpoint: Touchpoint, anchor_on: date, id_crc32: int) -> date:
    """The day on which an anchor comes due for the client with this number."""
    day = unspread_due_on(programme, touchpoint, anchor_on)
    if touchpoint.spread:
        day += timedelta(days=id_crc32 % programme.seasons.spread_days)
    return day


def unspread_due_on(programme: Programme, touchpoint: Touchpoint, anchor_on: date) -> date:
    """The day on which an anchor comes due before any spread; monotone in the anchor."""
    day = touchpoint.offset.after(anchor_on)
    return next_season_start(programme.season_days, day) if touchpoint.to_next_season else day


def due_anchors(programme: Programme, touchpoint: Touchpoint, as_of: date) -> tuple[date, date] | None:
    """The first and last anchor day whose window can contain `as_of` for some client; None when there is none."""
    spread_days = programme.seasons.spread_days - 1 if touchpoint.spread else 0
    first = as_of - timedelta(days=touchpoint.grace_days + spread_days)
    return anchors_due_between(lambda day: unspread_due_on(programme, touchpoint, day), first, as_of)


def _wants_target(touchpoint: Touchpoint, client: Client, as_of: date) -> bool:
    """Whether the client has not ordered the target yet; a cross-sell is due only until then."""
    if touchpoint.target is None:
        return True
    return all(project.type != touchpoint.target for project in counted(client.projects, as_of))


def _occasion(touchpoint: Touchpoint, point: Point, due_on: date) -> Occasion:
    anchor_on, occasion, project, quote = point
    return Occasion(
        occasion,
        anchor_on,
        due_on,
        due_on + timedelta(days=touchpoint.grace_days),
        project.project_id if project else None,
        quote.quote_id if quote else None,
    )
