"""The short torture of money, in every test run; make torture is the long one."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tasks.base.checkpoints import MONEY_POINTS
from tests.torture.money.faults import FAULTS, history_that_catches
from tests.torture.money.history import Tally, play
from tests.torture.money.killed import fill, judge, killed_at, two_at_once, walk
from tests.torture.money.world import World, in_memory

HISTORIES, ACTS = 4, 35


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with in_memory() as made:
        yield made


@pytest.mark.slow
def test_random_histories_in_memory(world: World) -> None:
    """Whatever happens in whatever order, twice, with wrong amounts and crashes: every law holds after every act."""
    tally = Tally()
    for seed in range(HISTORIES):
        play(world, seed, ACTS, tally)
    assert tally.lines > 0, tally
    assert tally.crashes > 0, tally


@pytest.mark.postgres
def test_random_histories_on_postgres(postgres_engine: Engine) -> None:
    """The same on PostgreSQL."""
    tally = Tally()
    for seed in range(100, 100 + HISTORIES // 2):
        play(World(postgres_engine), seed, ACTS, tally)
    assert tally.acts.total() > 0


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_seeded_faults_are_caught(world: World, fault: str) -> None:
    """A fault put into the code breaks a law in some history: the histories see what they look for."""
    assert history_that_catches(world, fault) is not None


@pytest.mark.parametrize("point", MONEY_POINTS)
def test_a_kill_at_each_point(engine: Engine, point: str) -> None:
    """Whoever dies there leaves a state from which the same commands end the same: one batch, each amount once."""
    fill(engine)
    engine.dispose()
    assert killed_at(engine, point)
    walk(engine)
    judge(engine, "closed")


def test_two_settlements_at_once(engine: Engine) -> None:
    """Two that prepare at the same moment end with one batch, and each reward in one line."""
    fill(engine)
    two_at_once(engine)
    judge(engine, "prepared")
