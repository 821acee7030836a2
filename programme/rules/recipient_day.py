"""A recipient on the day of judging: what the rules of section 4 share."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import chain

from programme.facts.cases import has_open_case
from programme.facts.projects import is_delivered
from programme.facts.records import Client, PastMessage, Recipient
from programme.rules import tiers
from programme.rules.conditions import has_running_project
from programme.terms.schema import Programme
from programme.words.states import Consent


def allows_marketing(programme: Programme, recipient: Recipient, as_of: date) -> bool:
    """Rule 3: whether the recipient's consent, or the soft opt-in of existing customers, lets marketing through."""
    consents = {client.consent for client in recipient.clients}
    if Consent.NO in consents:
        return False
    if Consent.YES in consents:
        return True
    if not programme.consent.soft_opt_in:
        return False
    return any(is_delivered(project, as_of) for client in recipient.clients for project in client.projects)


@dataclass
class RecipientDay:
    """A recipient on the day of judging: what its rules share, worked out when asked."""

    programme: Programme
    recipient: Recipient
    as_of: date
    messages: list[PastMessage] = field(init=False)

    def __post_init__(self) -> None:
        """Keep the history that counts for repeats and caps: to this address, dated by the day."""
        self.messages = [
            message
            for message in self.recipient.messages
            if message.recipient == self.recipient.address and message.as_of <= self.as_of and message.counts
        ]

    @property
    def is_suppressed(self) -> bool:
        since = self.recipient.suppressed_since
        return since is not None and since <= self.as_of

    @property
    def allows_marketing(self) -> bool:
        return allows_marketing(self.programme, self.recipient, self.as_of)

    @property
    def has_open_case(self) -> bool:
        return any(has_open_case(self.programme.health, client, self.as_of) for client in self.recipient.clients)

    @property
    def has_running_project(self) -> bool:
        return has_running_project(self.recipient, self.as_of)

    @property
    def owes_an_invoice(self) -> bool:
        """Whether a loyal client record has an invoice past its due day, unpaid at the day."""
        least = tiers.rank_of_tier(self.programme, self.programme.caps.held_by_invoice_from_tier)
        return any(
            _has_overdue_invoice(client, self.as_of) and tiers.tier_rank(self.programme, client, self.as_of) >= least
            for client in self.recipient.clients
        )

    def was_mailed(self, first: date, last: date, kind_id: str) -> bool:
        """Whether a mail of this kind is dated on one of these days."""
        return any(first <= message.as_of <= last and message.touchpoint == kind_id for message in self.messages)

    @property
    def mails(self) -> Iterator[PastMessage]:
        """What counts for the day caps: the history, and again what left on another day than its own."""
        return chain(self.messages, self.recipient.handed_over)


def _has_overdue_invoice(client: Client, as_of: date) -> bool:
    return any(
        invoice.issued_on <= as_of and invoice.due_on < as_of and (invoice.paid_on is None or invoice.paid_on > as_of)
        for invoice in client.invoices
    )
