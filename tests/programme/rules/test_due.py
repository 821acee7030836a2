"""When an occasion is due: the ends of its window, its spread, its target, and the range of anchors that SQL reads."""

from datetime import date, timedelta

import pytest

from programme.rules.due import due_anchors, due_occasions, due_on_of, occasions
from tests import factories as make

DELIVERED = date(2025, 11, 3)
DAYS = (date(2026, 2, 28), date(2026, 3, 2), date(2026, 6, 30), date(2028, 2, 29))
DAY = timedelta(days=1)


@pytest.mark.parametrize("touchpoint_id", make.shipped_programme().touchpoints)
@pytest.mark.parametrize("as_of", DAYS)
def test_the_range_of_anchors_is_that_of_every_window(touchpoint_id: str, as_of: date) -> None:
    """No anchor outside it can be due for any client, and those at its ends are due for one."""
    programme = make.shipped_programme()
    touchpoint, most = programme.touchpoints[touchpoint_id], programme.seasons.spread_days - 1
    due = [
        anchor_on
        for anchor_on in (as_of - timedelta(days=number) for number in range(1_500))
        for due_on in (due_on_of(programme, touchpoint, anchor_on, number) for number in range(most + 1))
        if due_on <= as_of <= due_on + timedelta(days=touchpoint.grace_days)
    ]
    assert due_anchors(programme, touchpoint, as_of) == ((min(due), max(due)) if due else None)


@pytest.mark.parametrize(("number", "first"), [(0, date(2026, 5, 3)), (6, date(2026, 5, 9))])
def test_a_window_has_both_its_ends(number: int, first: date) -> None:
    """From the day on which it comes due, spread or not, to the last day of grace; not a day before or after."""
    programme = make.programme(**{"touchpoints.dakkapel_to_uitbouw.to_next_season": False, "seasons.spread_days": 7})
    person = make.client(projects=(make.project(delivered_on=DELIVERED),), id_crc32=number)
    days = [first - DAY, first, first + 21 * DAY, first + 22 * DAY]
    found = [due_occasions(programme, "dakkapel_to_uitbouw", person, make.recipient(person), day) for day in days]
    assert [len(each) for each in found] == [0, 1, 1, 0]
    ((occasion,), same) = found[1], found[2]
    assert same == [occasion]
    assert occasion[:5] == ("P1", DELIVERED, first, first + 21 * DAY, "P1")
    assert occasion.quote_id is None


def test_what_was_bought_is_not_offered() -> None:
    """The target ordered on the day itself counts, one that is ordered later or was cancelled does not."""
    programme = make.programme(**{"touchpoints.dakkapel_to_uitbouw.to_next_season": False, "seasons.spread_days": 1})
    as_of = date(2026, 5, 3)

    def due_beside(**changes: object) -> int:
        bought = make.project("P2", type="uitbouw", delivered_on=None, **changes)
        person = make.client(projects=(make.project(delivered_on=DELIVERED), bought), id_crc32=0)
        return len(due_occasions(programme, "dakkapel_to_uitbouw", person, make.recipient(person), as_of))

    assert due_beside(ordered_on=as_of) == 0
    assert due_beside(ordered_on=as_of + DAY) == 1
    assert due_beside(ordered_on=as_of, cancelled_on=as_of) == 1


def test_a_rejected_quote_is_named() -> None:
    """By its id; there is no project."""
    person = make.client(quotes=(make.quote(decided_on=date(2026, 2, 20)),))
    programme = make.shipped_programme()
    (occasion,) = due_occasions(programme, "quote_rejected", person, make.recipient(person), date(2026, 2, 22))
    assert (occasion.occasion, occasion.project_id, occasion.quote_id) == ("Q1", None, "Q1")


@pytest.mark.parametrize(
    ("decision", "decided_on", "number"),
    [
        ("rejected", date(2026, 2, 20), 1),
        ("rejected", date(2026, 2, 21), 0),
        ("accepted", date(2026, 2, 20), 0),
        (None, None, 0),
    ],
)
def test_only_a_rejection_by_the_day_is_an_anchor(decision: str | None, decided_on: date | None, number: int) -> None:
    """From its own day on; it is due two days later."""
    person = make.client(quotes=(make.quote(decision=decision, decided_on=decided_on),))
    given = (make.shipped_programme(), "quote_rejected", person, make.recipient(person), date(2026, 2, 20))
    assert len(occasions(*given)) == number
    assert due_occasions(*given) == []
