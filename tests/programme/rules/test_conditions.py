"""The conditions of the touchpoints at their edges: one day or one cent on either side changes the answer."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from programme.facts.records import Client
from programme.rules.due import due_occasions
from tests import factories as make

DAY = timedelta(days=1)
DELIVERED = date(2025, 11, 3)
SEASON = date(2026, 3, 1)


def is_due(touchpoint_id: str, as_of: date, person: Client, **others: Any) -> bool:
    """By the programme as shipped, for the client alone under the address."""
    found = due_occasions(make.shipped_programme(), touchpoint_id, person, make.recipient(person, **others), as_of)
    return bool(found)


def owner(*others: Any, given: Any = (), **changes: Any) -> Client:
    """Of P1, delivered on DELIVERED, and other projects."""
    first = make.project("P1", **({"type": "uitbouw", "delivered_on": DELIVERED} | changes))
    return make.client(projects=(first, *others), feedback=given, id_crc32=0)


@pytest.mark.parametrize(
    ("touchpoint_id", "after", "kind"),
    [("feedback_request", 3, None), ("check_in", 14, "nps"), ("review_reminder", 30, "review")],
)
def test_feedback_ends_the_asking(touchpoint_id: str, after: int, kind: str | None) -> None:
    """Of that kind, about that project, given by that day; the first question takes any kind."""
    as_of = DELIVERED + after * DAY

    def due_with(**changes: Any) -> bool:
        given = make.feedback(**({"kind": kind or "csat", "given_on": as_of} | changes))
        return is_due(touchpoint_id, as_of, owner(given=(given,)))

    assert is_due(touchpoint_id, as_of, owner())
    assert not due_with()
    assert due_with(given_on=as_of + DAY)
    assert due_with(project_id="P2")
    assert due_with(kind="letter") is (kind is not None)


def test_a_large_project_ends_the_way_from_small_to_large() -> None:
    """Worth 2,000 euros or more, counted on the day; the small one is worth less than 1,000."""
    as_of = date(2026, 11, 3)

    def due_with(small: int, large: int, **changes: Any) -> bool:
        return is_due(
            "small_to_large", as_of, owner(make.project("P2", value_cents=large, **changes), value_cents=small)
        )

    assert due_with(99_999, 199_999)
    assert not due_with(100_000, 199_999)
    assert not due_with(99_999, 200_000)
    assert due_with(99_999, 200_000, cancelled_on=as_of)
    assert not due_with(99_999, 200_000, cancelled_on=as_of + DAY)


@pytest.mark.parametrize(
    ("delivered_on", "due"),
    [
        (date(2023, 2, 28), False),
        (date(2023, 3, 1), True),
        (date(2026, 2, 28), True),
        (date(2026, 3, 1), False),
        (None, False),
    ],
)
def test_the_season_is_for_who_was_delivered_lately(delivered_on: date | None, due: bool) -> None:
    """Within the 36 months before it, the first of them included; a delivery in the season itself ends it."""
    assert is_due("seasonal", SEASON + 7 * DAY, owner(ordered_on=date(2023, 1, 5), delivered_on=delivered_on)) is due


def test_the_latest_delivery_decides_on_the_season() -> None:
    """One in the season ends it from its own day on; one that is still to come does not."""
    second = make.project("P2", delivered_on=SEASON + 7 * DAY)
    assert is_due("seasonal", SEASON + 6 * DAY, owner(second))
    assert not is_due("seasonal", SEASON + 7 * DAY, owner(second))


def test_an_order_since_the_quote_ends_its_question() -> None:
    """On the day of the decision or later, by that day; an order before it, or cancelled, does not."""
    decided_on = date(2026, 2, 20)
    as_of = decided_on + 2 * DAY

    def due_with(**changes: Any) -> bool:
        own = make.project("P1", delivered_on=None, **changes)
        return is_due(
            "quote_rejected", as_of, make.client(projects=(own,), quotes=(make.quote(decided_on=decided_on),))
        )

    assert due_with(ordered_on=decided_on - DAY)
    assert not due_with(ordered_on=decided_on)
    assert not due_with(ordered_on=as_of)
    assert due_with(ordered_on=as_of + DAY)
    assert due_with(ordered_on=decided_on, cancelled_on=as_of)


def test_who_buys_for_others_is_offered_no_next_project() -> None:
    """A contractor or architect is of the segment that cross-sells leave out."""
    as_of = date(2026, 2, 3)
    assert is_due("uitbouw_to_draagmuur", as_of, owner())
    assert not is_due("uitbouw_to_draagmuur", as_of, replace(owner(), kind="aannemer"))


def test_win_back_is_for_clients_without_a_running_project() -> None:
    """Half a year after the last activity of the address; a project of another record under it counts."""
    as_of = DELIVERED + 181 * DAY
    person, other = (
        replace(owner(), last_activity_on=DELIVERED),
        make.project("P9", "C2", delivered_on=None, ordered_on=date(2025, 10, 20)),
    )
    programme = make.shipped_programme()

    def due_beside(*projects: Any) -> int:
        both = make.recipient(person, make.client("C2", projects=projects))
        return len(due_occasions(programme, "win_back", person, both, as_of))

    assert due_beside() == 1
    assert due_beside(other) == 0
    assert due_beside(other._replace(cancelled_on=as_of)) == 1
    cancelled = make.project(delivered_on=None, cancelled_on=DELIVERED)
    assert not is_due("win_back", as_of, replace(person, projects=(cancelled,)))
