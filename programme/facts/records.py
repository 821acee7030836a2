"""What is known of a client, as plain immutable rows; dates may lie after `as_of`, the rules look no further."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from programme.words.states import COUNTING_STATUSES


class Project(NamedTuple):
    project_id: str
    client_id: str
    type: str
    value_cents: int
    ordered_on: date
    delivered_on: date | None
    cancelled_on: date | None
    engineer: str | None
    address: str | None
    postcode: str | None
    built_year: int | None
    monument: bool | None


class Feedback(NamedTuple):
    feedback_id: str
    client_id: str
    project_id: str | None
    given_on: date
    kind: str
    score: int | None
    negative: bool | None
    severity: str | None
    resolved_on: date | None


class Quote(NamedTuple):
    quote_id: str
    client_id: str
    type: str | None
    value_cents: int | None
    sent_on: date
    decided_on: date | None
    decision: str | None


class Invoice(NamedTuple):
    invoice_id: str
    client_id: str
    issued_on: date
    due_on: date
    paid_on: date | None


class Referral(NamedTuple):
    """One referral, with what its qualification asks of the referrer."""

    referral_id: str
    referrer_id: str
    referrer_recipient: str
    referred_client_id: str | None
    invited_on: date
    signed_up_on: date | None


class Delivery(NamedTuple):
    """A delivery of a referred client, counted from `delivered_on` until the day before `cancelled_on`."""

    delivered_on: date
    cancelled_on: date | None


class WonReferral(NamedTuple):
    """A referral that qualifies on each day on which one of its deliveries stands."""

    referral_id: str
    referrer_id: str
    deliveries: tuple[Delivery, ...]


class PastMessage(NamedTuple):
    """A message as the rules see it: whose, about what, when and in which status."""

    client_id: str
    recipient: str
    touchpoint: str
    occasion: str
    as_of: date
    status: str
    flow: str

    @property
    def counts(self) -> bool:
        """Whether it counts for the rules repeated, outranked and frequency_cap."""
        return self.status in COUNTING_STATUSES


@dataclass(frozen=True, slots=True)
class Client:
    """One client record with its facts; each tuple sorted by date, then id.

    Attributes:
        recipient: the valid e-mail address, trimmed and lower-cased; "" without one.
        id_crc32: crc32 of the client id as UTF-8, from which the season's spread is taken.
        last_activity_on: latest activity of this record dated on or before the day the facts were read for.
        code: the client's own code (in ZILVER-… and /ref/…); "" until it was read or made.
    """

    client_id: str
    recipient: str
    name: str
    kind: str
    consent: str
    channel: str
    id_crc32: int
    is_erased: bool = False
    phone_consent: bool | None = None
    tracking_consent: bool | None = None
    projects: tuple[Project, ...] = ()
    feedback: tuple[Feedback, ...] = ()
    quotes: tuple[Quote, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    won_referrals: tuple[WonReferral, ...] = ()
    last_activity_on: date | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Recipient:
    """All client records behind one address (a single record when `address` is "") and its message history.

    Attributes:
        clients: sorted by client id.
        messages: every message to this address or of these clients, whatever its date and status.
        suppressed_since: first day on the suppression list, or None.
        suppression_reason: why it is on that list, or None.
        feedback_of_others: feedback by clients of other recipients that names a project of these clients.
        handed_over: messages that left, or are about to, on another day than theirs, dated by that day; they count
            for the day caps alone.
    """

    address: str
    clients: tuple[Client, ...]
    messages: tuple[PastMessage, ...] = ()
    suppressed_since: date | None = None
    feedback_of_others: tuple[Feedback, ...] = ()
    suppression_reason: str | None = None
    handed_over: tuple[PastMessage, ...] = ()

    def client(self, client_id: str) -> Client:
        """The recipient's record with this id. Raises KeyError for one of somebody else."""
        for client in self.clients:
            if client.client_id == client_id:
                return client
        raise KeyError(client_id)
