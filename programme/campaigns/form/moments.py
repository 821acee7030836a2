"""Days and times as a form holds them: what its fields give, or what somebody typed."""

import re
from datetime import date, datetime, time

_TIME = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)(?: ?uur)?")


def read_day(found: object) -> date:
    """A day, or the ISO date with which a text begins (Prefect's form adds a time of day).

    Raises:
        ValueError: for any other value, and for a year that nobody can mean.
    """
    day = found if isinstance(found, date) else date.fromisoformat(str(found)[:10])
    if isinstance(day, datetime) or not 2000 <= day.year <= 2999:
        raise ValueError
    return day


def read_time(found: object) -> time:
    """A time of day as people write it: 19:30, 9.05 uur. Raises ValueError."""
    match = _TIME.fullmatch(str(found).strip().lower())
    if not match:
        raise ValueError
    return time(int(match[1]), int(match[2]))
