"""What a referrer has earned on a day, what of it is payable, and how each referral stands (referrals section 3)."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from programme.money.reward_table import RewardTable
from programme.money.states import RewardState


class Qualified(NamedTuple):
    """A referral that is qualified on the day that is looked at, and counts for its referrer's rewards.

    Attributes:
        is_under_review: flagged, and nobody accepted it yet: it counts, and is not payable.
    """

    qualified_on: date
    referral_id: str
    referrer_id: str
    is_under_review: bool = False


class Settled(NamedTuple):
    """What the ledger knew of a referrer's money on a day, in cents, without what came of adjustments."""

    confirmed: int = 0
    in_transit: int = 0


class Reward(NamedTuple):
    """One line of `bouwclub rewards`; of a reversed one the days and `n` are None and the amounts 0."""

    referral_id: str
    referrer_id: str
    qualified_on: date | None
    n: int | None
    reward_cents: int
    bonus_cents: int
    payable_on: date | None
    state: RewardState


def payable_on(one: Qualified, hold_days: int) -> date:
    """The first day on which its reward may be paid: the qualification date and the days of hold."""
    return one.qualified_on + timedelta(days=hold_days)


def released_of(
    qualified: Sequence[Qualified], opened: Collection[str], hold_days: int, as_of: date
) -> list[Qualified]:
    """P: those of Q that were paid outside, or whose hold is over while nobody has to look at them; in Q's order."""
    return [
        one
        for one in qualified
        if one.referral_id in opened or (not one.is_under_review and payable_on(one, hold_days) <= as_of)
    ]


def rewards_of(
    table: RewardTable,
    qualified: Sequence[Qualified],
    opened: Collection[str],
    settled: Settled,
    hold_days: int,
    as_of: date,
) -> Iterator[Reward]:
    """The rewards of one referrer, in order of n.

    Args:
        qualified: his Q, in order of (qualification date, referral id).
        opened: ids of his referrals that were opened and not reversed since.
    """
    place = {one.referral_id: m for m, one in enumerate(released_of(qualified, opened, hold_days, as_of), start=1)}
    for n, one in enumerate(qualified, start=1):
        state = _state(table, place.get(one.referral_id), settled)
        amounts = (table.reward(n), table.bonus(n))
        yield Reward(one.referral_id, one.referrer_id, one.qualified_on, n, *amounts, payable_on(one, hold_days), state)


def reversed_reward(referral_id: str, referrer_id: str) -> Reward:
    """A reward that was booked and taken back."""
    return Reward(referral_id, referrer_id, None, None, 0, 0, None, RewardState.REVERSED)


def _state(table: RewardTable, m: int | None, settled: Settled) -> RewardState:
    if m is None:
        return RewardState.PENDING
    if settled.confirmed >= table.total(m):
        return RewardState.PAID
    if settled.confirmed + settled.in_transit >= table.total(m):
        return RewardState.IN_TRANSIT
    return RewardState.PAYABLE
