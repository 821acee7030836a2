"""The office's clock over weekends, holidays and both changes of the clock."""

from datetime import UTC, date, datetime, time

import pytest

from programme.care.cases.clock import Clock, deadlines_of, moment_of, same_time_after, urgency_of
from programme.care.staff_mails import closed_words
from programme.care.tick import quarter_before, quarters_between
from programme.terms.tables.care_terms import CareTerms
from programme.words.dates import AMSTERDAM, amsterdam

CLOCK = Clock(CareTerms())


def at(text: str) -> datetime:
    """Amsterdam's clock, e.g. "2026-03-06 16:00"."""
    local = datetime.fromisoformat(text)
    return amsterdam(local.date(), local.time())


def shown(moment: datetime) -> str:
    return moment.astimezone(AMSTERDAM).strftime("%Y-%m-%d %H:%M")


# The table of care.md 7.2.
TABLE = [
    ("2026-03-06 16:00", "2026-03-09 16:00", "2026-03-10 16:00", "2026-03-13 16:00", "2026-04-03 17:00"),
    ("2026-03-02 20:00", "2026-03-03 17:00", "2026-03-04 17:00", "2026-03-09 17:00", "2026-04-02 17:00"),
    ("2026-03-07 14:00", "2026-03-09 17:00", "2026-03-10 17:00", "2026-03-13 17:00", "2026-04-07 14:00"),
    ("2026-03-02 07:00", "2026-03-02 17:00", "2026-03-03 17:00", "2026-03-06 17:00", "2026-04-01 17:00"),
    ("2026-12-24 18:00", "2026-12-28 17:00", "2026-12-29 17:00", "2026-12-31 17:00", "2027-01-22 17:00"),
]


@pytest.mark.parametrize(("given", "call", "solution", "fix", "follow_up"), TABLE, ids=[row[0] for row in TABLE])
def test_the_deadlines_of_the_table(given: str, call: str, solution: str, fix: str, follow_up: str) -> None:
    """Deadlines of people lie in office hours, each as the table of the programme has it."""
    by = deadlines_of(CLOCK, at(given))

    assert [shown(each) for each in (by.call, by.solution, by.fix, by.follow_up)] == [call, solution, fix, follow_up]


def test_the_acknowledgement_counts_real_hours_over_a_change_of_the_clock() -> None:
    """Four hours round the clock: in the night of summer time the clock shows five more."""
    assert shown(deadlines_of(CLOCK, at("2026-03-29 00:30")).ack) == "2026-03-29 05:30"
    assert shown(deadlines_of(CLOCK, at("2026-10-25 00:30")).ack) == "2026-10-25 03:30"


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        ("2026-04-03", True),  # Good Friday: the office works
        ("2026-04-06", False),  # Easter Monday
        ("2026-04-27", False),  # King's Day
        ("2025-04-26", False),  # King's Day of a year in which the 27th is a Sunday; a Saturday anyway
        ("2026-05-05", True),  # Liberation Day, a day off every five years
        ("2025-05-05", False),
        ("2026-05-14", False),  # Ascension Day
        ("2026-05-25", False),  # Whit Monday
        ("2026-12-25", False),
        ("2026-12-31", True),
        ("2026-03-07", False),  # a Saturday
    ],
)
def test_the_days_on_which_the_office_works(day: str, is_open: bool) -> None:
    """Monday to Friday less the public holidays, plus the holidays on which it works."""
    assert CLOCK.is_working_day(date.fromisoformat(day)) == is_open


def test_closed_days_and_holidays_worked_by_date() -> None:
    """The building holiday is closed; a holiday can be worked by its date as well as by its name."""
    clock = Clock(CareTerms(closed_days=(date(2026, 8, 3),), open_on=(date(2026, 4, 6), "GOEDE VRIJDAG")))

    assert not clock.is_working_day(date(2026, 8, 3))
    assert clock.is_working_day(date(2026, 4, 6))
    assert clock.is_working_day(date(2026, 4, 3))


def test_a_day_that_is_opened_by_its_date_is_worked_whatever_day_it_is() -> None:
    """A Saturday on which the office works is a working day, and counts in deadlines."""
    clock = Clock(CareTerms(open_on=(date(2026, 3, 7),)))

    assert clock.is_working_day(date(2026, 3, 7))
    assert not clock.is_working_day(date(2026, 3, 14))
    assert clock.working_days_after(amsterdam(date(2026, 3, 6), time(16)), 1) == amsterdam(date(2026, 3, 7), time(16))


@pytest.mark.parametrize(
    ("moment", "hours", "then"),
    [
        ("2026-03-23 00:00", 4, "2026-03-23 13:00"),  # before opening
        ("2026-03-23 15:15", 4, "2026-03-24 11:15"),  # over a night
        ("2026-03-27 16:00", 4, "2026-03-30 12:00"),  # over a weekend and the change to summer time
        ("2026-04-03 17:00", 1, "2026-04-07 10:00"),  # over Easter
        ("2026-03-23 09:00", 8, "2026-03-23 17:00"),  # a whole day ends at the closing
        ("2026-03-23 18:00", 0, "2026-03-24 09:00"),  # no hour at all still waits for the opening
        ("2026-03-23 10:00", 20, "2026-03-25 14:00"),
    ],
)
def test_office_hours_count_only_while_it_is_open(moment: str, hours: int, then: str) -> None:
    """Nights, weekends and holidays do not count."""
    assert shown(CLOCK.office_hours_after(at(moment), hours)) == then


def test_open_up_to_and_including_the_closing() -> None:
    """At five sharp the office is open; a minute later, and a minute before nine, it is not."""
    opens = {hour: CLOCK.is_open(at(f"2026-03-23 {hour}")) for hour in ("08:59", "09:00", "17:00", "17:01")}

    assert opens == {"08:59": False, "09:00": True, "17:00": True, "17:01": False}


def test_clock_times_on_the_days_of_a_change() -> None:
    """A skipped time is the one an hour later; of two equal ones the first counts."""
    assert amsterdam(date(2026, 3, 29), time(2, 30)).isoformat() == "2026-03-29T03:30:00+02:00"
    assert amsterdam(date(2026, 10, 25), time(2, 30)).isoformat() == "2026-10-25T02:30:00+02:00"


def test_the_quarters_of_a_day_of_25_hours() -> None:
    """The hour that comes twice has eight quarters, the one that is skipped none."""
    assert len(quarters_between(at("2026-10-25 00:00"), at("2026-10-25 23:45"))) == 100
    assert len(quarters_between(at("2026-03-29 00:00"), at("2026-03-29 23:45"))) == 92
    twice = datetime(2026, 10, 25, 1, 20, tzinfo=UTC)  # 02:20 for the second time
    assert quarter_before(twice).astimezone(UTC) == datetime(2026, 10, 25, 1, 15, tzinfo=UTC)


def test_feedback_without_a_moment_was_given_at_nine() -> None:
    """The export may know the day alone; a moment that is known counts, whatever the day says."""
    assert moment_of(date(2026, 2, 20), None).isoformat() == "2026-02-20T09:00:00+01:00"
    known = datetime(2026, 2, 20, 22, 30, tzinfo=UTC)
    assert moment_of(date(2026, 2, 20), known).isoformat() == "2026-02-20T23:30:00+01:00"


def test_the_same_clock_time_of_the_hour_that_comes_twice() -> None:
    """The first of the two, also when the moment itself was the second."""
    assert same_time_after(at("2026-10-24 02:30"), 1).isoformat() == "2026-10-25T02:30:00+02:00"
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert same_time_after(second, 0).isoformat() == "2026-10-25T02:30:00+02:00"


@pytest.mark.parametrize(
    ("due", "urgency"),
    [
        ("2026-03-02 22:59", "late"),
        ("2026-03-02 23:00", "today"),
        ("2026-03-02 23:59", "today"),
        ("2026-03-03 00:00", ""),
        ("2026-03-09 09:00", ""),
    ],
)
def test_what_is_due_today_is_due_by_amsterdams_midnight(due: str, urgency: str) -> None:
    """Late once its moment has passed."""
    assert urgency_of(at(due), datetime(2026, 3, 2, 22, tzinfo=UTC)) == urgency


def test_the_first_and_the_last_day_are_looked_at() -> None:
    """Easter Monday as either; a day that lies outside is not."""
    monday = date(2026, 4, 6)
    for first, last, closed in ((3, 6, [monday]), (6, 7, [monday]), (3, 5, []), (7, 10, []), (6, 6, [monday])):
        assert CLOCK.closed_weekdays(date(2026, 4, first), date(2026, 4, last)) == closed


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 3, 6), date(2026, 3, 9), ""),  # a weekend alone
        (date(2026, 4, 5), date(2026, 4, 7), "Op maandag 6 april"),
        (date(2025, 12, 24), date(2025, 12, 29), "Op donderdag 25 december en vrijdag 26 december"),
        (date(2026, 7, 31), date(2026, 8, 17), "Van maandag 3 augustus tot en met vrijdag 14 augustus"),
    ],
)
def test_closed_days_are_told_but_weekends(first: date, last: date, words: str) -> None:
    """Who waits over a holiday hears of it; a firm's own holiday is told by its first and last day."""
    own = [date(2026, 8, day) for day in range(3, 15)]
    assert closed_words(Clock(CareTerms(closed_days=own)).closed_weekdays(first, last)) == words
