"""Two programmes over the same days to come: who gains, loses or moves a mail, and both forecasts week by week.

Of a large base a fixed part is asked at first; every number then stands with the interval in which the true one lies.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from programme.figures.families.rates import Estimate, estimate_of
from programme.insight.calendar.mail_calendar import Agenda
from programme.insight.differences import ChangeKind, Differences, MessageChange, TouchpointDifference
from programme.rules.decide import Decision
from programme.terms.schema import Programme

SHOWN_PEOPLE = 12  # of each kind
WEEK_DAYS = 7


class Week(NamedTuple):
    """The mails of seven days, under both programmes; the last week may be shorter."""

    first: date
    last: date
    now: int
    new: int


class Peak(NamedTuple):
    """The day with most mails, the earliest of equals."""

    day: date
    number: int


@dataclass
class Outlook:
    """What was found out; the caller adds one recipient after another.

    Attributes:
        recipients: addresses in the base.
        asked: of these, so many were judged.
        people: the first changes of each kind.
    """

    now: Agenda
    new: Agenda
    recipients: int
    asked: int = 0
    differences: Differences = field(default_factory=Differences)
    people: dict[ChangeKind, list[MessageChange]] = field(default_factory=dict)

    @classmethod
    def of(cls, now: Programme, new: Programme, first: date, days: int, recipients: int) -> "Outlook":
        """An empty one."""
        last = first + timedelta(days=days - 1)
        return cls(Agenda(now, first, last), Agenda(new, first, last), recipients)

    def add(self, now: list[Decision], new: list[Decision]) -> None:
        """Count the decisions about one recipient under both programmes."""
        self.asked += 1
        self.now.add(now)
        self.new.add(new)
        for change in self.differences.add(now, new):
            shown = self.people.setdefault(change.kind, [])
            if len(shown) < SHOWN_PEOPLE:
                shown.append(change)

    @property
    def is_whole(self) -> bool:
        """Whether everybody was asked."""
        return self.asked >= self.recipients

    def clients(self, kind: ChangeKind) -> Estimate:
        """Clients with at least one change of the kind."""
        return estimate_of(self.differences.clients[kind], self.asked, self.recipients)

    def scaled(self, number: int) -> int:
        """A count as it would be of everybody."""
        return number if self.is_whole or not self.asked else round(number * self.recipients / self.asked)

    def weeks(self) -> list[Week]:
        """In order of day."""
        return list(self._weeks())

    def peaks(self) -> tuple[Peak, Peak]:
        """The busiest day now, and under the other programme."""
        return self._peak(self.now), self._peak(self.new)

    def lines(self) -> list[TouchpointDifference]:
        """Every touchpoint that somebody gains, loses or gets on another day, in the order of the programme."""
        found = self.differences.lines(self.now.programme, self.new.programme)
        return [
            TouchpointDifference(line.touchpoint, *(self.scaled(number) for number in line[1:]))
            for line in found
            if line.gained or line.lost or line.moved
        ]

    def _weeks(self) -> Iterator[Week]:
        for first in self.now.days[::WEEK_DAYS]:
            days = [day for day in self.now.days if first <= day < first + timedelta(days=WEEK_DAYS)]
            yield Week(first, days[-1], self._sum(self.now, days), self._sum(self.new, days))

    def _sum(self, agenda: Agenda, days: Iterable[date]) -> int:
        return self.scaled(sum(agenda.on(day) for day in days))

    def _peak(self, agenda: Agenda) -> Peak:
        day = max(agenda.days, key=lambda each: (agenda.on(each), -each.toordinal()))
        return Peak(day, self.scaled(agenda.on(day)))
