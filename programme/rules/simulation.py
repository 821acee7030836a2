"""Messages that exist only in a plan: what its runs have decided so far."""

from collections import defaultdict
from dataclasses import replace

from programme.facts.records import PastMessage, Recipient
from programme.rules.decide import Decision, message_of


class Simulation:
    """The messages that planned runs would have made; later runs of the same plan see them as history.

    Nothing is written to the database: a plan of thirty days changes as little as a plan of one.
    """

    def __init__(self) -> None:
        self._messages: dict[str, list[PastMessage]] = defaultdict(list)

    def record(self, decision: Decision) -> None:
        """Remember the message that this decision would have made, if any."""
        if decision.status is None:
            return
        self._messages[decision.recipient].append(message_of(decision))

    def seen_by(self, recipient: Recipient) -> Recipient:
        """The recipient with the simulated messages after the real ones."""
        messages = self._messages.get(recipient.address)
        return replace(recipient, messages=(*recipient.messages, *messages)) if messages else recipient
