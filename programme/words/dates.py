"""Calendar arithmetic of the programme, and its inverse.

Every step is monotone: a later anchor never comes due earlier. Therefore the anchors that are due on a day form one
contiguous range, and a query can ask the database for just that range.
"""

import calendar
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2999, 12, 31)
AMSTERDAM = ZoneInfo("Europe/Amsterdam")  # every day of the programme is a day of this calendar

_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:Z|[+-][0-9]{2}:[0-9]{2})?")
_OFFSET = re.compile(r"(0|[1-9][0-9]{0,3}) (day|week|month|year)s?")
_BY_HAND = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})")
MOST_YEARS = 999  # so far from any day of ours the calendar still has days


def day_in_amsterdam(moment: datetime) -> date:
    """The calendar date in Amsterdam of an aware moment."""
    return moment.astimezone(AMSTERDAM).date()


def amsterdam(day: date, at: time) -> datetime:
    """The moment at which Amsterdam's clock shows `at` on that day.

    A time that the change to summer time skips is the one an hour later; of two equal ones it is the first.
    """
    # A skipped time has the offset of before the change: in UTC and back it shows an hour later.
    return datetime.combine(day, at, tzinfo=AMSTERDAM).astimezone(UTC).astimezone(AMSTERDAM)


def moment_from(text: str) -> datetime:
    """A moment written YYYY-MM-DDTHH:MM, in Amsterdam's time unless it names an offset; seconds are dropped.

    Raises ValueError, which reads on after the text itself.
    """
    if not _MOMENT.fullmatch(text):
        raise ValueError("is not a moment; write YYYY-MM-DDTHH:MM, Dutch time unless it has an offset (+01:00)")
    try:
        value = datetime.fromisoformat(text.replace(" ", "T").replace("Z", "+00:00")).replace(second=0)
    except ValueError:
        raise ValueError("is a moment that does not exist") from None
    return value.astimezone(AMSTERDAM) if value.tzinfo else amsterdam(value.date(), value.time())


def typed_day(text: str) -> date:
    """A day from a date field (2026-03-03), or as people type it (3-3-2026).

    Raises ValueError, also for a day outside FIRST_DAY … LAST_DAY: sums with the last day that a date can be fail.
    """
    if found := _BY_HAND.fullmatch(text):
        day, month, year = map(int, found.groups())
        typed = date(year, month, day)
    else:
        typed = date.fromisoformat(text)
    if not FIRST_DAY <= typed <= LAST_DAY:
        raise ValueError
    return typed


@lru_cache(maxsize=20_000)
def day_from(value: Any) -> Any:
    """The date that SQLite keeps as ISO text; a date, or None, as it is."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def midnight_in_amsterdam(day: date) -> datetime:
    """The moment at which the day begins there, in UTC, as the tables keep moments."""
    return datetime(day.year, day.month, day.day, tzinfo=AMSTERDAM).astimezone(UTC)


@lru_cache(maxsize=65_536)  # the same few thousand days come back for every client
def add_months(day: date, months: int) -> date:
    """The same day of the month `months` later (or earlier), clamped to that month's last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True)
class Offset:
    """A distance in whole days or whole months; written "3 days", "8 weeks", "4 months", "1 year"."""

    days: int = 0
    months: int = 0

    @classmethod
    def parse(cls, text: str) -> "Offset":
        """Read a number and a unit. Raises ValueError, with the allowed forms, for any other text."""
        found = _OFFSET.fullmatch(text)
        if not found:
            raise ValueError(
                f"'{text}' is not an offset; write a number and a unit: '3 days', '8 weeks', '4 months', '1 year'"
            )
        number = int(found[1])
        if found[2] == "year" and number > MOST_YEARS:
            raise ValueError(f"'{text}' is too far; the most is {MOST_YEARS} years")
        match found[2]:
            case "day":
                return cls(days=number)
            case "week":
                return cls(days=7 * number)
            case "month":
                return cls(months=number)
            case _:
                return cls(months=12 * number)

    def after(self, day: date) -> date:
        """The day this far after `day`: months first (clamped to the month's last day), then days."""
        return add_months(day, self.months) + timedelta(days=self.days)

    def __str__(self) -> str:
        if self.months:
            return f"{self.months} months"
        return f"{self.days} days"


@dataclass(frozen=True, slots=True)
class MonthDay:
    """A day of every year, such as the start of a season."""

    month: int
    day: int

    def in_year(self, year: int) -> date:
        """The date in that year."""
        return date(year, self.month, self.day)


def season_starts(starts: Iterable[MonthDay], first: date, last: date) -> list[date]:
    """The season starts in `first` … `last`, both included, in order."""
    years = range(first.year, last.year + 1)
    days = sorted(start.in_year(year) for year in years for start in starts)
    return [day for day in days if first <= day <= last]


@lru_cache(maxsize=4096)
def next_season_start(starts: tuple[MonthDay, ...], day: date) -> date:
    """The first season start on or after `day`."""
    return season_starts(starts, day, date(day.year + 1, 12, 31))[0]


def occasion_of_season(start: date) -> str:
    """`YYYY-MM`, the occasion of a season that starts on `start`."""
    return f"{start.year:04d}-{start.month:02d}"


def anchors_due_between(due_on: Callable[[date], date], first: date, last: date) -> tuple[date, date] | None:
    """The range of anchors whose due date lies in `first` … `last` (all ends included); None when there is none.

    Args:
        due_on: must be monotone: a later anchor never has an earlier due date, and no anchor comes due before itself.
    """
    # Both bounds bisect the whole calendar, about 19 steps each, so no inverse formula is needed for any offset.
    low = _first_anchor(lambda anchor: due_on(anchor) >= first, first)
    high = _first_anchor(lambda anchor: due_on(anchor) > last, last + timedelta(days=1)) - timedelta(days=1)
    return (low, high) if low <= high else None


def _first_anchor(holds: Callable[[date], bool], known: date) -> date:
    """Bisect for the first day on which the monotone claim `holds`; it must hold on `known`."""
    low, high = FIRST_DAY.toordinal(), known.toordinal()
    while low < high:
        middle = (low + high) // 2
        if holds(date.fromordinal(middle)):
            high = middle
        else:
            low = middle + 1
    return date.fromordinal(low)
