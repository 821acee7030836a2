"""The worked examples: every decision of some weeks, line for line, planned and logged; one on both databases."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models.database.engine import reading
from models.tables import messages
from programme.rules.decide import Decision
from programme.rules.simulation import Simulation
from programme.words.states import Flow, RunMode
from tasks.importing.folder import import_folder
from tasks.insight.message_log import read_decisions
from tasks.mail.render import Renderer
from tasks.runs.deciding.planning import decisions_of, plan_day
from tasks.runs.deciding.queueing import enqueue
from tests import factories as make
from tests.conftest import DATA, ON_SQLITE

pytestmark = pytest.mark.slow

# Each a CRM export with its decisions from the first to the last day; of the twins, projects were delivered together.
EXAMPLES = {"club": (date(2026, 2, 1), date(2026, 3, 31)), "twins": (date(2026, 2, 15), date(2026, 4, 5))}
KEY = b"a key for tests"
NAMES = ("as_of", "flow", "client_id", "recipient", "touchpoint", "occasion", "due_on", "outcome", "reason", "segment",
         "tier", "priority")  # fmt: skip
NOW = datetime(2026, 2, 1, 8, 0, tzinfo=UTC)
LATER = datetime(2028, 1, 1, tzinfo=UTC)  # than every day of the export: a cancellation ahead would count at once


@pytest.fixture(params=EXAMPLES)
def example(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def base(engine: Engine, example: str, tmp_path: Path) -> Engine:
    """The example's CRM export, imported by the ordinary import."""
    report = import_folder(engine, DATA / example, imported_at=LATER, rejected_path=tmp_path / "rejected.csv")
    assert report.exit_code == 0
    return engine


@cache
def expected(example: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / example / "expected.jsonl").read_text("utf-8").splitlines()]


def days(example: str) -> Iterator[date]:
    first, last = EXAMPLES[example]
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def as_line(decision: Decision) -> dict[str, Any]:
    """A decision as expected.jsonl has it."""
    line = {name: getattr(decision, name) for name in NAMES}
    return line | {
        "as_of": decision.as_of.isoformat(),
        "due_on": decision.due_on.isoformat(),
        "flow": decision.flow.value,
        "outcome": decision.outcome.value,
        "reason": decision.reason.value if decision.reason else None,
    }


@ON_SQLITE
def test_the_plan_of_two_months(base: Engine, example: str) -> None:
    """Planned day after day with nothing written, the decisions are the expected ones, in their order."""
    simulation = Simulation()
    found: list[Decision] = []
    for as_of in days(example):
        for flow in Flow:
            found += decisions_of(plan_day(base, make.shipped_programme(), flow, as_of, simulation))

    assert [as_line(decision) for decision in found] == expected(example)
    with reading(base) as connection:
        assert connection.execute(select(messages.c.id)).all() == []


@pytest.mark.parametrize(
    ("engine", "example"),
    [
        *(("sqlite", example) for example in EXAMPLES),
        pytest.param("postgres", "club", marks=pytest.mark.postgres),
    ],
    indirect=True,
)
def test_the_log_of_two_months(base: Engine, example: str) -> None:
    """Run day after day with its messages logged, every decision is kept, and running a day again adds nothing."""
    renderer = Renderer(make.shipped_programme(), "https://voorbeeld.nl")
    for as_of in days(example):
        for flow in Flow:
            for chunk in plan_day(base, make.shipped_programme(), flow, as_of):
                enqueue(base, renderer, KEY, chunk, "run", RunMode.LOG)
    again = [
        decision
        for chunk in plan_day(base, make.shipped_programme(), Flow.DAILY, EXAMPLES[example][1])
        for decision in chunk.every()
        if decision.status
    ]

    with reading(base) as connection:
        rows = list(read_decisions(connection))
        kept = connection.execute(select(messages.c.status, messages.c.subject)).all()
    assert [kept_line(row) for row in rows] == expected(example)
    assert again == []
    sends = sum(1 for line in expected(example) if line["outcome"] == "send")
    closing = sum(1 for line in expected(example) if line["reason"] in ("superseded", "repeated", "held_out"))
    assert len(kept) == sends + closing
    assert sum(1 for row in kept if row.status == "logged" and row.subject) == sends


def kept_line(row: Any) -> dict[str, Any]:
    """A row of the decisions table as expected.jsonl has it."""
    line = {name: getattr(row, name) for name in NAMES}
    return line | {"as_of": row.as_of.isoformat(), "due_on": row.due_on.isoformat(), "reason": row.reason or None}
