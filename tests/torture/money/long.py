"""The long torture of money: thousands of histories on both databases, kills at every point, settlements at once."""

import time
from collections import Counter
from collections.abc import Callable

from sqlalchemy import Engine

from tasks.base.checkpoints import MONEY_POINTS
from tests.torture.money.faults import FAULTS, history_that_catches
from tests.torture.money.history import Tally, play
from tests.torture.money.killed import fill, judge, killed_at, two_at_once, walk
from tests.torture.money.world import World, in_memory

ACTS = 45  # of a history
MEETINGS = 1_000  # of two settlements, on each database
TOLD_EACH = 500  # histories

Fresh = Callable[[str], Engine]
"""A fresh database at the newest schema: sqlite (a file) or postgresql."""


def torture_money(say: Callable[[str], None], fresh: Fresh, histories: int, seed: int) -> int:
    """Returns how many things went wrong."""
    bad = 0
    with in_memory() as world:
        bad += _play_many(say, world, "sqlite", histories, seed)
        caught = {fault: history_that_catches(world, fault) for fault in FAULTS}
    missed = [fault for fault, found in caught.items() if found is None]
    say(f"money: seeded faults caught: {len(FAULTS) - len(missed)} of {len(FAULTS)} {missed or ''}")
    engine = fresh("postgresql")
    bad += _play_many(say, World(engine), "postgresql", histories, seed)
    engine.dispose()
    for kind in ("sqlite", "postgresql"):
        bad += _kill(say, fresh, kind)
        bad += _meet(say, fresh, kind, min(MEETINGS, histories))
    return bad + len(missed)


def _play_many(say: Callable[[str], None], world: World, kind: str, histories: int, seed: int) -> int:
    tally, began, bad = Tally(), time.monotonic(), 0
    for number in range(histories):
        try:
            play(world, seed + number, ACTS, tally)
        except AssertionError as error:
            bad += 1
            say(f"money, {kind}: BROKEN: {error}")
        if (number + 1) % TOLD_EACH == 0:
            say(f"money, {kind}: {number + 1:,} histories, {tally.acts.total():,} acts, {tally.crashes:,} crashes")
    say(
        f"money, {kind}: {histories:,} histories, {tally.acts.total():,} acts, {tally.refused.total():,} refused, "
        f"{tally.crashes:,} crashes, {tally.lines:,} lines; broken: {bad}; {time.monotonic() - began:,.0f} s"
    )
    return bad


def _kill(say: Callable[[str], None], fresh: Fresh, kind: str) -> int:
    kills: Counter[str] = Counter()
    for point in MONEY_POINTS:
        engine = fresh(kind)
        fill(engine)
        engine.dispose()
        kills[point] += killed_at(engine, point)
        walk(engine)
        judge(engine, "closed")
        engine.dispose()
    say(f"money, {kind}: killed at {len(+kills)} of {len(MONEY_POINTS)} points, all ended the same")
    return len(MONEY_POINTS) - len(+kills)


def _meet(say: Callable[[str], None], fresh: Fresh, kind: str, meetings: int) -> int:
    engine = fresh(kind)
    world = World(engine)
    for _ in range(meetings):
        world.begin(with_clients=False)
        fill(engine)
        two_at_once(engine)
        judge(engine, "prepared")
    engine.dispose()
    say(f"money, {kind}: {meetings:,} times two settlements at once: one batch, each amount in one line")
    return 0
