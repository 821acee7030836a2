"""Errors put into the code, one at a time: a history that does not see them proves nothing."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from programme.money import earning
from programme.money import settling as settling_rules
from programme.money.booking import _Referrer
from programme.money.commission import commissions_of
from programme.money.states import LineState
from tasks.money import ledger
from tests.torture.money.history import Tally, play
from tests.torture.money.world import World

MOST_HISTORIES = 60  # in which a fault must show; most show in the first few
ACTS = 45


def _without_hold(qualified: Any, opened: Any, hold_days: int, as_of: Any) -> Any:
    return [one for one in qualified if one.referral_id in opened or not one.is_under_review]


def _without_review(qualified: Any, opened: Any, hold_days: int, as_of: Any) -> Any:
    return [one for one in qualified if earning.payable_on(one, hold_days) <= as_of]


def _flat_reverse(self: _Referrer, referral_id: str) -> Any:
    """Takes back a first reward, whichever it was."""
    table, self._table = self._table, _Flat()
    try:
        return _REVERSE(self, referral_id)
    finally:
        self._table = table


_REVERSE = _Referrer.reverse
_STANDINGS = ledger.read_standings
_SETTLE = settling_rules.settle_balance


class _Flat:
    def step(self, count: int) -> int:
        return 10_000


def _forgotten_counts(*arguments: Any, **options: Any) -> Any:
    return _STANDINGS(*arguments, **options)._replace(counts=Counter())


def _any_amount(entry: Any, line: Any, exported: Any) -> LineState | None:
    if line is None:
        return None
    if entry.is_credit:
        return LineState.RETURNED if line.state is LineState.PAID else None
    return LineState.PAID if line.state is LineState.OPEN and line.batch_id in exported else None


def _credit_first(entry: Any, line: Any, exported: Any) -> LineState | None:
    """Takes a credit of an open line for its return."""
    if line is None or entry.amount_cents != line.amount_cents:
        return None
    if entry.is_credit:
        return LineState.RETURNED if line.state in (LineState.PAID, LineState.OPEN) else None
    return LineState.PAID if line.state is LineState.OPEN and line.batch_id in exported else None


def _blocked_is_paid(balance: Any, minimum_cents: int) -> Any:
    return _SETTLE(balance._replace(payee=balance.payee._replace(is_blocked=False)), minimum_cents)


def _uncapped(terms: Any, *rest: Any) -> Any:
    return commissions_of(terms.model_copy(update={"cap_cents": 10**9}), *rest)


# Where the fault is put, what takes the place, and a history that shows it soon.
FAULTS: dict[str, tuple[str, Any, int]] = {
    "the hold is not waited for": ("programme.money.booking.released_of", _without_hold, 0),
    "a flagged referral is released": ("programme.money.booking.released_of", _without_review, 1),
    "a reversal takes back a flat amount": ("programme.money.booking._Referrer.reverse", _flat_reverse, 14),
    "entries are numbered from 1 each day": ("tasks.money.booking.read_standings", _forgotten_counts, 10),
    "a debit of another amount pays": ("tasks.referrals.statements._state_after", _any_amount, 22),
    "a credit of an open line is a return": ("tasks.referrals.statements._state_after", _credit_first, 9),
    "a second batch is made while one waits": ("tasks.referrals.settlement.undecided_batch", lambda _: None, 0),
    "who is blocked is paid": ("tasks.referrals.settlement.settle_balance", _blocked_is_paid, 6),
    "a change before the approval is not seen": ("tasks.referrals.deciding._read_changes", lambda *_: [], 39),
    "a commission has no cap": ("tasks.money.booking.commissions_of", _uncapped, 28),
    "a rejected referral still qualifies": ("programme.referrals.qualifying._is_rejected", lambda *_: False, 2),
    "what was paid is not seen": ("tasks.money.rewards.read_settled", lambda *_: {}, 0),
}


@contextmanager
def seeded(fault: str) -> Iterator[None]:
    place, replacement, _ = FAULTS[fault]
    with patch(place, replacement):
        yield


def history_that_catches(world: World, fault: str, play_one: Callable[..., None] = play) -> int | None:
    """The history that showed it, None when the fault was never seen."""
    first = FAULTS[fault][2]
    with seeded(fault):
        for seed in (first, *(each for each in range(MOST_HISTORIES) if each != first)):
            try:
                play_one(world, seed, ACTS, Tally())
            except Exception:  # whatever tells of the fault: a law, or the database itself
                return seed
    return None
