"""A recipient on the day of judging: what the rules of section 4 share."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from programme.facts.cases import has_open_case, is_open_case
from programme.facts.projects import is_delivered
from programme.facts.records import Client, PastMessage, Recipient
from programme.rules import tiers
from programme.rules.conditions import has_running_project
from programme.rules.due import due_occasions
from programme.terms.schema import Programme
from programme.words.names import says_death
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
    _days: dict[str, set[date]] = field(default_factory=dict, init=False)
    _capped: dict[tuple[str, str], set[date]] = field(default_factory=dict, init=False)
    _today: list[PastMessage] = field(default_factory=list, init=False)
    _indexed: int = field(default=0, init=False)
    _together: dict[str, dict[date, list[tuple[str, str]]]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Keep the history that counts for repeats and caps: to this address, dated by the day."""
        self.messages = [
            message
            for message in self.recipient.messages
            if message.recipient == self.recipient.address and message.as_of <= self.as_of and message.counts
        ]
        self._cap(self.recipient.handed_over)

    def due_together(self, touchpoint_id: str, due_on: date) -> Sequence[tuple[str, str]]:
        """(client id, occasion) of all that is due of a touchpoint now and came due on that day, keys closed or not.

        In their order; worked out once for each touchpoint, because many records may share an address.
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
        since = self.recipient.suppressed_since
        return since is not None and since <= self.as_of

    @cached_property
    def allows_marketing(self) -> bool:
        return allows_marketing(self.programme, self.recipient, self.as_of)

    @cached_property
    def has_open_case(self) -> bool:
        """Whether a complaint waits: of one of the records, or about a project that came here from another one."""
        terms = self.programme.health
        return any(has_open_case(terms, client, self.as_of) for client in self.recipient.clients) or any(
            is_open_case(terms, feedback, self.as_of) for feedback in self.recipient.feedback_of_others
        )

    @property
    def has_running_project(self) -> bool:
        return has_running_project(self.recipient, self.as_of)

    @cached_property
    def owes_an_invoice(self) -> bool:
        """Whether a loyal client record has an invoice past its due day, unpaid at the day."""
        least = tiers.rank_of_tier(self.programme, self.programme.caps.held_by_invoice_from_tier)
        return any(
            _has_overdue_invoice(client, self.as_of) and tiers.tier_rank(self.programme, client, self.as_of) >= least
            for client in self.recipient.clients
        )

    def was_mailed(self, first: date, last: date, kind_id: str) -> bool:
        """Whether a mail of this kind is dated on one of these days."""
        self._index()
        return any(first <= day <= last for day in self._days.get(kind_id, ()))

    def mails_of_today(self) -> list[PastMessage]:
        """What counts for the day caps of this day: dated by it, or left on it although dated otherwise."""
        self._index()
        return self._today

    def mailed_between(self, first: date, last: date) -> Iterator[tuple[date, str, str]]:
        """Day, kind and purpose of the mails that are dated on one of these days or left on one."""
        self._index()
        for (kind_id, purpose), days in self._capped.items():
            yield from ((day, kind_id, purpose) for day in days if first <= day <= last)

    def _index(self) -> None:
        """Take in the messages that came since: every decision sees those before it."""
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
    """The recipient on that day, to be asked only: the same for all of its records."""
    return recipient.once(("day", id(programme), as_of), lambda: RecipientDay(programme, recipient, as_of))


def _has_overdue_invoice(client: Client, as_of: date) -> bool:
    return any(
        invoice.issued_on <= as_of and invoice.due_on < as_of and (invoice.paid_on is None or invoice.paid_on > as_of)
        for invoice in client.invoices
    )
