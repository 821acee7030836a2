"""Plays the histories of all groups of a world at once, in an order drawn from a seed."""

import random
from collections import Counter

from tests.torture.care.acts import act
from tests.torture.care.laws import LawBroken, judge
from tests.torture.care.world import World

ACTS_A_GROUP = 14


def play(world: World, groups: int, seed: int, acts: int = ACTS_A_GROUP) -> Counter[str]:
    """So many acts for each group, in random order, with ticks between them; judged after each tick.

    Returns:
        How often each act was done, and what the ticks told.

    Raises:
        LawBroken: with the seed that repeats it.
    """
    pick, tally = random.Random(seed), Counter[str]()
    turns = [group for group in range(groups) for _ in range(acts)]
    pick.shuffle(turns)
    a_tick = max(1, len(turns) // (acts * 6))
    try:
        for number, group in enumerate(turns):
            tally[act(world, group, pick, number)] += 1
            if number % a_tick == 0:
                _tick(world, pick, tally)
        for _ in range(8):
            _tick(world, pick, tally)
    except LawBroken as broken:
        raise LawBroken(f"seed {seed}, {groups} groups: {broken}") from None
    return tally


def _tick(world: World, pick: random.Random, tally: Counter[str]) -> None:
    done = world.tick()
    judge(world, done)
    tally.update(f"told {line.did}" for line in done.lines)
    world.pass_time(pick)
