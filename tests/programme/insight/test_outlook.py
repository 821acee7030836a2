"""Estimates of a part of everybody, and the weeks and peaks of both programmes."""

from datetime import date, timedelta

from programme.figures.families.rates import rate_of
from programme.insight.differences import ChangeKind
from programme.insight.outlook import Outlook, Peak
from tests.factories import shipped_programme

DAY = date(2026, 3, 3)


def outlook(recipients: int, asked: int) -> Outlook:
    made = Outlook.of(shipped_programme(), shipped_programme(), DAY, 90, recipients)
    made.asked = asked
    return made


def test_everybody_is_counted_and_a_part_is_estimated() -> None:
    """With Wilson's bounds, scaled to everybody; nobody of a part may still be somebody of all."""
    whole, part = outlook(4_000, 4_000), outlook(100_000, 4_000)
    for each in (whole, part):
        each.differences.clients[ChangeKind.GAINED] = 40
    assert whole.clients(ChangeKind.GAINED) == (40, 40, 40)
    assert whole.clients(ChangeKind.GAINED).is_exact
    _, low, high = rate_of(40, 4_000).shares
    assert part.clients(ChangeKind.GAINED) == (1_000, round(low * 100_000), round(high * 100_000))
    assert part.clients(ChangeKind.LOST).high > part.clients(ChangeKind.LOST).number == 0
    assert (whole.scaled(7), part.scaled(7)) == (7, 175)


def test_weeks_and_peaks() -> None:
    """Seven days each from the first on, the last one shorter; of equal days the earliest is the peak."""
    found = outlook(10, 10)
    for day in found.now.days:
        found.now.sends[day, "check_in"] = 1
    found.new.sends[DAY + timedelta(days=8), "check_in"] = 5
    weeks = found.weeks()
    assert [week.now for week in weeks] == [7] * 12 + [6]
    assert [week.new for week in weeks] == [0, 5] + [0] * 11
    assert weeks[-1].last == found.now.last
    assert found.peaks() == (Peak(DAY, 1), Peak(DAY + timedelta(days=8), 5))
