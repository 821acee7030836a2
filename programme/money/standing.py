"""Where one referrer stands on a day, as his own page shows it (referrals section 2)."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from programme.money.earning import Qualified, payable_on, released_of
from programme.money.reward_table import RewardTable
from programme.terms.tables.payout_terms import RewardStep


class Standing(NamedTuple):
    """Counts of referrals, and amounts in cents.

    Attributes:
        invited, signed_up: of all his referrals, by their days.
        qualified: those that count: for rewards, for commission, or (of a kind without rewards) for tiers alone.
        under_way: signed up, and not qualified.
        earned_cents: with adjustments. `open_cents` is what of it is not confirmed; below zero it is set off.
        held_cents: of what is open, still in hold; `held_until` is the day from which all of it may be paid, None for
            nothing.
        review_cents: of what is open, waiting for a person's look, whose day nobody knows.
        in_transit_cents: of what is open, on its way.
        next_step: the next step of the table that changes something; `to_next` referrals are missing for it.
        earns: False for a kind that gets no rewards.
        rewarded: how many referrals count for rewards, which is his place in the table.
    """

    invited: int
    signed_up: int
    qualified: int
    under_way: int
    earned_cents: int
    confirmed_cents: int
    open_cents: int
    in_transit_cents: int
    held_cents: int
    held_until: date | None
    review_cents: int
    next_step: RewardStep | None
    to_next: int
    earns: bool
    rewarded: int = 0


class ReferralCounts(NamedTuple):
    """What was counted of a referrer's referrals, whether they earn or not."""

    invited: int
    signed_up: int
    qualified: int


class Paid(NamedTuple):
    """What the ledger holds of his rewards, in cents; confirmed and in transit are with what came of adjustments."""

    confirmed: int = 0
    in_transit: int = 0
    adjusted: int = 0


def standing_of(
    table: RewardTable,
    hold_days: int,
    as_of: date,
    counted: ReferralCounts,
    qualified: Sequence[Qualified],
    opened: frozenset[str],
    paid: Paid,
    earns: bool,
) -> Standing:
    """Where one referrer stands on a day: what he earned, what may be paid, and what comes next.

    Args:
        qualified: his Q, in order of (qualification date, referral id).
    """
    released = released_of(qualified, opened, hold_days, as_of)
    earned = table.total(len(qualified)) + paid.adjusted
    ready = {one.referral_id for one in released}
    days = [
        payable_on(one, hold_days)
        for one in qualified
        if one.referral_id not in ready and not one.is_under_review  # of those a day would be a promise
    ]
    free_later = table.total(len(released) + len(days))
    next_step = table.next_bonus(len(qualified)) if earns else None
    return Standing(
        *counted,
        under_way=max(counted.signed_up - counted.qualified, 0),
        earned_cents=earned,
        confirmed_cents=paid.confirmed,
        open_cents=earned - paid.confirmed,
        in_transit_cents=paid.in_transit,
        held_cents=free_later - table.total(len(released)),
        held_until=max(days, default=None),
        review_cents=table.total(len(qualified)) - free_later,
        next_step=next_step,
        to_next=next_step.from_n - len(qualified) if next_step else 0,
        earns=earns,
        rewarded=len(qualified),
    )
