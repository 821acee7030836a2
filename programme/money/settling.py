"""Whether a balance becomes a line of the batch or stays open, and why (referrals section 5)."""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import NamedTuple

from programme.money.bank.texts import LONGEST_TEXT, to_bank_text
from programme.money.states import OpenReason, PayoutKind
from programme.words.banking.sepa import is_of_sepa
from programme.words.dates import AMSTERDAM, add_months

END_TO_END_FORM = r"S[0-9]{8}-[0-9]+-[0-9]{4,}"
"""What an end-to-end id of ours looks like, of whatever batch."""
SETTLES_AT = time(8, 5)  # in Amsterdam, on the 1st of each month (contract.md section 6)


class Payee(NamedTuple):
    """To whom a balance is paid, as known now.

    Attributes:
        is_refused: an import refused the last IBAN it offered, and he gave none on his own page.
        is_returned: the bank sent this account back, and he did not give it anew since.
    """

    client_id: str
    iban: str | None = None
    holder: str | None = None
    is_blocked: bool = False
    is_erased: bool = False
    is_refused: bool = False
    is_returned: bool = False


class Balance(NamedTuple):
    """What is payable to a referrer, of one kind.

    Attributes:
        uninvoiced_cents: X: commission that was released and that no invoice stands for; 0 of rewards.
    """

    payee: Payee
    kind: PayoutKind
    amount_cents: int
    uninvoiced_cents: int = 0


class Payout(NamedTuple):
    """A line of the batch before it has a number."""

    referrer_id: str
    kind: PayoutKind
    amount_cents: int
    iban: str
    holder: str


class LeftOpen(NamedTuple):
    """An amount that stays owed, in cents, and why no line was made of it."""

    referrer_id: str
    kind: PayoutKind
    amount_cents: int
    reason: OpenReason


def settle_balance(balance: Balance, minimum_cents: int) -> Iterator[Payout | LeftOpen]:
    """What becomes of one balance: a line, or what stays open; of a commission possibly both. Nothing of 0."""
    payee, amount = balance.payee, balance.amount_cents
    if amount == 0:
        return
    if reason := _stopped(payee, amount):
        yield LeftOpen(payee.client_id, balance.kind, amount, reason)
        return
    if balance.uninvoiced_cents > 0:
        yield LeftOpen(payee.client_id, balance.kind, balance.uninvoiced_cents, OpenReason.INVOICE_NEEDED)
        amount -= balance.uninvoiced_cents
        if amount == 0:
            return
    if reason := without_account(payee) or (OpenReason.BELOW_MINIMUM if amount < minimum_cents else None):
        yield LeftOpen(payee.client_id, balance.kind, amount, reason)
        return
    yield Payout(payee.client_id, balance.kind, amount, payee.iban or "", payee.holder or "")


def batch_id_of(as_of: date, number: int) -> str:
    """`S20260701-2`: the second batch of that day."""
    return f"S{as_of:%Y%m%d}-{number}"


def end_to_end_id_of(batch_id: str, number: int) -> str:
    """`S20260701-2-0001`: the first line of that batch."""
    return f"{batch_id}-{number:04d}"


def remittance_of(club: str, kind: str, invoices: tuple[str, ...], end_to_end_id: str) -> str:
    """What the client reads on his statement, as the bank can write it; never a friend's name.

    Of many invoices the first are named and the rest counted: a text too long would keep the whole batch from the bank.
    """
    if kind != PayoutKind.COMMISSION:
        return f"{to_bank_text(club)} beloning {end_to_end_id}"
    numbers = [written for number in invoices if (written := to_bank_text(number))]
    named, text = len(numbers), _of_invoices(club, numbers, end_to_end_id)
    while len(text) > LONGEST_TEXT and named:
        named -= 1
        text = _of_invoices(club, [*numbers[:named], f"en {len(numbers) - named} meer"], end_to_end_id)
    return text


def _of_invoices(club: str, words: list[str], end_to_end_id: str) -> str:
    return " ".join((f"{to_bank_text(club)} commissie", *words, end_to_end_id))


def _stopped(payee: Payee, amount_cents: int) -> OpenReason | None:
    if amount_cents < 0:
        return OpenReason.NEGATIVE_BALANCE
    if payee.is_blocked:
        return OpenReason.BLOCKED
    return OpenReason.ERASED if payee.is_erased else None


def without_account(payee: Payee) -> OpenReason | None:
    """Why nothing can be paid to the account that he gave; None for one that can be paid to."""
    if not payee.iban and not payee.is_refused:
        return OpenReason.NO_IBAN
    if payee.is_refused or payee.is_returned or not payee.iban or not is_of_sepa(payee.iban):
        return OpenReason.INVALID_IBAN
    return None if payee.holder and to_bank_text(payee.holder) else OpenReason.NO_HOLDER


def next_settlement_on(now: datetime) -> date:
    """The day of the next batch that is prepared by the clock: a 1st, the present one until it is SETTLES_AT."""
    local = now.astimezone(AMSTERDAM)
    first = local.date().replace(day=1)
    return first if local.date() == first and local.time() < SETTLES_AT else add_months(first, 1)
