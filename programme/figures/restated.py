"""Why a closed figure changed: by the purchases that were counted then and are not now, or the other way round."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from programme.figures.families.cohorts import Cell, Period


class Why(StrEnum):
    """Why a closed figure has changed."""

    LATE = "late"  # it came in after the report
    CANCELLED = "cancelled"
    CORRECTED = "corrected"  # another value, day or client; or the CRM's export has it no more, or again
    ERASED = "erased"


class Restated(NamedTuple):
    """A figure that was closed at an earlier report and is another now.

    Attributes:
        figure: where it stands in the JSON, e.g. "cohorts.month.1997-01.active.3".
    """

    figure: str
    old: int
    new: int
    why: Why

    def as_json(self) -> dict[str, Any]:
        return {"figure": self.figure, "old": self.old, "new": self.new, "why": self.why.value}


class Purchase(NamedTuple):
    """A purchase as it was counted."""

    client_id: str
    ordered_on: date
    value_cents: int


class Restatement(NamedTuple):
    """A purchase that is not what it was; None where it was not counted, or is not."""

    then: Purchase | None
    now: Purchase | None
    why: Why


Place = tuple[int, int]  # cohort and month, each counted from the year 0
Cells = Mapping[Place, Cell]


def restated(then: Cells, now: Cells, reasons: Mapping[tuple[Place, str], Why]) -> tuple[Restated, ...]:
    """The cells that differ, by cohort, measure and month.

    Args:
        then, now: cells that were over at the earlier report; a missing one is empty.
    """
    found = []
    for place in {*then, *now}:
        old, new = then.get(place, Cell()), now.get(place, Cell())
        for measure, was, is_now in (
            ("active", old.active, new.active),
            ("revenue", old.revenue_cents, new.revenue_cents),
        ):
            if was != is_now:
                found.append((place[0], measure, place[1], was, is_now))
    return tuple(
        Restated(_name(cohort, measure, month), was, is_now, reasons.get(((cohort, month), measure), Why.CORRECTED))
        for cohort, measure, month, was, is_now in sorted(found)
    )


def reasons_of(
    changes: Iterable[Restatement], then: Mapping[str, Sequence[Purchase]], now: Mapping[str, Sequence[Purchase]]
) -> dict[tuple[Place, str], Why]:
    """The reason of most of the clients whose own share of a cell changed; of two equal ones the first of `Why`.

    Args:
        then, now: every purchase of each client that a change names, by client.
    """
    why_of: dict[str, Counter[Why]] = defaultdict(Counter)
    for change in changes:
        for client_id in {purchase.client_id for purchase in (change.then, change.now) if purchase}:
            why_of[client_id][change.why] += 1
    votes: dict[tuple[Place, str], Counter[Why]] = defaultdict(Counter)
    for client_id, reasons in why_of.items():
        before, after = cells_of(then.get(client_id, ())), cells_of(now.get(client_id, ()))
        for place in {*before, *after}:
            old, new = before.get(place, Cell()), after.get(place, Cell())
            if old.active != new.active:
                votes[place, "active"][_most(reasons)] += 1
            if old.revenue_cents != new.revenue_cents:
                votes[place, "revenue"][_most(reasons)] += 1
    return {key: _most(counted) for key, counted in votes.items()}


def cells_of(purchases: Sequence[Purchase]) -> dict[Place, Cell]:
    """What one client adds to the cells."""
    months = [Period.MONTH.number_of(purchase.ordered_on) for purchase in purchases]
    found: dict[Place, Cell] = {}
    for month, purchase in zip(months, purchases, strict=True):
        place = (min(months), month)
        found[place] = Cell(1, found.get(place, Cell()).revenue_cents + purchase.value_cents)
    return found


def _most(counted: Counter[Why]) -> Why:
    return max(Why, key=lambda why: counted[why])


def _name(cohort: int, measure: str, month: int) -> str:
    return f"cohorts.month.{Period.MONTH.name_of(cohort)}.{measure}.{month - cohort}"
