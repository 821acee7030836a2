"""The closed sets of words of the money: what happens in the ledger, to a batch, a line and a reward."""

from enum import StrEnum


class PayoutKind(StrEnum):
    """What is paid: a reward needs no invoice, a commission must stand on one, so never both in one line."""

    REWARD = "reward"
    COMMISSION = "commission"


class Account(StrEnum):
    """An account of the ledger. The first six are kept for each client, the last three in common.

    A leg's amount is added to the balance, and a source has a negative one. So pending, payable and in_transit above
    zero are owed, bank is what was paid, and expense and vat are below zero by what it cost.
    """

    PENDING = "pending"
    PAYABLE = "payable"
    IN_TRANSIT = "in_transit"
    COMMISSION_PENDING = "commission_pending"
    COMMISSION_PAYABLE = "commission_payable"
    COMMISSION_IN_TRANSIT = "commission_in_transit"
    EXPENSE = "expense"
    VAT = "vat"
    BANK = "bank"


COMMON_ACCOUNTS = frozenset({Account.EXPENSE, Account.VAT, Account.BANK})
PAYABLE_OF = {PayoutKind.REWARD: Account.PAYABLE, PayoutKind.COMMISSION: Account.COMMISSION_PAYABLE}
IN_TRANSIT_OF = {PayoutKind.REWARD: Account.IN_TRANSIT, PayoutKind.COMMISSION: Account.COMMISSION_IN_TRANSIT}


class EntryKind(StrEnum):
    """Why an entry was made (referrals.md 4).

    Of a referral: paid before the ledger began, taken back, back in its days of hold, qualified, released. Of a
    partner's project: commission earned, commission released. Of a line: its amount reserved, paid, sent back by the
    bank, dropped by us, refused by the bank. Last the VAT of a partner's invoice, and a correction by two people.
    """

    OPENING = "opening"
    REVERSE = "reverse"
    HOLD = "hold"
    QUALIFY = "qualify"
    RELEASE = "release"
    COMMISSION = "commission"
    COMMISSION_RELEASE = "commission_release"
    RESERVE = "reserve"
    PAID = "paid"
    RETURNED = "returned"
    VOID = "void"
    REJECTED = "rejected"
    INVOICE = "invoice"
    ADJUST = "adjust"


# The entries from which is read what the ledger holds of a referral, and of a project.
OF_REFERRALS = (EntryKind.OPENING, EntryKind.REVERSE, EntryKind.HOLD, EntryKind.QUALIFY, EntryKind.RELEASE)
OF_PROJECTS = (EntryKind.COMMISSION, EntryKind.COMMISSION_RELEASE)


class RewardState(StrEnum):
    """How far the money of a reward is. It is reversed when what it was booked for no longer holds."""

    PENDING = "pending"
    PAYABLE = "payable"
    IN_TRANSIT = "in_transit"
    PAID = "paid"
    REVERSED = "reversed"


class BatchState(StrEnum):
    """A batch in the order of its life. A closed one has no open line; one that was exported is never withdrawn."""

    PREPARED = "prepared"
    APPROVED = "approved"
    EXPORTED = "exported"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class LineState(StrEnum):
    """What became of a line: all but open and paid are owed again, and may stand in a later batch."""

    OPEN = "open"
    PAID = "paid"
    REJECTED = "rejected"
    RETURNED = "returned"
    VOID = "void"


class OpenReason(StrEnum):
    """Why an amount was left open, in the order in which the rules are asked."""

    NEGATIVE_BALANCE = "negative_balance"
    BLOCKED = "blocked"
    ERASED = "erased"
    INVOICE_NEEDED = "invoice_needed"
    NO_IBAN = "no_iban"
    INVALID_IBAN = "invalid_iban"
    NO_HOLDER = "no_holder"
    BELOW_MINIMUM = "below_minimum"


# The reasons that the client can mend himself, with an account on his page.
ASKS_FOR_IBAN = frozenset({OpenReason.NO_IBAN, OpenReason.INVALID_IBAN, OpenReason.NO_HOLDER})

# Codes of ISO 20022 (ExternalStatusReason1Code) by which a bank says that the account is wrong, not the order.
WRONG_ACCOUNT = frozenset({"AC01", "AC03", "AC04", "AC06", "BE01", "RC01"})
