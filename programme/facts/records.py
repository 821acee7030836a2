"""What we know about a client, as immutable rows.

Dates may lie after `as_of`; the rules look no further than that day.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, Protocol, TypeVar

from programme.words.states import COUNTING_STATUSES

Known = TypeVar("Known")


class Project(NamedTuple):
    """A project of one client; `type` is an id of [project_types], a missing date has not happened yet."""

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
    """Feedback on a project or on the firm; `score` runs from 0 to 10, or None when none was asked."""

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
    """A quote; `decision` is a QuoteDecision, or None while the client has not decided."""

    quote_id: str
    client_id: str
    type: str | None
    value_cents: int | None
    sent_on: date
    decided_on: date | None
    decision: str | None


class Invoice(NamedTuple):
    """An invoice; overdue after `due_on` until it is paid."""

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
    """A delivery to a referred client; it counts from `delivered_on` until the day before `cancelled_on`."""

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


class Preference(NamedTuple):
    """A recipient's choice on the preference page; it holds from `on` until a later choice of the same name.

    Attributes:
        name: a PreferenceName; of a topic "topic:<topic>".
        value: "on" or "off"; of a pause its months, of the channel a Channel.
    """

    name: str
    value: str
    on: date


class PastMessage(NamedTuple):
    """The part of a message that the rules read: whose, about what, when, and its status."""

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


class WithProjects(Protocol):
    """A client, by the facts that segments, tiers and most words of a mail follow from."""

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def kind(self) -> str: ...  # noqa: D102

    @property
    def projects(self) -> Sequence[Project]: ...  # noqa: D102

    @property
    def won_referrals(self) -> Sequence[WonReferral]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Client:
    """One client record with its facts; each tuple is sorted by date, then id.

    Attributes:
        recipient: the valid e-mail address, trimmed and lower-cased; "" when there is none.
        id_crc32: crc32 of the client id as UTF-8; the season's spread is derived from it.
        last_activity_on: the record's latest activity on or before the day for which the facts were read.
        code: the client's own code (in ZILVER-… and /ref/…); "" until it is read or made.
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
    """All client records behind one address, and its message history; without an address, a single record.

    Attributes:
        clients: sorted by client id.
        messages: every message to this address or of these clients, whatever its date and status.
        suppressed_since: first day on the suppression list, also through an opt-out under an earlier address; or None.
        suppression_reason: why it is on that list, or None.
        feedback_of_others: feedback of other recipients' clients about a project of these clients.
        staying: ids of those among it that stay with their project: the CRM moved it here from the other record.
        handed_over: messages that left, or are about to leave, on another day than their own, dated by that day; only
            the day caps count them.
        preferences: what was chosen for this address, or for an earlier one of these clients, in order of time.
    """

    address: str
    clients: tuple[Client, ...]
    messages: tuple[PastMessage, ...] = ()
    suppressed_since: date | None = None
    feedback_of_others: tuple[Feedback, ...] = ()
    suppression_reason: str | None = None
    handed_over: tuple[PastMessage, ...] = ()
    preferences: tuple[Preference, ...] = ()
    staying: frozenset[str] = frozenset()
    _known: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def client(self, client_id: str) -> Client:
        """The record with this id. Raises KeyError for a record of another recipient."""
        if len(self.clients) == 1 and self.clients[0].client_id == client_id:
            return self.clients[0]
        return self.once("records", lambda: {client.client_id: client for client in self.clients})[client_id]

    def once(self, what: Hashable, work: Callable[[], Known]) -> Known:
        """The result of `work`, computed on the first call for `what` and kept.

        Without it, an address shared by thousands of records would cost their square.
        """
        if what not in self._known:
            self._known[what] = work()
        known: Known = self._known[what]
        return known
