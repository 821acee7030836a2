"""What a client's own page tells of what happened: sign-ups, deliveries and money, the latest first."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import NamedTuple

SHOWN = 10


class Happened(StrEnum):
    """In the order in which things of one day follow each other."""

    SIGNED_UP = "signed_up"
    QUALIFIED = "qualified"
    COMMISSION = "commission"
    REVERSED = "reversed"
    ADJUSTED = "adjusted"
    PAID = "paid"
    RETURNED = "returned"


class Happening(NamedTuple):
    """One thing that happened, on its day.

    Attributes:
        amount_cents: what it brought or took; None where no money moved.
        name: the friend's, only with the friend's own recorded consent; "" otherwise.
        project_type: of a commission; "" otherwise.
    """

    day: date
    kind: Happened
    amount_cents: int | None = None
    name: str = ""
    project_type: str = ""


def latest(happenings: Iterable[Happening]) -> list[Happening]:
    """The ten latest; of one day what came last first."""
    rank = {kind: number for number, kind in enumerate(Happened)}
    return sorted(happenings, key=lambda one: (one.day, rank[one.kind], one.amount_cents or 0), reverse=True)[:SHOWN]
