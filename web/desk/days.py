"""Days and moments as people type or pick them: 2026-03-03 from a date field, 3-3-2026 by hand."""

import re
from datetime import date, datetime

from programme.words.dates import AMSTERDAM, typed_day

_CLOCK = re.compile(r"(\d{1,2})[.:](\d{2})")


def read_day(text: str) -> date | None:
    """The day, None for anything that is none, and for one beyond the calendar of the programme.

    A case whose deadline is the last day that a date can be would end every later tick of care.
    """
    try:
        return typed_day(text.strip())
    except ValueError:
        return None


def read_moment(day: str, clock: str) -> datetime | None:
    """A day and a clock time in Amsterdam; None when one of them is none."""
    found_day, found_clock = read_day(day), _CLOCK.fullmatch(clock.strip())
    if found_day is None or not found_clock:
        return None
    hour, minute = map(int, found_clock.groups())
    if hour > 23 or minute > 59:
        return None
    return datetime(found_day.year, found_day.month, found_day.day, hour, minute, tzinfo=AMSTERDAM)
