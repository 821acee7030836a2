"""The counts of a run, which add up: candidates = sent + deferred + skipped."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from programme.rules.decide import Decision
from programme.rules.left_over import Fate
from programme.terms.schema import Programme
from programme.words.states import AnyFlow, Outcome, Reason, RunMode


class TouchpointCount(NamedTuple):
    """One line of a run's table: the candidates of a touchpoint, by outcome and by reason."""

    touchpoint: str
    candidates: int
    send: int
    defer: int
    skip: int
    reasons: dict[str, int]


@dataclass
class DayReport:
    """The counts of one run; decisions are added as they are taken.

    Attributes:
        delivered: messages by their status after delivery ({} in a plan).
        retaken, expired, cancelled: messages that earlier runs left planned: taken up again (those to be sent are
            among the counts too), too late for that, or about what no longer holds.
        notes: sentences that a person should read, in Dutch.
        is_beside_another: it found nothing left to do, because an earlier run of the day has done it or is at it.
    """

    flow: AnyFlow
    as_of: date
    mode: RunMode
    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    delivered: Counter[str] = field(default_factory=Counter)
    retaken: int = 0
    expired: int = 0
    cancelled: int = 0
    notes: list[str] = field(default_factory=list)
    is_beside_another: bool = False

    def add(self, decisions: Iterable[Decision], times: int = 1) -> None:
        """Count these decisions, each so many times."""
        for decision in decisions:
            self.counts[decision.touchpoint, str(decision.outcome), str(decision.reason or "")] += times

    def foresee(self, fates: Iterable[Fate]) -> None:
        """Count what a run would do with the messages that are left over."""
        became = Counter("retaken" if fate.stays else str(fate.outcome) for fate in fates)
        self.retaken, self.expired, self.cancelled = became["retaken"], became["expired"], became["cancelled"]

    @property
    def has_left_over(self) -> bool:
        """Whether the run found messages left over from earlier runs."""
        return bool(self.retaken or self.expired or self.cancelled)

    @property
    def to_send(self) -> int:
        """The number of candidates to send."""
        return sum(count for (_, outcome, _), count in self.counts.items() if outcome == Outcome.SEND)

    @property
    def did_nothing(self) -> bool:
        """Whether the run planned, took up and delivered nothing."""
        return not (self.to_send or self.delivered.total() or self.has_left_over)

    @property
    def candidates(self) -> int:
        """The number of candidates, whatever their outcome."""
        return self.counts.total()

    def lines(self, programme: Programme) -> list[TouchpointCount]:
        """One line for each touchpoint with candidates, in the order of the programme file."""
        found = {touchpoint for touchpoint, _, _ in self.counts}
        return [self._line(touchpoint) for touchpoint in programme.kinds if touchpoint in found]

    def _line(self, touchpoint: str) -> TouchpointCount:
        own = {key: count for key, count in self.counts.items() if key[0] == touchpoint}
        outcomes = Counter(dict.fromkeys(Outcome, 0))
        reasons: dict[str, int] = {}
        for (_, outcome, reason), count in own.items():
            outcomes[Outcome(outcome)] += count
            if reason:
                reasons[reason] = count
        in_order = {reason.value: reasons[reason] for reason in Reason if reason in reasons}
        return TouchpointCount(
            touchpoint,
            sum(own.values()),
            outcomes[Outcome.SEND],
            outcomes[Outcome.DEFER],
            outcomes[Outcome.SKIP],
            in_order,
        )

    def as_json(self, programme: Programme) -> dict[str, Any]:
        """The report as values that JSON can hold, for the log and for `--json`."""
        return {
            "flow": str(self.flow),
            "as_of": self.as_of.isoformat(),
            "mode": str(self.mode),
            "candidates": self.candidates,
            "send": self.to_send,
            "touchpoints": [line._asdict() for line in self.lines(programme)],
            "delivered": dict(self.delivered),
            "retaken": self.retaken,
            "expired": self.expired,
            "cancelled": self.cancelled,
            "notes": self.notes,
        }
