"""The office's clock: when it is open, working days and office hours after a moment, and the deadlines of a case.

All moments that come out are aware and in Amsterdam's time. Source: care.md 7.2.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from programme.terms.tables.care_terms import CareTerms
from programme.words.dates import AMSTERDAM, amsterdam, day_in_amsterdam
from programme.words.public_holidays import holidays_of, single_names

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Clock:
    """The clock of one office."""

    terms: CareTerms

    def is_working_day(self, day: date) -> bool:
        """Whether the office opens on this day."""
        terms = self.terms
        if day in terms.open_on:
            return True
        if day in terms.closed_days or day.weekday() >= 5:
            return False
        name = holidays_of(terms.holidays, day.year).get(day)
        works = {each.casefold() for each in terms.open_on if isinstance(each, str)}
        return name is None or not works.isdisjoint(map(str.casefold, single_names(name)))

    def is_open(self, moment: datetime) -> bool:
        """Whether the office is open; at the very moment of closing it still is."""
        local = moment.astimezone(AMSTERDAM)
        return self.is_working_day(local.date()) and self.terms.opens <= _time_of(local) <= self.terms.closes

    def opening(self, day: date) -> datetime:
        """The moment at which the office opens, or would open, on this day."""
        return amsterdam(day, self.terms.opens)

    def closing(self, day: date) -> datetime:
        """The moment at which the office closes, or would close, on this day."""
        return amsterdam(day, self.terms.closes)

    def last_open(self, moment: datetime) -> datetime:
        """The moment itself while the office is open, otherwise the last closing before it."""
        local = moment.astimezone(AMSTERDAM)
        if self.is_open(local):
            return local
        day = local.date()
        if not self.is_working_day(day) or _time_of(local) < self.terms.opens:
            day = self._working_day_before(day)
        return self.closing(day)

    def working_days_after(self, moment: datetime, days: int) -> datetime:
        """The same clock time so many working days after the moment, or after the last closing before it."""
        start = self.last_open(moment)
        return amsterdam(self.working_day_after(start.date(), days), _time_of(start))

    def working_day_after(self, day: date, days: int) -> date:
        """The n-th working day after `day`, which need be none itself; the day itself for 0."""
        for _ in range(days):
            day += DAY
            while not self.is_working_day(day):
                day += DAY
        return day

    def closed_weekdays(self, first: date, last: date) -> list[date]:
        """The days from Monday to Friday, of these, on which the office does not open: holidays and days of its own."""
        days = (first + number * DAY for number in range((last - first).days + 1))
        return [day for day in days if day.weekday() < 5 and not self.is_working_day(day)]

    def office_hours_after(self, moment: datetime, hours: float) -> datetime:
        """The moment at which the office was open for so many hours after `moment`."""
        local, left = moment.astimezone(AMSTERDAM), timedelta(hours=hours)
        day = local.date()
        start = max(local, self.opening(day))
        while True:
            if self.is_working_day(day):
                room = self.closing(day) - start
                if timedelta() <= left <= room:
                    return (start + left).astimezone(AMSTERDAM)
                left -= max(room, timedelta())
            day += DAY
            start = self.opening(day)

    def _working_day_before(self, day: date) -> date:
        day -= DAY
        while not self.is_working_day(day):
            day -= DAY
        return day


@dataclass(frozen=True)
class Deadlines:
    """By when the steps of a case are due, from the moment of its feedback; `fix` is also that of `check_in`."""

    ack: datetime
    call: datetime
    solution: datetime
    fix: datetime
    follow_up: datetime


def deadlines_of(clock: Clock, given_at: datetime) -> Deadlines:
    """The deadlines of a case whose feedback was given at this moment."""
    terms, given = clock.terms, given_at.astimezone(AMSTERDAM)
    solution = clock.working_days_after(given, terms.solution_within_days)
    fix = clock.last_open(amsterdam(given.date() + terms.fix_within_days * DAY, _time_of(given)))
    return Deadlines(
        ack=(given_at.astimezone(UTC) + timedelta(hours=terms.acknowledge_within_hours)).astimezone(AMSTERDAM),
        call=clock.working_days_after(given, terms.call_within_days),
        solution=solution,
        fix=max(fix, solution),
        follow_up=clock.last_open(amsterdam(terms.follow_up_after.after(given.date()), _time_of(given))),
    )


def same_time_after(moment: datetime, days: int) -> datetime:
    """The same clock time so many calendar days later."""
    local = moment.astimezone(AMSTERDAM)
    return amsterdam(local.date() + days * DAY, _time_of(local))


def moment_of(given_on: date, given_at: datetime | None) -> datetime:
    """The moment of a feedback: when it is known, otherwise at nine on its day."""
    return given_at.astimezone(AMSTERDAM) if given_at else amsterdam(given_on, time(9))


def _time_of(local: datetime) -> time:
    return local.time().replace(tzinfo=None, fold=0)


def urgency_of(due_at: datetime, now: datetime) -> str:
    """ "late", "today" or "" for later."""
    if due_at < now:
        return "late"
    return "today" if day_in_amsterdam(due_at) <= day_in_amsterdam(now) else ""
