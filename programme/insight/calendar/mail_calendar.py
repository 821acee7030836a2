"""The calendar: the forecast of everyone, counted by day and touchpoint, with the effect of the caps."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from programme.rules.decide import Decision
from programme.terms.schema import Programme
from programme.words.states import Outcome, Reason

LONGEST_DAYS = 366  # beyond a year, the facts of today say little


class AgendaCell(NamedTuple):
    """One touchpoint on one day.

    Attributes:
        send: mails that would go out.
        defer: occasions that wait on that day and are judged again the next day.
    """

    day: date
    flow: str
    touchpoint: str
    send: int
    defer: int


class AgendaLine(NamedTuple):
    """One touchpoint over the whole period; each occasion counts once.

    Attributes:
        later: the sent ones that had waited at least a day.
        lapsed: waited until their window closed, so they are never sent.
        waiting: still waiting on the last day.
        skipped: not sent, by reason.
    """

    touchpoint: str
    send: int
    later: int
    lapsed: int
    waiting: int
    skipped: dict[str, int]


@dataclass
class Agenda:
    """The counts of the mails to come on the days `first` … `last`; the caller adds one recipient after another.

    Attributes:
        people: who would get each mail, by day and touchpoint, in the order in which they were added; None when
            nobody asks for it, because of a large base these are very many.
    """

    programme: Programme
    first: date
    last: date
    sends: Counter[tuple[date, str]] = field(default_factory=Counter)
    defers: Counter[tuple[date, str]] = field(default_factory=Counter)
    fates: Counter[tuple[str, str]] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    people: dict[tuple[date, str], list[str]] | None = None

    def add(self, decisions: Iterable[Decision]) -> None:
        """Count all decisions about one recipient, given in order of day."""
        last: dict[tuple[str, str, str], Decision] = {}
        waited: set[tuple[str, str, str]] = set()
        for decision in decisions:
            key = (decision.client_id, decision.touchpoint, decision.occasion)
            last[key] = decision
            if decision.outcome == Outcome.SEND:
                self.sends[decision.as_of, decision.touchpoint] += 1
                if self.people is not None:
                    self.people.setdefault((decision.as_of, decision.touchpoint), []).append(decision.client_id)
            elif decision.outcome == Outcome.DEFER:
                self.defers[decision.as_of, decision.touchpoint] += 1
                waited.add(key)
        for key, decision in last.items():
            self._count_fate(decision, key in waited)

    @property
    def total(self) -> int:
        """The number of mails in the period."""
        return self.sends.total()

    @property
    def days(self) -> list[date]:
        """Every day of the period, in order."""
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]

    def on(self, day: date) -> int:
        """The number of mails on that day."""
        return sum(self.sends[day, touchpoint] for touchpoint in self.programme.touchpoints)

    def cells(self) -> Iterator[AgendaCell]:
        """The cells that are not zero, in order of day, then of the programme file."""
        for day in self.days:
            for name, touchpoint in self.programme.touchpoints.items():
                send, defer = self.sends[day, name], self.defers[day, name]
                if send or defer:
                    yield AgendaCell(day, str(touchpoint.flow), name, send, defer)

    def lines(self) -> list[AgendaLine]:
        """One line for each touchpoint, in the order of the programme file."""
        return [self._line(name) for name in self.programme.touchpoints]

    def as_json(self) -> dict[str, Any]:
        """The calendar as values that JSON can hold."""
        return {
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "send": self.total,
            "touchpoints": [
                {"touchpoint": line.touchpoint, "label": self.programme.touchpoints[line.touchpoint].label}
                | dict(list(line._asdict().items())[1:])
                for line in self.lines()
            ],
            "days": [cell._asdict() | {"day": cell.day.isoformat()} for cell in self.cells()],
        }

    def _line(self, name: str) -> AgendaLine:
        fates = self.fates
        skipped = {str(why): self.reasons[name, why] for why in Reason if self.reasons[name, why]}
        return AgendaLine(
            name, fates[name, "send"], fates[name, "later"], fates[name, "lapsed"], fates[name, "waiting"], skipped
        )

    def _count_fate(self, decision: Decision, waited: bool) -> None:
        name = decision.touchpoint
        if decision.outcome == Outcome.SEND:
            self.fates[name, "send"] += 1
            self.fates[name, "later"] += waited
        elif decision.outcome == Outcome.DEFER:
            self.fates[name, "lapsed" if decision.closes_on <= self.last else "waiting"] += 1
        else:
            self.reasons[name, str(decision.reason)] += 1
