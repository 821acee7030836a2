"""A tick of care: a quarter hour, the programme, and who is away then."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property

from programme.care.cases.clock import Clock
from programme.care.cases.owners import Owner, owner_of
from programme.terms.schema import Programme
from programme.words.dates import AMSTERDAM, day_in_amsterdam
from programme.words.states import Level

QUARTER = timedelta(minutes=15)


@dataclass(frozen=True)
class Tick:
    """What every step of one tick is given.

    Attributes:
        at: the quarter hour, aware.
        away: the names of the people who are away at that moment.
    """

    at: datetime
    programme: Programme
    away: frozenset[str] = frozenset()

    @cached_property
    def day(self) -> date:
        """The day in Amsterdam: facts are seen as of it."""
        return day_in_amsterdam(self.at)

    @cached_property
    def clock(self) -> Clock:
        """The office's clock."""
        return Clock(self.programme.care)

    def owner(self, level: Level, engineer: str | None) -> Owner:
        """Who has what asks for this level now; `engineer` is that of its project."""
        return owner_of(self.programme.people, self.away, level, engineer)


def quarter_before(moment: datetime) -> datetime:
    """The last quarter hour at or before the moment, in Amsterdam's time."""
    exact = moment.astimezone(UTC)  # arithmetic on Amsterdam's clock would mix up the hour that comes twice
    late = timedelta(minutes=exact.minute % 15, seconds=exact.second, microseconds=exact.microsecond)
    return (exact - late).astimezone(AMSTERDAM)


def quarters_between(first: datetime, last: datetime) -> list[datetime]:
    """Every quarter hour from `first` to `last`, both included, also those of the hour that comes twice."""
    at = quarter_before(first).astimezone(UTC)
    if at < first:
        at += QUARTER
    found = []
    while at <= last:
        found.append(at.astimezone(AMSTERDAM))
        at += QUARTER
    return found
