"""A part of a plan, as it is stored: decisions taken one by one, and those taken at once about many who are alike."""

from collections.abc import Collection, Iterator, Sequence, Set
from datetime import date
from itertools import compress
from typing import NamedTuple

from models.database.bulk import Columns
from programme.facts.records import Recipient
from programme.rules.decide import Decision
from programme.words.states import Outcome
from tasks.clients.plain import Row

Seen = tuple[str, str, str, date]
"""(client id, touchpoint, occasion, day) of a message that a decision knew of."""


class DecidedAlike(NamedTuple):
    """Recipients about whom one decision was taken, each under its own name.

    Attributes:
        decision: about any of them.
        client_ids, addresses: one each.
        mails: theirs, by the fields of PreparedMail; None where none goes.
        is_followed: they let us measure what they open.
        rows: theirs, as long as their mails are to be composed.
    """

    decision: Decision
    client_ids: Sequence[str]
    addresses: Sequence[str]
    mails: Columns | None = None
    is_followed: bool = False
    rows: Sequence[Row] = ()

    def decisions(self) -> Iterator[Decision]:
        """The decision about each."""
        before, after = self.decision[:2], self.decision[4:]
        for who in zip(self.client_ids, self.addresses, strict=True):
            yield Decision._make(before + who + after)  # `_replace` would take four times as long

    def without(self, addresses: Set[str]) -> "DecidedAlike":
        """Those with other addresses."""
        stay = [address not in addresses for address in self.addresses]
        ids, others = list(compress(self.client_ids, stay)), list(compress(self.addresses, stay))
        mails = self.mails and {name: list(compress(values, stay)) for name, values in self.mails.items()}
        return self._replace(client_ids=ids, addresses=others, mails=mails, rows=list(compress(self.rows, stay)))


class PlanChunk(NamedTuple):
    """The decisions about some recipients.

    Attributes:
        decisions: those about one recipient each.
        recipients: by client id, of those the recipients who get a message.
        alike: all other decisions.
        seen: the messages that these others knew of.
    """

    decisions: list[Decision]
    recipients: dict[str, Recipient]
    alike: Sequence[DecidedAlike] = ()
    seen: Collection[Seen] = ()

    @property
    def number(self) -> int:
        """How many decisions there are."""
        return len(self.decisions) + sum(len(each.client_ids) for each in self.alike)

    def every(self) -> Iterator[Decision]:
        """All decisions, each about one recipient, in the order of their addresses, and then of judging."""
        if not self.alike:
            return iter(self.decisions)
        of_alike = (one for each in self.alike for one in each.decisions())
        return iter(sorted([*self.decisions, *of_alike], key=_order_of_decisions))

    def known(self) -> set[Seen]:
        """The messages that the decisions to send something knew of."""
        sends = {one.client_id for one in self.decisions if one.outcome == Outcome.SEND}
        of_recipients = (recipient.messages for client_id, recipient in self.recipients.items() if client_id in sends)
        messages = (message for each in of_recipients for message in each)
        return {*self.seen, *((each.client_id, each.touchpoint, each.occasion, each.as_of) for each in messages)}

    def without(self, addresses: Set[str]) -> "PlanChunk":
        """The decisions about recipients with other addresses."""
        kept = [one for one in self.decisions if one.recipient not in addresses]
        left = [each.without(addresses) for each in self.alike]
        return self._replace(decisions=kept, alike=[each for each in left if each.client_ids])


def _order_of_decisions(decision: Decision) -> tuple[str, str]:
    """Those about one recipient stay in the order of judging; a client without address is its own recipient."""
    return decision.recipient, "" if decision.recipient else decision.client_id
