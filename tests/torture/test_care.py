"""The short torture of care, in every test run; python -m tests.torture --part care is the long one."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.torture.care.faults import FAULTS
from tests.torture.care.history import play
from tests.torture.care.world import filled, fresh

pytestmark = pytest.mark.slow

GROUPS = 12


def test_random_histories_of_care() -> None:
    """In whatever order things happen: nothing twice, one open case, no mail that may not go, nobody held in vain."""
    with fresh(GROUPS, seed=7) as world:
        tally = play(world, GROUPS, seed=7)
    assert min(tally["told opened"], tally["told joined"], tally["told closed"], tally["told mail"]) > 0, tally


@pytest.mark.long
@pytest.mark.postgres
def test_random_histories_of_care_on_postgres(postgres_engine: Engine, tmp_path: Path) -> None:
    """The same on PostgreSQL."""
    tally = play(filled(postgres_engine, tmp_path, 4, seed=8), 4, seed=8)
    assert tally["told opened"] > 0, tally


@pytest.mark.parametrize("fault", FAULTS)
def test_each_seeded_fault_finds_its_place(fault: str) -> None:
    """Whether a law sees it, the long torture tells; what it replaces must exist, or the long torture ends there."""
    with FAULTS[fault]():
        pass
