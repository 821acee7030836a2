"""For which day a fact must be dated so that its mail comes due on the day that the sample is made for."""

from datetime import date, timedelta
from typing import NamedTuple

from programme.rules.due import unspread_due_on
from programme.words.dates import anchors_due_between, season_starts
from sample.contents.sheets import Sheets

CAP_DAYS = 7  # a mail so many days ago holds no marketing back


class Anchor(NamedTuple):
    """A day for a fact, and the client for it.

    Attributes:
        slot: the share of the season's spread that keeps the season's own mail out of the way; None when any does.
        is_early: the mail was due before the day of the sample, and something must hold it until then.
    """

    day: date
    slot: int | None
    is_early: bool


def anchor_of(sheets: Sheets, touchpoint_id: str) -> Anchor | None:
    """The anchor of an occasion that can be sent on the day of the sample; None out of season.

    Most are due on that very day. Where the calendar has no such anchor (twelve months before 29 February), or the
    season's own mail would be in the way, an earlier one.
    """
    touchpoint = sheets.programme.touchpoints[touchpoint_id]
    slot, is_free = seasonal_slot(sheets) if touchpoint.spread else quiet_slot(sheets)
    wanted = sheets.as_of - timedelta(days=slot or 0) if touchpoint.spread else sheets.as_of

    def due_on(anchor: date) -> date:
        return unspread_due_on(sheets.programme, touchpoint, anchor)

    if found := anchors_due_between(due_on, wanted, wanted):
        return Anchor(_middle(*found), slot, not is_free)
    if found := anchors_due_between(due_on, wanted - timedelta(days=touchpoint.grace_days), wanted):
        return Anchor(_middle(found[1], found[1]), slot, True)
    return None


def seasonal_slot(sheets: Sheets) -> tuple[int | None, bool]:
    """The slot whose seasonal mail can be sent on the day of the sample, and whether it is due on that very day."""
    days_in = days_into_season(sheets)
    last = sheets.programme.seasons.spread_days - 1
    return (None, True) if days_in is None else (min(days_in, last), days_in <= last)


def quiet_slot(sheets: Sheets) -> tuple[int | None, bool]:
    """The slot whose seasonal mail is out of the way of other marketing on the day of the sample, and whether it is.

    It is when that mail comes due on the same day (and gives way to all others) or was sent longer ago than the cap.
    """
    days_in = days_into_season(sheets)
    if days_in is None:
        return None, True
    if days_in < sheets.programme.seasons.spread_days:
        return days_in, True
    return 0, days_in >= CAP_DAYS


def days_into_season(sheets: Sheets) -> int | None:
    """Days since the start of the season whose mails may still go out; None out of season."""
    seasonal = sheets.programme.touchpoints.get("seasonal")
    if seasonal is None:
        return None
    first = sheets.ago(sheets.programme.seasons.spread_days - 1 + seasonal.grace_days)
    starts = season_starts(sheets.programme.season_days, first, sheets.as_of)
    return (sheets.as_of - starts[-1]).days if starts else None


def _middle(first: date, last: date) -> date:
    return first + (last - first) // 2
