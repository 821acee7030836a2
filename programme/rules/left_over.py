"""What becomes of a message that an earlier run left planned, on the day that takes it up (programme section 2)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from programme.facts.records import PastMessage, Recipient
from programme.rules.decide import Decision
from programme.words.states import MessageStatus, Outcome, Reason

# Why a message is cancelled whose occasion, condition or target no longer holds. No rule of the table: a candidate
# that is not due is none.
NO_LONGER_DUE = "no_longer_due"

Key = tuple[str, str, str]
"""(client id, touchpoint, occasion)"""


class Fate(NamedTuple):
    """What becomes of one message.

    Attributes:
        outcome: send and defer date it anew, for the address of the day (defer: an open case, so that it waits on);
            expired and cancelled end it.
        reason: why it waits or was cancelled; None for the others.
        decision: to send it on the day, of those that stay; None for mails that are no touchpoint's.
    """

    message_id: str
    key: Key
    outcome: Outcome | MessageStatus
    reason: str | None = None
    decision: Decision | None = None

    @property
    def stays(self) -> bool:
        """Whether the message may still go, now or later."""
        return self.outcome in (Outcome.SEND, Outcome.DEFER)


def fate_by_facts(
    message_id: str, key: Key, closes_on: date, decision: Decision | None, stopped_by: Reason | None, as_of: date
) -> Fate:
    """The fate of a touchpoint's message.

    Args:
        closes_on: the last day of its window as it was planned.
        decision: to send it, by the facts of `as_of`; None when its occasion is not due by them.
        stopped_by: of the rules that are asked again, the first that applies.
    """
    if decision is None:
        if closes_on < as_of:
            return Fate(message_id, key, MessageStatus.EXPIRED)
        return Fate(message_id, key, MessageStatus.CANCELLED, NO_LONGER_DUE)
    if stopped_by == Reason.OPEN_CASE:
        return Fate(message_id, key, Outcome.DEFER, stopped_by.value, decision)
    if stopped_by is not None:
        return Fate(message_id, key, MessageStatus.CANCELLED, stopped_by.value)
    return Fate(message_id, key, Outcome.SEND, None, decision)


def fate_by_window(message_id: str, key: Key, closes_on: date, as_of: date) -> Fate:
    """The fate of a message whose reason the facts do not tell: it holds until its last day."""
    return Fate(message_id, key, Outcome.SEND if closes_on >= as_of else MessageStatus.EXPIRED)


class Foreseen:
    """The fates of all that is left over, for a plan that writes nothing: its rules see them as if they had come true.

    Attributes:
        fates: in the order in which the messages were planned.
    """

    def __init__(self, fates: Iterable[Fate], as_of: date) -> None:
        self.fates = list(fates)
        self._as_of = as_of
        self._by_key = {fate.key: fate for fate in self.fates}
        self._decided: dict[str, list[Decision]] = {}
        for fate in self.fates:
            if fate.outcome == Outcome.SEND and fate.decision is not None:
                self._decided.setdefault(fate.key[0], []).append(fate.decision)

    def seen_by(self, recipient: Recipient) -> Recipient:
        """The recipient with those of its messages that are left over as the run would leave them."""
        if not self.fates:
            return recipient
        return replace(recipient, messages=tuple(map(self._after, recipient.messages)))

    def decisions_of(self, recipient: Recipient, flow: str) -> list[Decision]:
        """The messages of the flow that the run would take up and send to this recipient."""
        taken = (one for client in recipient.clients for one in self._decided.get(client.client_id, ()))
        return [one for one in taken if one.flow == flow]

    def due(self, flow: str) -> set[tuple[str, str, str]]:
        """(recipient, client id, touchpoint) of the messages of the flow that would be sent."""
        taken = (one for decisions in self._decided.values() for one in decisions if one.flow == flow)
        return {(one.recipient, one.client_id, one.touchpoint) for one in taken}

    def _after(self, message: PastMessage) -> PastMessage:
        fate = self._by_key.get((message.client_id, message.touchpoint, message.occasion))
        if fate is None:
            return message
        if not fate.stays:
            return message._replace(status=fate.outcome.value)
        recipient = fate.decision.recipient if fate.decision else message.recipient
        return message._replace(as_of=self._as_of, recipient=recipient)
