"""A part of a plan, as it is stored: decisions taken one by one, and those taken at once about many who are alike."""

from collections.abc import Callable, Collection, Hashable, Iterator, Sequence, Set
from datetime import date
from itertools import compress, repeat
from typing import NamedTuple

from models.database.bulk import Columns
from programme.facts.records import Client, Recipient
from programme.mail.project_words import AboutProject
from programme.rules.decide import Decision
from programme.words.states import Outcome
from tasks.clients.facts.plain import Row

Seen = tuple[str, str, str, date]
"""(client id, touchpoint, occasion, day) of a message that a decision knew of."""


class Reading(NamedTuple):
    """How the rows are read of those whose mails are to be composed.

    Attributes:
        name, code: the places of the client's name, and of the code, which may be None.
        who: all that is known of a row's client; `project` gives the one that the mail is about.
    """

    name: int
    code: int
    who: Callable[[Row], tuple[Client, Recipient]]
    project: Callable[[Row], AboutProject]


class DecidedAlike(NamedTuple):
    """Recipients about whom one decision was taken, each under its own name.

    Attributes:
        decision: about any of them.
        own: in what their decisions differ, by the fields of Decision; client_id and recipient at least.
        mails: theirs, by the fields of PreparedMail; None where none goes.
        is_followed: they let us measure what they open.
        rows: theirs, as long as their mails are to be composed.
        likeness: what else these mails say; None when each is composed by itself.
    """

    decision: Decision
    own: Columns
    mails: Columns | None = None
    is_followed: bool = False
    rows: Sequence[Row] = ()
    likeness: Hashable | None = None

    @property
    def client_ids(self) -> Sequence[str]:
        """One each."""
        return self.own["client_id"]

    @property
    def shared(self) -> Hashable:
        """What their decisions have in common."""
        return tuple(value for name, value in zip(Decision._fields, self.decision, strict=True) if name not in self.own)

    def decisions(self) -> Iterator[Decision]:
        """The decision about each."""
        columns = {**dict(zip(Decision._fields, map(repeat, self.decision), strict=True)), **self.own}
        return map(Decision._make, zip(*columns.values(), strict=False))

    def without(self, gone: Set[str], column: str = "recipient") -> "DecidedAlike":
        """Those with other addresses, or other values of another column."""
        stay = [value not in gone for value in self.own[column]]

        def left(columns: Columns) -> Columns:
            return {name: list(compress(values, stay)) for name, values in columns.items()}

        rows = list(compress(self.rows, stay))
        return self._replace(own=left(self.own), mails=self.mails and left(self.mails), rows=rows)


class PlanChunk(NamedTuple):
    """The decisions about some recipients.

    Attributes:
        decisions: those about one recipient each.
        recipients: by client id, of those the recipients who get a message.
        alike: all other decisions.
        seen: the messages that these others knew of.
        reading: of the rows of those others, as whoever read them says; None where they have none.
    """

    decisions: list[Decision]
    recipients: dict[str, Recipient]
    alike: Sequence[DecidedAlike] = ()
    seen: Collection[Seen] = ()
    reading: Reading | None = None

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

    def without_clients(self, client_ids: Set[str]) -> "PlanChunk":
        """The decisions about other clients."""
        kept = [one for one in self.decisions if one.client_id not in client_ids]
        left = [each.without(client_ids, "client_id") for each in self.alike]
        return self._replace(decisions=kept, alike=[each for each in left if each.client_ids])


def _order_of_decisions(decision: Decision) -> tuple[str, str]:
    """Those about one recipient stay in the order of judging; a client without address is its own recipient."""
    return decision.recipient, "" if decision.recipient else decision.client_id
