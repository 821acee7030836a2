"""A recipient on the day of judging: the facts that the rules of section 4 share."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from programme.facts.cases import has_open_case, is_open_case
from programme.facts.preferences import Wanted, wanted_at
from programme.facts.projects import is_delivered
from programme.facts.records import Client, Invoice, PastMessage, Recipient
from programme.rules.conditions import has_running_project
from programme.rules.due import due_occasions
from programme.rules.groups import tiers
from programme.terms.schema import Programme
from programme.words.naming.names import says_death
from programme.words.states import Consent


def allows_marketing(programme: Programme, recipient: Recipient, as_of: date) -> bool:
    """Rule 3: whether the recipient's consent, or the soft opt-in for existing customers, allows marketing.

    One `no` among the recipient's records outweighs every `yes`.
    """
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
    """A recipient on the day of judging; each shared fact is computed on first use."""

    programme: Programme
    recipient: Recipient
    as_of: date
    messages: list[PastMessage] = field(init=False)
    _days: dict[str, set[date]] = field(default_factory=dict, init=False)
    _capped: dict[tuple[str, str], set[date]] = field(default_factory=dict, init=False)
    _today: list[PastMessage] = field(default_factory=list, init=False)
    _indexed: int = field(default=0, init=False)
    _together: dict[str, dict[date, list[tuple[str, str]]]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Keep the history that counts for repeats and caps: messages to this address dated on or before the day."""
        self.messages = [
            message
            for message in self.recipient.messages
            if message.recipient == self.recipient.address and message.as_of <= self.as_of and message.counts
        ]
        self._cap(self.recipient.handed_over)

    def due_together(self, touchpoint_id: str, due_on: date) -> Sequence[tuple[str, str]]:
        """(client id, occasion) of everything of a touchpoint that is due now and came due on `due_on`, sorted.

        Closed keys are included. Computed once per touchpoint, because many records may share an address.
        """
        if touchpoint_id not in self._together:
            found: dict[date, list[tuple[str, str]]] = defaultdict(list)
            for client in self.recipient.clients:
                if says_death(client.name):
                    continue
                for due in due_occasions(self.programme, touchpoint_id, client, self.recipient, self.as_of):
                    found[due.due_on].append((client.client_id, due.occasion))
            self._together[touchpoint_id] = {day: sorted(each) for day, each in found.items()}
        return self._together[touchpoint_id].get(due_on, ())

    @property
    def is_suppressed(self) -> bool:
        """Whether the address is on the suppression list on that day."""
        since = self.recipient.suppressed_since
        return since is not None and since <= self.as_of

    @cached_property
    def allows_marketing(self) -> bool:
        """Rule 3, computed once."""
        return allows_marketing(self.programme, self.recipient, self.as_of)

    @cached_property
    def wanted(self) -> Wanted:
        """What the recipient chose on the preference page, as it stands on that day."""
        return wanted_at(self.recipient.preferences, self.as_of)

    def is_built(self, project_id: str | None) -> bool:
        """Whether the recipient said, after the delivery of this project of theirs, that the building work is done."""
        said_on = self.wanted.built_on
        return said_on is not None and any(
            project.project_id == project_id and is_delivered(project, said_on)
            for client in self.recipient.clients
            for project in client.projects
        )

    @cached_property
    def has_open_case(self) -> bool:
        """Whether one of the records has an open complaint, or a project of theirs that came here with one."""
        terms = self.programme.health
        return any(has_open_case(terms, client, self.as_of) for client in self.recipient.clients) or any(
            is_open_case(terms, feedback, self.as_of)
            for feedback in self.recipient.feedback_of_others
            if feedback.feedback_id in self.recipient.staying
        )

    @property
    def has_running_project(self) -> bool:
        """Whether any of the records has a running project."""
        return has_running_project(self.recipient, self.as_of)

    @cached_property
    def owes_an_invoice(self) -> bool:
        """Whether a record of a loyal client has an invoice that is past its due day and unpaid."""
        least = tiers.rank_of_tier(self.programme, self.programme.caps.held_by_invoice_from_tier)
        return any(
            _has_overdue_invoice(client, self.as_of) and tiers.tier_rank(self.programme, client, self.as_of) >= least
            for client in self.recipient.clients
        )

    def was_mailed(self, first: date, last: date, kind_id: str) -> bool:
        """Whether a counting mail of this kind is dated in `first` … `last`, both included."""
        self._index()
        return any(first <= day <= last for day in self._days.get(kind_id, ()))

    def mails_of_today(self) -> list[PastMessage]:
        """The mails that count for this day's caps: dated on this day, or dated otherwise but handed over on it."""
        self._index()
        return self._today

    def mailed_between(self, first: date, last: date) -> Iterator[tuple[date, str, str]]:
        """(day, kind, purpose) of the mails that are dated, or were handed over, in `first` … `last`."""
        self._index()
        for (kind_id, purpose), days in self._capped.items():
            yield from ((day, kind_id, purpose) for day in days if first <= day <= last)

    def _index(self) -> None:
        """Add the messages that were appended since the last call, because each decision must see those before it."""
        fresh = self.messages[self._indexed :]
        for message in fresh:
            self._days.setdefault(message.touchpoint, set()).add(message.as_of)
        self._cap(fresh)
        self._indexed = len(self.messages)

    def _cap(self, mails: Iterable[PastMessage]) -> None:
        for message in mails:
            self._capped.setdefault((message.touchpoint, message.purpose), set()).add(message.as_of)
            if message.as_of == self.as_of:
                self._today.append(message)


def day_of(programme: Programme, recipient: Recipient, as_of: date) -> RecipientDay:
    """The recipient on that day, shared by all of its records. Callers must not change it."""
    return recipient.once(("day", id(programme), as_of), lambda: RecipientDay(programme, recipient, as_of))


def _has_overdue_invoice(client: Client, as_of: date) -> bool:
    return any(is_overdue(invoice, as_of) for invoice in client.invoices)


def is_overdue(invoice: Invoice, as_of: date) -> bool:
    """Whether the invoice is past its due day and not paid on that day."""
    is_unpaid = invoice.paid_on is None or invoice.paid_on > as_of
    return invoice.issued_on <= as_of and invoice.due_on < as_of and is_unpaid
