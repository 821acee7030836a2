"""How complaints were dealt with in the 12 months to the day of the report: by level, never by person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from programme.figures.families.nps import Nps
from programme.figures.families.rates import Rate


@dataclass(frozen=True)
class CareFigures:
    """Cases of the 12 months to the day.

    Attributes:
        opened, closed: cases that were, in these months.
        open: cases that are open at the end of the day.
        by_level: deadlines kept of those that were due, by the level that had the case when they were.
        by_step: the same by step of the case.
        recovered: the NPS of clients with a solved case, by their latest answer after it.
    """

    opened: int = 0
    closed: int = 0
    open: int = 0
    by_level: Mapping[str, Rate] = field(default_factory=dict)
    by_step: Mapping[str, Rate] = field(default_factory=dict)
    recovered: Nps = Nps(0, 0, 0)

    def as_json(self, small_n: int) -> dict[str, Any]:
        return {
            "opened": self.opened,
            "closed": self.closed,
            "open": self.open,
            "by_level": {name: rate.as_json(small_n) for name, rate in self.by_level.items()},
            "by_step": {name: rate.as_json(small_n) for name, rate in self.by_step.items()},
            "recovered_nps": self.recovered.as_json(small_n),
        }
