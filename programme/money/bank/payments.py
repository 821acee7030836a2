"""What passes between us and the bank, without its formats: payments go out, entries and rejections come back."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Payment:
    """One credit transfer. The amount is in cents, EUR; `end_to_end_id` comes back in every message about it."""

    end_to_end_id: str
    amount_cents: int
    iban: str
    holder: str
    remittance: str


@dataclass(frozen=True, slots=True)
class PaymentFile:
    """The payments of a batch in their order, all from one account on one day.

    `message_id` is the batch, and is never used a second time. `created_at` is aware; its second is kept.
    """

    message_id: str
    created_at: datetime
    execution_on: date
    debtor_iban: str
    debtor_holder: str
    debtor_bic: str | None
    payments: tuple[Payment, ...]


@dataclass(frozen=True, slots=True)
class BankEntry:
    """One booked movement of our account, as a statement has it; equal in every statement that has it.

    `amount_cents` is never negative, `is_credit` says which way the money went. `bank_reference` and `end_to_end_id`
    are "" when the bank gives none. `ordinal` counts the entries before it in its statement that are the same in
    everything else, from 0. `reason` is the bank's code for a return, such as AC04, and no part of what it is known by.
    """

    account_iban: str
    booked_on: date
    is_credit: bool
    amount_cents: int
    bank_reference: str
    end_to_end_id: str
    ordinal: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Rejection:
    """What the bank did not take: a payment, or the whole of a payment information or a message.

    The narrowest id that is not None says how much: one payment when `end_to_end_id` is there, else every payment of
    `payment_information_id`, else every one of `message_id`. An id that the bank left out where one belongs is "",
    which is nobody's. `reason` is the bank's code, "" when it gives none.
    """

    end_to_end_id: str | None
    payment_information_id: str | None
    message_id: str | None
    reason: str
    status: str


@dataclass(frozen=True, slots=True)
class BankFeedback:
    """All that a file of the bank says, in its order: of a message the narrowest rejections first."""

    entries: tuple[BankEntry, ...] = ()
    rejections: tuple[Rejection, ...] = ()
