"""What another programme would change: messages gained, lost or moved, and the keys of the file that differ."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from programme.rules.decide import Decision
from programme.terms.schema import Programme
from programme.words.states import Outcome

NOT_DUE = "not_due"  # the reason when the client was a candidate on no day of the period

Key = tuple[str, str, str]
"""(client id, touchpoint, occasion)"""


class ChangeKind(StrEnum):
    """What happens to a message under the other programme.

    `changed`: it is sent on the same day, but the client is in another segment or tier, so the mail may differ.
    """

    GAINED = "gained"
    LOST = "lost"
    MOVED = "moved"
    CHANGED = "changed"


class OccasionFate(NamedTuple):
    """The result for an occasion under one programme, by its last decision in the period.

    Attributes:
        on: the day on which it was sent, else the last day on which a run judged it; None when none did.
        outcome: "send", "defer" (still waiting, or its window closed while it waited), "skip", or "not_due".
        reason: None for send.
        closes_on: last day of its window; a deferred occasion may still go until then, after the period.
    """

    on: date | None
    outcome: str
    reason: str | None
    closes_on: date | None
    segment: str | None
    tier: str | None

    @property
    def is_sent(self) -> bool:
        """Whether it was sent in the period."""
        return self.outcome == Outcome.SEND

    def open_after(self, last: date) -> date | None:
        """The last day on which it may still go after the period; None when it cannot."""
        waits = self.outcome == Outcome.DEFER and self.closes_on is not None and self.closes_on > last
        return self.closes_on if waits else None


class MessageChange(NamedTuple):
    """One message that differs between the two programmes."""

    kind: ChangeKind
    client_id: str
    recipient: str
    touchpoint: str
    occasion: str
    now: OccasionFate
    new: OccasionFate


class TouchpointDifference(NamedTuple):
    """The messages of one touchpoint in the period: new = now + gained - lost."""

    touchpoint: str
    now: int
    new: int
    gained: int
    lost: int
    moved: int
    changed: int


class ChangedKey(NamedTuple):
    """A key of the programme file that differs; None where one of the two files lacks it."""

    key: str
    now: Any
    new: Any


@dataclass
class Differences:
    """The counts of a comparison; the caller adds one recipient after another.

    Attributes:
        clients: the number of clients with at least one change of each kind.
    """

    now: Counter[str] = field(default_factory=Counter)
    new: Counter[str] = field(default_factory=Counter)
    kinds: Counter[tuple[str, ChangeKind]] = field(default_factory=Counter)
    clients: Counter[ChangeKind] = field(default_factory=Counter)

    def add(self, now: Iterable[Decision], new: Iterable[Decision]) -> list[MessageChange]:
        """Count the decisions about one recipient under both programmes, and return what differs."""
        now, new = list(now), list(new)
        self.now.update(_sent(now))
        self.new.update(_sent(new))
        changes = changes_between(now, new)
        self.kinds.update((change.touchpoint, change.kind) for change in changes)
        self.clients.update(kind for _, kind in {(change.client_id, change.kind) for change in changes})
        return changes

    def lines(self, *programmes: Programme) -> list[TouchpointDifference]:
        """One line for each touchpoint, in the order of the first programme, then those that only others have."""
        names = dict.fromkeys(name for programme in programmes for name in programme.touchpoints)
        return [
            TouchpointDifference(name, self.now[name], self.new[name], *(self.kinds[name, kind] for kind in ChangeKind))
            for name in names
        ]

    def total(self, kind: ChangeKind) -> int:
        """The number of changes of this kind."""
        return sum(count for (_, each), count in self.kinds.items() if each == kind)


def changes_between(now: Iterable[Decision], new: Iterable[Decision]) -> list[MessageChange]:
    """What differs between two lists of decisions over the same period, sorted by key.

    Args:
        now, new: decisions in order of day for each key (client, touchpoint, occasion).
    """
    present, other = _last_decisions(now), _last_decisions(new)
    changes = []
    for key in sorted(present.keys() | other.keys()):
        before, after = _fate(present.get(key)), _fate(other.get(key))
        if kind := _kind(before, after):
            recipient = (present.get(key) or other[key]).recipient
            changes.append(MessageChange(kind, key[0], recipient, key[1], key[2], before, after))
    return changes


def changed_keys(now: Programme, new: Programme) -> list[ChangedKey]:
    """The keys of the programme file whose values differ, dotted, in the order of the file."""
    before, after = dict(_flat(now.model_dump(mode="json"))), dict(_flat(new.model_dump(mode="json")))
    return [
        ChangedKey(key, before.get(key), after.get(key))
        for key in dict.fromkeys([*before, *after])
        if before.get(key) != after.get(key)
    ]


def _sent(decisions: Iterable[Decision]) -> Iterator[str]:
    return (decision.touchpoint for decision in decisions if decision.outcome == Outcome.SEND)


def _last_decisions(decisions: Iterable[Decision]) -> dict[Key, Decision]:
    return {(decision.client_id, decision.touchpoint, decision.occasion): decision for decision in decisions}


def _fate(decision: Decision | None) -> OccasionFate:
    if decision is None:
        return OccasionFate(None, NOT_DUE, NOT_DUE, None, None, None)
    return OccasionFate(
        decision.as_of, str(decision.outcome), decision.reason, decision.closes_on, decision.segment, decision.tier
    )


def _kind(now: OccasionFate, new: OccasionFate) -> ChangeKind | None:
    if now.is_sent != new.is_sent:
        return ChangeKind.GAINED if new.is_sent else ChangeKind.LOST
    if not now.is_sent:
        return None
    if now.on != new.on:
        return ChangeKind.MOVED
    return ChangeKind.CHANGED if (now.segment, now.tier) != (new.segment, new.tier) else None


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The leaves of nested tables by dotted key; list items that have an id are named by it."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _flat(each, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and value and all(isinstance(each, dict) and "id" in each for each in value):
        for each in value:
            yield from _flat({name: own for name, own in each.items() if name != "id"}, f"{path}[{each['id']}]")
    else:
        yield path, value
