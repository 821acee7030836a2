"""What is known of a client, as plain immutable rows; dates may lie after `as_of`, the rules look no further."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, TypeVar

from programme.words.states import COUNTING_STATUSES

Known = TypeVar("Known")


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


class Review(NamedTuple):
    """A person's judgement of a referral; it holds from its day until the next one's."""

    day: date
    is_rejection: bool


class Referral(NamedTuple):
    """One referral, with what its qualification asks of the referrer.

    Attributes:
        partner_since: of the referrer; None without an agreement.
        reviews: in order of day, and of one day in the order in which they were made.
    """

    referral_id: str
    referrer_id: str
    referrer_recipient: str
    referred_client_id: str | None
    invited_on: date
    signed_up_on: date | None
    partner_since: date | None = None
    reviews: tuple[Review, ...] = ()


class Delivery(NamedTuple):
    """A delivery of a referred client, counted from `delivered_on` until the day before `cancelled_on`."""

    delivered_on: date
    cancelled_on: date | None


class Spell(NamedTuple):
    """A run of days from `from_on` until the day before `until_on`; all days without bounds."""

    from_on: date = date.min
    until_on: date = date.max


class WonReferral(NamedTuple):
    """A referral that qualifies on each day of its spells on which one of its deliveries stands.

    Attributes:
        deliveries: in order of day.
        spells: the days on which no person had rejected it and no earlier one stood before it.
    """

    referral_id: str
    referrer_id: str
    deliveries: tuple[Delivery, ...]
    spells: tuple[Spell, ...] = (Spell(),)


class PastMessage(NamedTuple):
    """A message as the rules see it: whose, about what, when and in which status."""

    client_id: str
    recipient: str
    touchpoint: str
    occasion: str
    as_of: date
    status: str
    flow: str
    purpose: str

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
        suppressed_since: first day on the suppression list, also by an opt-out under an earlier address; or None.
        suppression_reason: why it is on that list, or None.
        feedback_of_others: feedback by clients of other recipients that names a project of these clients (which the
            CRM may have moved here from another record).
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
    _known: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def client(self, client_id: str) -> Client:
        """The recipient's record with this id. Raises KeyError for one of somebody else."""
        return self.once("records", lambda: {client.client_id: client for client in self.clients})[client_id]

    def once(self, what: Hashable, work: Callable[[], Known]) -> Known:
        """What `work` gives, worked out once: an address that thousands of records share must not cost their square."""
        if what not in self._known:
            self._known[what] = work()
        known: Known = self._known[what]
        return known
