"""Booking one referrer's rewards as of a day: steps 0 to 4 of the ledger (referrals section 4).

Each entry moves the difference that its referral makes in the cumulative table at the moment it is entered. So an
entry's amount is that of the step it caused; the sums are those of the table, whatever came and went before.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from programme.money.earning import Qualified, released_of
from programme.money.entries import Entry, Leg, leg, move
from programme.money.reward_table import RewardTable
from programme.money.states import Account, EntryKind

Counts = Counter[tuple[str, str]]
"""How many entries of a kind there are for a referral (or a project), of any referrer."""


class LedgerStanding:
    """What the ledger holds of one referrer's referrals, each group in the order in which it came to be.

    Attributes:
        booked: by `opening` or `qualify`, until a `reverse`.
        released: by `opening` or `release`, until a `hold` or `reverse`.
        opened: by `opening`, until a `reverse`.
    """

    __slots__ = ("booked", "opened", "released")

    def __init__(self) -> None:
        self.booked: dict[str, None] = {}
        self.released: dict[str, None] = {}
        self.opened: set[str] = set()

    def take(self, kind: str, referral_id: str) -> None:
        """What an entry of this kind changes; entries are taken in the order in which they were entered."""
        match kind:
            case EntryKind.OPENING:
                self.booked[referral_id] = self.released[referral_id] = None
                self.opened.add(referral_id)
            case EntryKind.QUALIFY:
                self.booked[referral_id] = None
            case EntryKind.RELEASE:
                self.released[referral_id] = None
            case EntryKind.HOLD:
                self.released.pop(referral_id, None)
            case EntryKind.REVERSE:
                self.booked.pop(referral_id, None)
                self.released.pop(referral_id, None)
                self.opened.discard(referral_id)


class BookingTerms(NamedTuple):
    """What a booking goes by.

    Attributes:
        opens: whether this is the booking that opens the ledger; what qualified before `paid_before` was then paid
            outside.
    """

    table: RewardTable
    hold_days: int
    paid_before: date
    as_of: date
    opens: bool


def book_referrer(
    terms: BookingTerms, referrer_id: str, standing: LedgerStanding, qualified: Sequence[Qualified], counts: Counts
) -> Iterator[Entry]:
    """The entries that bring one referrer's balances to those of the day, in order; `standing` and `counts` follow.

    Args:
        qualified: his Q, in order of (qualification date, referral id).
    """
    ledger = _Referrer(terms.table, referrer_id, standing, counts)
    if terms.opens:
        yield from (ledger.open(one.referral_id) for one in qualified if one.qualified_on < terms.paid_before)
    in_q = {one.referral_id for one in qualified}
    yield from (ledger.reverse(each) for each in reversed(list(standing.booked)) if each not in in_q)
    ready = released_of(qualified, standing.opened, terms.hold_days, terms.as_of)
    in_p = {one.referral_id for one in ready}
    yield from (ledger.hold(each) for each in reversed(list(standing.released)) if each not in in_p)
    yield from (ledger.qualify(one.referral_id) for one in qualified if one.referral_id not in standing.booked)
    yield from (ledger.release(one.referral_id) for one in ready if one.referral_id not in standing.released)


class _Referrer:
    """The pen: makes one entry at a time and counts it in. q and r are the numbers before the entry."""

    def __init__(self, table: RewardTable, referrer_id: str, standing: LedgerStanding, counts: Counts) -> None:
        self._table = table
        self._referrer_id = referrer_id
        self._standing = standing
        self._counts = counts

    @property
    def _q(self) -> int:
        return len(self._standing.booked)

    @property
    def _r(self) -> int:
        return len(self._standing.released)

    def open(self, referral_id: str) -> Entry:
        legs = move(Account.EXPENSE, Account.BANK, self._referrer_id, self._table.step(self._q + 1))
        return self._entry(EntryKind.OPENING, referral_id, legs)

    def reverse(self, referral_id: str) -> Entry:
        """The last step of the table is taken back; what was released of it from payable, the rest from pending."""
        whole = self._table.step(self._q)
        released = self._table.step(self._r) if referral_id in self._standing.released else 0
        legs = [leg(Account.EXPENSE, self._referrer_id, whole)]
        if released:
            legs.append(leg(Account.PAYABLE, self._referrer_id, -released))
        if whole != released or not released:
            legs.append(leg(Account.PENDING, self._referrer_id, released - whole))
        return self._entry(EntryKind.REVERSE, referral_id, tuple(legs))

    def hold(self, referral_id: str) -> Entry:
        legs = move(Account.PAYABLE, Account.PENDING, self._referrer_id, self._table.step(self._r))
        return self._entry(EntryKind.HOLD, referral_id, legs)

    def qualify(self, referral_id: str) -> Entry:
        legs = move(Account.EXPENSE, Account.PENDING, self._referrer_id, self._table.step(self._q + 1))
        return self._entry(EntryKind.QUALIFY, referral_id, legs)

    def release(self, referral_id: str) -> Entry:
        legs = move(Account.PENDING, Account.PAYABLE, self._referrer_id, self._table.step(self._r + 1))
        return self._entry(EntryKind.RELEASE, referral_id, legs)

    def _entry(self, kind: EntryKind, referral_id: str, legs: tuple[Leg, ...]) -> Entry:
        self._standing.take(kind, referral_id)
        self._counts[kind, referral_id] += 1
        number = "" if kind is EntryKind.OPENING else f":{self._counts[kind, referral_id]}"
        return Entry(kind, f"{kind}:{referral_id}{number}", self._referrer_id, legs, referral_id=referral_id)
