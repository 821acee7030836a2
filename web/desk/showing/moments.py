"""Days and times as the screens say them, and small parts of addresses: "vandaag 17.00 uur", "di 3 maart, 09.20"."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from models.database.clock import aware
from programme.words.dates import AMSTERDAM
from programme.words.wording import MONTHS, WEEKDAYS, counted_words

NEAR_DAYS = 6  # within these a weekday says enough


def clock_words(moment: datetime) -> str:
    """ "09.20"."""
    return aware(moment).astimezone(AMSTERDAM).strftime("%H.%M")


def day_words(day: date, today: date) -> str:
    """ "vandaag", "morgen", "gisteren", "vrijdag", "vrijdag 3 april", "3 april 2025"."""
    away = (day - today).days
    if named := {0: "vandaag", 1: "morgen", -1: "gisteren"}.get(away):
        return named
    if 0 < away <= NEAR_DAYS:
        return WEEKDAYS[day.weekday()]
    if day.year != today.year:
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    weekday = f"{WEEKDAYS[day.weekday()]} " if 0 < away < 40 else ""
    return f"{weekday}{day.day} {MONTHS[day.month - 1]}"


def moment_words(moment: datetime, today: date) -> str:
    """ "vandaag 17.00 uur", "vrijdag 3 april 16.00 uur"."""
    local = aware(moment).astimezone(AMSTERDAM)
    return f"{day_words(local.date(), today)} {clock_words(local)} uur"


def left_words(until: datetime, now: datetime) -> str:
    """ "nog 6 uur en 20 minuten", "nog twee dagen"; real time, not office hours."""
    left = aware(until) - now
    if left >= timedelta(days=2):
        return f"nog {counted_words(left.days, 'dag', 'dagen')}"
    hours, minutes = divmod(int(left.total_seconds()) // 60, 60)
    parts = [f"{hours} uur"] if hours else []
    if minutes or not hours:
        parts.append(f"{minutes} {'minuut' if minutes == 1 else 'minuten'}")
    return f"nog {' en '.join(parts)}"


def path_part(text: str) -> str:
    """An id as a part of an address; ids hold slashes, and those stay."""
    return quote(text, safe="/:")


def telephone(number: str) -> str:
    """The number as a link dials it: digits, and a plus at its beginning."""
    digits = "".join(each for each in number if each.isdigit())
    return f"+{digits}" if number.strip().startswith("+") else digits


@dataclass(frozen=True)
class ListPage:
    """Which rows of a list are shown. `after` says whether there are more; nobody counts a million for that."""

    number: int
    rows: Sequence[Any]
    per_page: int
    after: bool

    @property
    def before(self) -> bool:
        return self.number > 1

    @property
    def first(self) -> int:
        return (self.number - 1) * self.per_page + 1

    @property
    def words(self) -> str:
        if not self.rows:
            return ""
        return f"{self.first} tot en met {self.first + len(self.rows) - 1}"


class PastTheEnd(Exception):
    """The page of a list that is asked for has no rows, though the first one may: what stood there is done."""


def paged(rows: Sequence[Any], number: int, per_page: int) -> ListPage:
    """A page of rows that were read with one more than fit, so that it is known whether there are more.

    Raises:
        PastTheEnd: a later page than the first has none.
    """
    if number > 1 and not rows:
        raise PastTheEnd
    return ListPage(number, rows[:per_page], per_page, len(rows) > per_page)
