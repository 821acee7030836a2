"""Estimates of a part of everybody, and the weeks and peaks of both programmes."""

from datetime import date, timedelta

from programme.figures.families.rates import rate_of
from programme.insight.differences import ChangeKind, TouchpointDifference
from programme.insight.outlook import SHOWN_PEOPLE, Outlook, Peak
from tests.factories import shipped_programme
from tests.programme.insight.test_differences import decision

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


def test_a_recipient_is_counted_under_both_programmes() -> None:
    """As asked, in both calendars, and in what differs; of each kind of change the first people are kept."""
    found = outlook(100, 0)
    for number in range(SHOWN_PEOPLE + 2):
        found.add([], [decision(2, client_id=f"C{number:02d}")])
    found.add([decision(3, client_id="D")], [decision(3, client_id="D")])
    assert found.asked == SHOWN_PEOPLE + 3
    assert (found.now.total, found.new.total) == (1, SHOWN_PEOPLE + 3)
    assert {kind: [one.client_id for one in shown] for kind, shown in found.people.items()} == {
        ChangeKind.GAINED: [f"C{number:02d}" for number in range(SHOWN_PEOPLE)]
    }


def test_the_lines_are_of_everybody_and_of_what_differs() -> None:
    """A mail that is gained, lost or moved has its line, and one that stays has none."""
    found = outlook(75, 0)
    found.add([decision(1)], [decision(2), decision(2, touchpoint="win_back")])
    found.add([decision(1, touchpoint="check_in")], [decision(1, touchpoint="check_in")])
    found.add([decision(1, touchpoint="anniversary")], [])
    assert {line.touchpoint: line for line in found.lines()} == {
        "seasonal": TouchpointDifference("seasonal", now=25, new=25, gained=0, lost=0, moved=25, changed=0),
        "win_back": TouchpointDifference("win_back", now=0, new=25, gained=25, lost=0, moved=0, changed=0),
        "anniversary": TouchpointDifference("anniversary", now=25, new=0, gained=0, lost=25, moved=0, changed=0),
    }


def test_before_anybody_was_asked_nothing_is_scaled() -> None:
    """And with more than everybody asked, as after an import, a count stands as it is."""
    assert outlook(100, 0).scaled(0) == 0
    assert not outlook(100, 99).is_whole
    assert outlook(100, 100).is_whole
    assert outlook(100, 101).is_whole
    assert outlook(100, 101).scaled(7) == 7
    assert (outlook(8, 3).scaled(1), outlook(8, 7).scaled(2)) == (3, 2)  # 2.67 and 2.29


def test_an_outlook_has_so_many_days() -> None:
    """The first counted, in both calendars; at first nobody was asked."""
    found = Outlook.of(shipped_programme(), shipped_programme(), DAY, 90, 1)
    assert found.asked == 0
    for agenda in (found.now, found.new):
        assert (agenda.first, agenda.last, len(agenda.days)) == (DAY, DAY + timedelta(days=89), 90)
