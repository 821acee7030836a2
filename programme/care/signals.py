"""What makes a task for people beside the steps of a case (care 8.2): the rules of each kind that look at a client.

What only counts or joins rows (contacts, replies, sign-ups) is asked in SQL, in tasks/care/people/signals.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from programme.care.health import TrackedMail, newest_unopened
from programme.care.outcomes import TaskChannel, task_id_of
from programme.facts.projects import counted, delivered
from programme.facts.records import Client, Invoice, Project, Quote
from programme.rules.due import due_occasions
from programme.rules.groups import tiers
from programme.rules.recipient_day import RecipientDay
from programme.terms.schema import Programme
from programme.words.dates import day_in_amsterdam
from programme.words.states import Channel, Consent, QuoteDecision

BUILD_CHECK = "build_check"  # the touchpoint whose window the call shares
WIN_BACK = "win_back"


class SignalKind(StrEnum):
    """The kinds of tasks that no case makes, in the order of the table."""

    CONTACT_ASKED = "contact_asked"
    REPLY = "reply"
    LEAD = "lead"
    LOOK = "look"
    HANDOVER = "handover"
    MANY_CONTACTS = "many_contacts"
    OVERDUE_INVOICE = "overdue_invoice"
    BUILD_CHECK = "build_check"
    EXIT_CALL = "exit_call"
    CHANNEL_CHANGE = "channel_change"
    WIN_BACK_CALL = "win_back_call"


class Signal(NamedTuple):
    """One cause for a task; there is one task a cause, ever.

    Attributes:
        client_id: "" for a sign-up that no client came of yet.
        means: None while nobody may or can call or write.
        project_id: the project whose engineer is asked first; None for the client's latest delivered one.
        covers: the invoices that it is about.
    """

    kind: SignalKind
    client_id: str
    cause: str
    means: TaskChannel | None = TaskChannel.PHONE
    project_id: str | None = None
    covers: tuple[str, ...] = ()

    @property
    def task_id(self) -> str:
        """The id of its task."""
        return task_id_of(self.kind, self.client_id, self.cause)


class Reach(NamedTuple):
    """How a client can be reached beside mail.

    Attributes:
        phones: the client ids of the records that have a phone number.
    """

    day: RecipientDay
    phones: frozenset[str]


def refuses_marketing(day: RecipientDay) -> bool:
    """Whether the recipient said no, or gets no mail at all: then an open marketing task ends too."""
    return day.is_suppressed or any(client.consent == Consent.NO for client in day.recipient.clients)


def may_market(day: RecipientDay, client: Client) -> bool:
    """Whether a marketing task may be made for this client now."""
    return not (client.is_erased or refuses_marketing(day) or day.has_open_case or day.owes_an_invoice)


def may_call(reach: Reach, client: Client) -> bool:
    """Whether a marketing call is allowed and possible: consent on a record of the recipient, refused on none."""
    said = {record.phone_consent for record in reach.day.recipient.clients}
    return True in said and False not in said and client.client_id in reach.phones


def marketing_means(reach: Reach, client: Client, prefers_post: bool = False) -> TaskChannel | None:
    """A call where one is allowed, else a letter where there is an address, else nothing."""
    if not prefers_post and may_call(reach, client):
        return TaskChannel.PHONE
    return TaskChannel.LETTER if letter_address(client, reach.day.as_of) else None


def letter_address(client: Client, as_of: date) -> Project | None:
    """The latest ordered project with an address and a postcode; of one day the one with the greatest id."""
    known = [
        project for project in counted(client.projects, as_of) if _text(project.address) and _text(project.postcode)
    ]
    return max(known, key=lambda project: (project.ordered_on, project.project_id), default=None)


def overdue_invoices(programme: Programme, client: Client, as_of: date) -> list[Invoice]:
    """The invoices of a loyal client that are so long over their date, the earliest first."""
    terms = programme.signals.overdue_invoice
    least = tiers.rank_of_tier(programme, programme.caps.held_by_invoice_from_tier)
    found = [
        invoice
        for invoice in client.invoices
        if is_unpaid(invoice, as_of) and is_recent(terms.overdue_after.after(invoice.due_on), terms.within_days, as_of)
    ]
    if not found or tiers.tier_rank(programme, client, as_of) < least:
        return []
    return sorted(found, key=lambda invoice: (invoice.due_on, invoice.invoice_id))


def is_unpaid(invoice: Invoice, as_of: date) -> bool:
    """Not paid on or before the day."""
    return invoice.paid_on is None or invoice.paid_on > as_of


def build_checks(day: RecipientDay, client: Client) -> list[Project]:
    """The large projects, or all of a client who would rather be called, in the window of the build check."""
    programme = day.programme
    if BUILD_CHECK not in programme.touchpoints:
        return []
    due = due_occasions(programme, BUILD_CHECK, client, day.recipient, day.as_of)
    in_window = {occasion.project_id for occasion in due}
    by_phone = client.channel == Channel.PHONE
    above = programme.signals.build_check.value_above_cents
    return [
        project
        for project in delivered(client.projects, day.as_of)
        if project.project_id in in_window and (by_phone or project.value_cents > above)
    ]


def rejected_quotes(programme: Programme, client: Client, as_of: date) -> list[Quote]:
    """The large quotes that the client rejected lately, with nothing ordered since."""
    terms = programme.signals.exit_call
    return [
        quote
        for quote in client.quotes
        if quote.decision == QuoteDecision.REJECTED
        and quote.decided_on is not None
        and is_recent(quote.decided_on, terms.within_days, as_of)
        and (quote.value_cents or 0) >= terms.value_from_cents
        and not has_ordered_since(client, quote.decided_on, as_of)
    ]


def has_ordered_since(client: Client, day: date, as_of: date) -> bool:
    """Whether the client ordered a project on or after `day` that stands at `as_of`."""
    return any(project.ordered_on >= day for project in counted(client.projects, as_of))


def unopened_mail(day: RecipientDay, mails: list[TrackedMail]) -> tuple[str, TrackedMail] | None:
    """The client to ask for another channel, and the newest of the mails that nobody opened."""
    newest = newest_unopened(day.programme.health, mails, day.as_of)
    terms = day.programme.signals.channel_change
    if newest is None or not is_recent(day_in_amsterdam(newest.delivered_at), terms.within_days, day.as_of):
        return None
    present = [client.client_id for client in day.recipient.clients if not client.is_erased]
    if not present:
        return None
    return (newest.client_id if newest.client_id in present else min(present)), newest


def win_backs(day: RecipientDay, client: Client) -> Iterator[str]:
    """The occasions of the win-back mail whose window is open, for a client who would rather be called or written."""
    if client.channel in (Channel.PHONE, Channel.POST) and WIN_BACK in day.programme.touchpoints:
        for due in due_occasions(day.programme, WIN_BACK, client, day.recipient, day.as_of):
            yield due.occasion


def is_recent(fact_on: date, within_days: int, as_of: date) -> bool:
    """Whether a fact lies on the day or at most so many days before."""
    return as_of - timedelta(days=within_days) <= fact_on <= as_of


def _text(value: str | None) -> str:
    return (value or "").strip()
