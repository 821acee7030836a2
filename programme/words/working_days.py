"""Days on which a Dutch office works: not in weekends and not on public holidays."""

from datetime import date, timedelta
from functools import lru_cache
from typing import Any


def next_working_day(day: date) -> date:
    """The first working day after `day`."""
    following = day + timedelta(days=1)
    while following.weekday() >= 5 or following in _holidays(following.year):
        following += timedelta(days=1)
    return following


@lru_cache(maxsize=16)
def _holidays(year: int) -> Any:
    """Those of the law and custom; Liberation Day in the years in which it is a day off, every five."""
    import holidays

    return holidays.country_holidays("NL", years=year)
