"""The days on which banks settle."""

from datetime import date, timedelta

import pytest
from dateutil.easter import easter

from programme.money.bank.target import next_target_day


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (date(2026, 12, 1), date(2026, 12, 2)),  # Tuesday
        (date(2026, 11, 27), date(2026, 11, 30)),  # Friday
        (date(2026, 12, 24), date(2026, 12, 28)),  # both days of Christmas, then a Sunday
        (date(2026, 12, 31), date(2027, 1, 4)),
        (date(2027, 3, 25), date(2027, 3, 30)),  # Maundy Thursday
        (date(2027, 4, 26), date(2027, 4, 27)),  # the King's birthday: Dutch shops close, TARGET does not
        (date(2027, 4, 30), date(2027, 5, 3)),
        (date(2028, 4, 28), date(2028, 5, 2)),  # Labour Day is a Monday
    ],
)
def test_the_next_day_of_target(after: date, expected: date) -> None:
    """Weekends and the six holidays are passed over, national ones are not."""
    assert next_target_day(after) == expected


def test_the_library_has_the_rule_of_the_central_bank() -> None:
    """Twenty years of days, against the rule: weekends, New Year, Good Friday, Easter Monday, 1 May, Christmas."""
    day, end = date(2026, 1, 1), date(2045, 12, 31)
    while day < end:
        following = day + timedelta(days=1)
        while _is_closed(following):
            following += timedelta(days=1)
        assert next_target_day(day) == following
        day += timedelta(days=1)


def _is_closed(day: date) -> bool:
    from_easter = (day - easter(day.year)).days
    return day.weekday() > 4 or from_easter in (-2, 1) or (day.month, day.day) in {(1, 1), (5, 1), (12, 25), (12, 26)}
