"""The calendar of mails as months to look at, and which days are busy or quiet."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from programme.care.cases.clock import Clock
from programme.insight.calendar.mail_calendar import Agenda
from programme.words.states import Purpose

QUIET_DAYS = 3
WITHIN_DAYS = 42  # further ahead, too little is known to choose a day by


class CalendarDay(NamedTuple):
    """One day: how many mails about clients' own work, and how many of marketing."""

    day: date
    service: int
    marketing: int

    @property
    def total(self) -> int:
        """All mails of the day."""
        return self.service + self.marketing


class Month(NamedTuple):
    """The days of one month that the calendar has, after so many empty places from Monday on."""

    first: date
    blanks: int
    days: list[CalendarDay]


def months_of(agenda: Agenda) -> list[Month]:
    """In order; the first and the last month may not be whole."""
    months: dict[tuple[int, int], list[CalendarDay]] = defaultdict(list)
    for day in agenda.days:
        months[day.year, day.month].append(_day(agenda, day))
    return [Month(days[0].day, days[0].day.weekday(), days) for days in months.values()]


def busiest_week(agenda: Agenda) -> date | None:
    """The Monday of the week with most mails, the earliest of equals; None without mails."""
    weeks: dict[date, int] = defaultdict(int)
    for day in agenda.days:
        weeks[_week(day)] += agenda.on(day)
    busiest = max(weeks, key=lambda week: (weeks[week], -week.toordinal()))
    return busiest if weeks[busiest] else None


def quiet_days(agenda: Agenda, campaigns: Mapping[date, int]) -> list[date]:
    """The working days of the coming weeks with the fewest mails and no campaign, in order of day.

    Never of the busiest week: a campaign would keep the mails around it waiting.
    """
    clock, busy = Clock(agenda.programme.care), busiest_week(agenda)
    near = [
        day
        for day in agenda.days[1:WITHIN_DAYS]
        if clock.is_working_day(day) and not campaigns.get(day) and _week(day) != busy
    ]
    return sorted(sorted(near, key=lambda day: (agenda.on(day), day))[:QUIET_DAYS])


def _week(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def _day(agenda: Agenda, day: date) -> CalendarDay:
    counts = {Purpose.SERVICE: 0, Purpose.MARKETING: 0}
    for name, touchpoint in agenda.programme.touchpoints.items():
        counts[Purpose(touchpoint.purpose)] += agenda.sends[day, name]
    return CalendarDay(day, counts[Purpose.SERVICE], counts[Purpose.MARKETING])
