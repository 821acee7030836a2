"""Calendar arithmetic, its clamping, and its inverse."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.words.dates import (
    MonthDay,
    Offset,
    add_months,
    anchors_due_between,
    next_season_start,
    season_starts,
    typed_day,
)

DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))
OFFSETS = st.one_of(
    st.builds(Offset, days=st.integers(0, 400)), st.builds(Offset, months=st.integers(0, 40)), st.just(Offset())
)
SEASONS = (MonthDay(3, 1), MonthDay(9, 1))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2025, 10, 31), 4, date(2026, 2, 28)),
        (date(2027, 10, 31), 4, date(2028, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2025, 8, 31), -6, date(2025, 2, 28)),
        (date(2025, 12, 31), 1, date(2026, 1, 31)),
    ],
)
def test_months_clamp_to_the_last_day(day: date, months: int, expected: date) -> None:
    """A month later is the same day of the month, or the month's last day."""
    assert add_months(day, months) == expected


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-03", date(2026, 3, 3)),
        ("3-3-2026", date(2026, 3, 3)),
        ("3 3.2026", date(2026, 3, 3)),
        ("1-1-1900", date(1900, 1, 1)),
        ("31-12-2999", date(2999, 12, 31)),
    ],
)
def test_a_day_is_read_as_people_type_it(text: str, day: date) -> None:
    """From a date field too; the first and last day of the calendar are in it."""
    assert typed_day(text) == day


@pytest.mark.parametrize("text", ["", "morgen", "31-2-2026", "3-3-26", "31-12-1899", "1-1-3000", "9999-12-31"])
def test_what_is_no_day_of_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        typed_day(text)


@pytest.mark.parametrize(
    "text", ["", "3", "days", "-3 days", "03 days", "3  days", "3 fortnights", "٣ days", "3.5 days"]
)
def test_an_offset_is_a_number_and_a_unit(text: str) -> None:
    """Anything else is refused, with what is allowed."""
    with pytest.raises(ValueError, match="write a number and a unit"):
        Offset.parse(text)


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("3 days", Offset(days=3)),
        ("8 weeks", Offset(days=56)),
        ("1 month", Offset(months=1)),
        ("1 year", Offset(months=12)),
    ],
)
def test_offsets_are_read(text: str, offset: Offset) -> None:
    """Days and weeks are days, months and years are months."""
    assert Offset.parse(text) == offset


def test_no_offset_leaves_the_calendar() -> None:
    """The farthest that is taken still leads to a day, before today and after; one that leads nowhere is refused."""
    for text in ("999 years", "9999 months", "9999 weeks", "9999 days"):
        farthest = Offset.parse(text)
        assert farthest.after(date(2100, 1, 1)) > date(2100, 1, 1)
        assert add_months(date(2100, 1, 1), -farthest.months) <= date(2100, 1, 1)
    with pytest.raises(ValueError, match="the most is 999 years"):
        Offset.parse("1000 years")


@given(DAYS, DAYS, OFFSETS)
def test_offsets_are_monotone(one: date, other: date, offset: Offset) -> None:
    """A later anchor never comes due earlier: what makes the range of due anchors contiguous."""
    first, second = sorted((one, other))

    assert offset.after(first) <= offset.after(second)


@given(DAYS, OFFSETS, st.integers(0, 40), st.booleans())
def test_the_range_of_due_anchors_is_exact(as_of: date, offset: Offset, grace: int, seasonal: bool) -> None:
    """An anchor lies in the range exactly when its due date lies in the window's inverse."""

    def due_on(anchor: date) -> date:
        day = offset.after(anchor)
        return next_season_start(SEASONS, day) if seasonal else day

    found = anchors_due_between(due_on, as_of - timedelta(days=grace), as_of)

    low, high = found or (as_of, as_of - timedelta(days=1))
    for distance in range(-3, 4):
        for edge in (low, high):
            anchor = edge + timedelta(days=distance)
            assert (low <= anchor <= high) == (as_of - timedelta(days=grace) <= due_on(anchor) <= as_of)


def test_no_anchor_is_four_months_before_30_june() -> None:
    """There is no 30 February, and the last days of October all come due on 28 February."""
    offset = Offset.parse("4 months")

    assert anchors_due_between(offset.after, date(2026, 6, 30), date(2026, 6, 30)) is None
    assert anchors_due_between(offset.after, date(2026, 2, 28), date(2026, 2, 28)) == (
        date(2025, 10, 28),
        date(2025, 10, 31),
    )


def test_season_starts_in_order() -> None:
    """Both ends of the period are included."""
    assert season_starts(SEASONS, date(2026, 3, 1), date(2027, 3, 1)) == [
        date(2026, 3, 1),
        date(2026, 9, 1),
        date(2027, 3, 1),
    ]
    assert next_season_start(SEASONS, date(2026, 9, 2)) == date(2027, 3, 1)
