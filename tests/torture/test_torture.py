"""The short torture, in every test run; make torture is the long one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tasks.base.checkpoints import POINTS
from tests.standin.faults import STORM, Trouble
from tests.torture.harness import SEEDED_TRIES, Cell, refused, resent_then_delivered, seeded, torture
from tests.torture.senders import Senders, running_senders

pytestmark = pytest.mark.slow

# Troubles that cost no seconds, for the short run.
WAITING = (Trouble.LATE, Trouble.DRIBBLE, Trouble.THROTTLED, Trouble.THROTTLED_BARE, Trouble.RATE_HEADERS)
QUICK = {trouble: share for trouble, share in STORM.items() if trouble not in WAITING}
ONE_OF_EACH = dict.fromkeys(POINTS, 1)


@pytest.fixture(scope="module")
def senders() -> Iterator[Senders]:
    with running_senders() as running:
        yield running


@pytest.mark.parametrize(
    ("engine", "batch", "messages"),
    [("sqlite", 1, 30), ("sqlite", 1000, 1200), pytest.param("postgres", 50, 400, marks=pytest.mark.postgres)],
    indirect=["engine"],
)
def test_killed_senders_and_a_failing_provider(
    engine: Engine, tmp_path: Path, senders: Senders, batch: int, messages: int
) -> None:
    """Senders killed at each point, two at a time, through a storm: nothing twice, nothing lost, nothing unfinished."""
    verdict = torture(engine, tmp_path, senders, Cell(messages, batch, ONE_OF_EACH, QUICK, seed=batch))
    assert verdict.is_clean, verdict
    assert verdict.kills.total() >= 3, verdict


def test_our_own_fault_closes_nobodys_key(engine: Engine, tmp_path: Path, senders: Senders) -> None:
    """Runs of several processes against a provider that refuses what we wrote: all planned, and mended all go once."""
    verdict = refused(engine, tmp_path, senders, Trouble.BAD_REPLY_TO, 12)
    assert verdict.is_clean, verdict


def test_resent_and_then_delivered_after_all(engine: Engine, tmp_path: Path, senders: Senders) -> None:
    """What a person let go again is not sent when its first try turns out to have arrived."""
    verdict = resent_then_delivered(engine, tmp_path, senders, 60)
    assert verdict.is_clean, verdict
    assert verdict.in_doubt > 0, verdict


@pytest.mark.parametrize(
    ("engine", "point"),
    [
        *(("sqlite", point) for point in POINTS),
        *(pytest.param("postgres", point, marks=pytest.mark.postgres) for point in ("in_fence", "in_settle")),
    ],
    indirect=["engine"],
)
def test_a_kill_at_each_point(engine: Engine, tmp_path: Path, senders: Senders, point: str) -> None:
    """Every point of a delivery is passed, and a sender that dies there leaves nothing twice, lost or unfinished."""
    verdict = torture(engine, tmp_path, senders, Cell(60, 10, {point: 1}, {}, seed=1))
    assert verdict.is_clean, verdict
    assert verdict.kills[point] == 1, verdict


@pytest.mark.long
@pytest.mark.parametrize("fault", ["no_mark", "blind_retry_on_5xx", "early_accept"])
def test_seeded_faults_are_caught(tmp_path: Path, senders: Senders, fault: str) -> None:
    """A fault put into the algorithm shows in the verdict: the harness can see what it looks for (torture: all)."""
    verdicts = (seeded(tmp_path, senders, fault, seed) for seed in range(SEEDED_TRIES))
    assert any(not verdict.is_clean for verdict in verdicts)
