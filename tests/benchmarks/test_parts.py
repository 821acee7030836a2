"""Each part of `python -m benchmarks` runs to its end on a tiny base, so that no change of a table breaks it unseen."""

from importlib import import_module

import pytest

from benchmarks import delivery, growth, plan_cold, webhook
from benchmarks.__main__ import PARTS

pytestmark = pytest.mark.long

CLIENTS = 1_000
OF_MINUTES = {"workers"}  # a server and two workers, which tests/server/test_workers.py has as well


@pytest.mark.parametrize("name", [name for name in PARTS if name not in OF_MINUTES])
def test_part_runs_to_its_end(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It raises nothing and says figures: a day on both databases, the other parts on SQLite."""
    part = import_module(f"benchmarks.{PARTS[name].module}")
    if name != "day" and hasattr(part, "KINDS"):
        monkeypatch.setattr(part, "KINDS", ("sqlite",))
    for module in (growth, plan_cold):
        monkeypatch.setattr(module, "ROUNDS", 1)
    monkeypatch.setattr(webhook, "PACED_SECONDS", 1)
    for peer in delivery.PEER_MESSAGES:
        monkeypatch.setitem(delivery.PEER_MESSAGES, peer, 100)
    said: list[str] = []

    part.run(said.append, CLIENTS)

    assert said
