"""What a referrer earned on a day, how far the money of each reward is, and what his own page says of it."""

from collections.abc import Iterable
from datetime import date, timedelta

import pytest

from programme.money.earning import Qualified, Reward, Settled, released_of, reversed_reward, rewards_of
from programme.money.reward_table import RewardTable
from programme.money.standing import Paid, ReferralCounts, Standing, standing_of
from programme.money.states import RewardState
from tests.factories import shipped_programme

TABLE = RewardTable(shipped_programme().referral.steps)
AS_OF = date(2026, 3, 15)
HOLD_DAYS = 14
DAY = timedelta(days=1)
READY = AS_OF - HOLD_DAYS * DAY  # the last qualification date whose hold is over
NOTHING, UNPAID = Settled(), Paid()


def one(number: int, qualified_on: date = READY, is_under_review: bool = False) -> Qualified:
    return Qualified(qualified_on, f"R{number}", "A", is_under_review)


def rewards(qualified: Iterable[Qualified], settled: Settled = NOTHING, opened: Iterable[str] = ()) -> list[Reward]:
    return list(rewards_of(TABLE, [*qualified], {*opened}, settled, HOLD_DAYS, AS_OF))


@pytest.mark.parametrize(
    ("qualified", "opened", "is_released"),
    [
        (one(1), (), True),
        (one(1, READY + DAY), (), False),
        (one(1, is_under_review=True), (), False),
        (one(1, AS_OF), ("R1",), True),
        (one(1, is_under_review=True), ("R1",), True),
        (one(1, AS_OF), ("R2",), False),
    ],
)
def test_what_may_be_paid(qualified: Qualified, opened: tuple[str, ...], is_released: bool) -> None:
    """From the last day of hold on while nobody has to look at it; what was paid outside is paid at once."""
    assert released_of([qualified], opened, HOLD_DAYS, AS_OF) == ([qualified] if is_released else [])


def test_a_reward_is_that_of_its_place_among_all_that_qualified() -> None:
    """Its bonus beside it, and the day from which it may be paid: 14 days after the qualification."""
    found = rewards(one(number) for number in range(1, 12))
    assert [each.n for each in found] == [*range(1, 12)]
    assert [each.reward_cents for each in found] == [10_000] * 5 + [12_500] * 5 + [15_000]
    assert [each.bonus_cents for each in found] == [0, 0, 5_000, 0, 0, 10_000, 0, 0, 0, 0, 25_000]
    assert {(each.qualified_on, each.payable_on) for each in found} == {(READY, AS_OF)}
    assert [(each.referral_id, each.referrer_id) for each in found[:2]] == [("R1", "A"), ("R2", "A")]


@pytest.mark.parametrize(
    ("settled", "states"),
    [
        (Settled(), ["payable", "payable", "payable"]),
        (Settled(9_999), ["payable", "payable", "payable"]),
        (Settled(10_000), ["paid", "payable", "payable"]),
        (Settled(0, 10_000), ["in_transit", "payable", "payable"]),
        (Settled(10_000, 9_999), ["paid", "payable", "payable"]),
        (Settled(10_000, 10_000), ["paid", "in_transit", "payable"]),
        (Settled(20_000, 15_000), ["paid", "paid", "in_transit"]),
        (Settled(35_000), ["paid", "paid", "paid"]),
        (Settled(35_000, -10_000), ["paid", "paid", "paid"]),
    ],
)
def test_how_far_the_money_is(settled: Settled, states: list[str]) -> None:
    """Paid once what is confirmed covers the table up to its place, in transit once what is on its way does."""
    assert [each.state for each in rewards(map(one, (1, 2, 3)), settled)] == states


def test_the_place_of_the_money_is_that_among_the_released() -> None:
    """What waits takes no place: the second of Q is the first to be paid, with the reward of the second."""
    waits, is_ready, held = rewards([one(1, is_under_review=True), one(2), one(3, AS_OF)], Settled(10_000))
    assert [each.state for each in (waits, is_ready, held)] == ["pending", "paid", "pending"]
    assert (is_ready.n, is_ready.reward_cents) == (2, 10_000)
    assert rewards([one(1, AS_OF)], Settled(10_000), opened=["R1"])[0].state == RewardState.PAID


def test_a_reversed_reward_is_worth_nothing() -> None:
    """And has no place and no days."""
    assert reversed_reward("R1", "A") == Reward("R1", "A", None, None, 0, 0, None, RewardState.REVERSED)


def stands(
    qualified: Iterable[Qualified] = (),
    paid: Paid = UNPAID,
    counted: tuple[int, int, int] = (9, 5, 3),
    opened: Iterable[str] = (),
    earns: bool = True,
) -> Standing:
    return standing_of(TABLE, HOLD_DAYS, AS_OF, ReferralCounts(*counted), [*qualified], frozenset(opened), paid, earns)


def test_what_the_own_page_counts() -> None:
    """Under way are those who signed up and are not qualified, never fewer than none."""
    found = stands()
    assert (found.invited, found.signed_up, found.qualified, found.under_way) == (9, 5, 3, 2)
    assert stands(counted=(1, 1, 2)).under_way == 0
    assert stands(counted=(1, 1, 1)).under_way == 0


def test_what_the_own_page_owes() -> None:
    """Earned with adjustments, what of it is not confirmed, and what is on its way; below zero it is set off."""
    found = stands(map(one, (1, 2, 3)), Paid(confirmed=12_000, in_transit=8_000, adjusted=-500))
    assert (found.earned_cents, found.confirmed_cents, found.in_transit_cents) == (34_500, 12_000, 8_000)
    assert (found.open_cents, found.held_cents, found.held_until) == (22_500, 0, None)
    assert found.rewarded == 3
    empty = stands()
    assert (empty.earned_cents, empty.confirmed_cents, empty.in_transit_cents, empty.rewarded) == (0, 0, 0, 0)
    assert stands(paid=Paid(confirmed=100)).open_cents == -100


def test_what_the_own_page_holds() -> None:
    """Up to the day on which the last of it is free; what waits for a person's look has no day, in hold or not."""
    held = [one(1), one(2, READY + DAY), one(3, AS_OF), one(4, READY + 2 * DAY)]
    found = stands(held)
    assert (found.held_cents, found.held_until, found.review_cents) == (35_000, AS_OF + HOLD_DAYS * DAY, 0)
    looked_at = stands([*held, one(5, AS_OF, is_under_review=True), one(6, READY, is_under_review=True)])
    assert (looked_at.held_cents, looked_at.held_until) == (35_000, AS_OF + HOLD_DAYS * DAY)
    assert looked_at.review_cents == 10_000 + 12_500 + 10_000  # the fifth, and the sixth with what it brings once
    for day in (READY, AS_OF):
        found = stands([one(1), one(2, day, is_under_review=True)])
        assert (found.held_cents, found.held_until, found.review_cents) == (0, None, 10_000)
    assert stands([one(1, AS_OF)], opened=["R1"]).held_until is None


@pytest.mark.parametrize(
    ("number", "from_n", "missing"),
    [(0, 1, 1), (1, 3, 2), (2, 3, 1), (3, 6, 3), (6, 11, 5), (10, 11, 1), (11, None, 0)],
)
def test_the_next_step_of_the_table(number: int, from_n: int | None, missing: int) -> None:
    """The first beyond what counts, with how many are missing for it; none after the last, or for who earns nothing."""
    qualified = [one(each) for each in range(number)]
    found = stands(qualified)
    assert found.next_step == next((step for step in shipped_programme().referral.steps if step.from_n == from_n), None)
    assert (found.to_next, found.earns) == (missing, True)
    without = stands(qualified, earns=False)
    assert (without.next_step, without.to_next, without.earns) == (None, 0, False)
