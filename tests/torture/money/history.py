"""One history: acts in a row, some cut off by a crash and done again, and everything judged after each."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tasks.money.bank.payments import PaymentFileInvalid
from tasks.money.booking import BookingRefused
from tasks.money.check import check_ledger
from tasks.money.rewards import read_rewards
from tasks.referrals.batches import SettlementRefused
from tasks.referrals.deciding import Approval
from tasks.referrals.reviewing import ReferralRefused
from tasks.referrals.settlement import Prepared
from tests.torture.money.acts import Chooser
from tests.torture.money.crashes import Crash, crashing
from tests.torture.money.laws import judge_all, judge_approved, judge_booking, judge_exported, judge_prepared
from tests.torture.money.oracle import rewards
from tests.torture.money.world import FIRST_DAY, Snapshot, World, programme

REFUSALS = (BookingRefused, SettlementRefused, ReferralRefused, PaymentFileInvalid)
CRASH_SHARE = 0.2  # of the acts
MOST_STATEMENTS = 40  # an act has fewer, most of the time; then no crash comes


@dataclass
class Tally:
    """What happened in some histories."""

    acts: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    crashes: int = 0
    lines: int = 0
    histories: int = 0


class Broken(AssertionError):
    """A law was broken; says in which history, after which act."""


def play(world: World, seed: int, acts: int, tally: Tally) -> None:
    """Raises Broken."""
    dice = random.Random(seed)
    world.begin()
    chooser = Chooser(world, dice, FIRST_DAY)
    chooser.begin()
    seen = world.look()
    for number in range(acts):
        name, act = chooser.next_act()
        try:
            seen = _do(world, name, act, chooser, seen, dice, tally)
        except AssertionError as error:
            raise Broken(f"seed {seed}, act {number} ({name}): {error}") from error
    broken = [law.claim for law in check_ledger(world.engine, programme()) if not law.holds]
    if broken:
        raise Broken(f"seed {seed}, at the end: {broken}")
    tally.histories += 1
    tally.lines += len(seen.settlement_lines)


def _do(
    world: World,
    name: str,
    act: Callable[[], Any],
    chooser: Chooser,
    seen: Snapshot,
    dice: random.Random,
    tally: Tally,
) -> Snapshot:
    """The act, after a crash the same act again; a crash before the commit must leave nothing behind."""
    tally.acts[name] += 1
    is_done = False
    if dice.random() < CRASH_SHARE:
        try:
            with crashing(world.engine, dice.randrange(MOST_STATEMENTS)):
                result = _run(name, act, tally.refused)
            is_done = True
        except Crash:
            tally.crashes += 1
            after = world.look()
            if name == "adjust":  # two acts of two people, and only the second is about money
                seen = after
            assert after == seen, "a crash left something behind"
    if not is_done:
        result = _run(name, act, tally.refused)
    after = world.look()
    judge_all(seen, after, chooser.today)
    if name in ("book", "prepare") and len(after.ledger_bookings) > len(seen.ledger_bookings):
        judge_booking(after, after.ledger_bookings[-1].as_of)
    if isinstance(result, Prepared):
        judge_prepared(seen, after, result, programme().referral.payout_minimum_cents)
    if isinstance(result, Approval):
        judge_approved(after, result)
    if isinstance(result, bytes):
        judge_exported(after, result)
    if dice.random() < 0.3:
        _judge_rewards(world, after, chooser)
    return after


def _run(name: str, act: Callable[[], Any], refused: Counter[str]) -> Any:
    try:
        return act()
    except REFUSALS:
        refused[name] += 1
        return None


def _judge_rewards(world: World, seen: Snapshot, chooser: Chooser) -> None:
    """What the command prints is what the rules say, on a day of this history or before it."""
    day = chooser.today - timedelta(days=chooser.dice.choice((0, 0, 10, 30)))
    found = [tuple(each) for each in read_rewards(world.engine, programme(), day)]
    wanted = rewards(seen, day)
    assert found == wanted, f"rewards as of {day}: {found} instead of {wanted}"
