"""The simulated runs of many days for one recipient: what each day would decide, with nothing written.

A run of one day judges everyone who is due on that day. Here each recipient is judged once, for all days. Both give the
same decisions (a test checks that), but this way a quarter takes little more work than a day.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from programme.facts.records import Client, Recipient
from programme.rules.anchors import ANCHORS, Counted
from programme.rules.anchors import LaterActivity as LaterActivity
from programme.rules.decide import Decision, decide_recipient
from programme.rules.due import due_on_of, unspread_due_on
from programme.rules.simulation import Simulation
from programme.terms.schema import Programme, Touchpoint
from programme.words.dates import anchors_due_between
from programme.words.states import Flow

Only = dict[str, set[str]]
"""Touchpoints by client id."""


class Window(NamedTuple):
    """The days on which an occasion may be due.

    Attributes:
        key: (client id, touchpoint, occasion); the occasion is None when only the day itself shows it (a tier).
    """

    key: tuple[str, str, str | None]
    due_on: date
    closes_on: date


class Horizon:
    """A programme over the days `first` … `last`, both included; what all recipients share is computed once."""

    def __init__(self, programme: Programme, first: date, last: date) -> None:
        self.programme = programme
        self.first = first
        self.last = last
        self._touchpoints = [
            (touchpoint_id, touchpoint, anchors)
            for touchpoint_id, touchpoint in programme.touchpoints.items()
            if touchpoint.active and (anchors := self._anchors_due(touchpoint))
        ]

    def decisions_of(self, recipient: Recipient, later_activity: LaterActivity | None = None) -> Iterator[Decision]:
        """All decisions about one recipient, in order of day; on each day, daily before win-back.

        Args:
            recipient: with the messages that count as history, and the last activity as of the first day. Later facts
                count from their own day on.
            later_activity: the days of activity after the first day, by client id.
        """
        later = {client.client_id: (later_activity or {}).get(client.client_id, ()) for client in recipient.clients}
        has_later = any(later.values())
        closed: set[tuple[str, str, str | None]] = {
            (message.client_id, message.touchpoint, message.occasion) for message in recipient.messages
        }
        simulation = Simulation()
        asked = self._windows_by_day(recipient, later)
        for day in sorted(asked):
            only = self._open_on(asked[day], closed)
            known = _with_activity(recipient, later, day) if has_later else recipient
            for flow in only:
                for decision in decide_recipient(self.programme, flow, simulation.seen_by(known), day, only[flow]):
                    simulation.record(decision)
                    if decision.status is not None:
                        closed.add((decision.client_id, decision.touchpoint, decision.occasion))
                    yield decision

    def asks(self, recipient: Recipient, touchpoint_id: str) -> bool:
        """Whether any run of these days may judge the touchpoint for the recipient, if nothing happens meanwhile."""
        later: LaterActivity = {client.client_id: () for client in recipient.clients}
        return any(
            window.due_on <= self.last and window.closes_on >= self.first
            for client in recipient.clients
            for window in self._windows(client, recipient, later, touchpoint_id)
        )

    def _open_on(self, windows: Iterable[Window], closed: Set[tuple[str, str, str | None]]) -> dict[Flow, Only]:
        """The touchpoints to judge by client id, for each flow that has any, in the order of the day's runs."""
        found: dict[Flow, Only] = {}
        for window in windows:
            if window.key not in closed:
                client_id, touchpoint_id, _ = window.key
                own = found.setdefault(self.programme.touchpoints[touchpoint_id].flow, {})
                own.setdefault(client_id, set()).add(touchpoint_id)
        return {flow: found[flow] for flow in Flow if flow in found}

    def _anchors_due(self, touchpoint: Touchpoint) -> tuple[date, date] | None:
        """The first and last anchor day whose window touches the horizon, for any client's share of a spread."""
        spread_days = self.programme.seasons.spread_days - 1 if touchpoint.spread else 0
        first = self.first - timedelta(days=touchpoint.grace_days + spread_days)
        return anchors_due_between(lambda day: unspread_due_on(self.programme, touchpoint, day), first, self.last)

    def _windows_by_day(self, recipient: Recipient, later: LaterActivity) -> dict[date, list[Window]]:
        asked: dict[date, list[Window]] = defaultdict(list)
        for client in recipient.clients:
            for window in self._windows(client, recipient, later):
                day, last = max(window.due_on, self.first), min(window.closes_on, self.last)
                while day <= last:
                    asked[day].append(window)
                    day += timedelta(days=1)
        return asked

    def _windows(
        self, client: Client, recipient: Recipient, later: LaterActivity, only: str | None = None
    ) -> Iterator[Window]:
        for touchpoint_id, touchpoint, (low, high) in self._touchpoints:
            if only not in (None, touchpoint_id):
                continue
            of = Counted(self.programme, touchpoint, client, recipient)
            for anchor_on, occasion in ANCHORS[touchpoint.anchor].days_between(of, later, low, high):
                if not low <= anchor_on <= high:
                    continue
                due_on = due_on_of(self.programme, touchpoint, anchor_on, client.id_crc32)
                closes_on = due_on + timedelta(days=touchpoint.grace_days)
                yield Window((client.client_id, touchpoint_id, occasion), due_on, closes_on)


def _with_activity(recipient: Recipient, later: LaterActivity, day: date) -> Recipient:
    return replace(recipient, clients=tuple(_client_on(each, later[each.client_id], day) for each in recipient.clients))


def _client_on(client: Client, later: Sequence[date], day: date) -> Client:
    by_then = [each for each in later if each <= day]
    if client.last_activity_on:
        by_then.append(client.last_activity_on)
    return replace(client, last_activity_on=max(by_then, default=None))
