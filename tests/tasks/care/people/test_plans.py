"""A tick costs what is recent, not what is stored: no query of it reads a whole table of facts."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from models.database.engine import reading
from programme.care.tick import Tick
from tasks.care.people.signals import candidates
from tasks.care.people.signals.prompt import prompt_signals
from tests import factories as make

LARGE = "clients|projects|interactions|feedback|answers|messages|events|invoices|quotes|activity|signups"
TICK = Tick(datetime(2026, 3, 2, 7, tzinfo=UTC), make.shipped_programme())


def prompt(connection: Connection, tick: Tick) -> object:
    return prompt_signals(connection, tick.programme, tick.at)


@pytest.mark.parametrize(
    "look",
    [
        prompt,
        candidates.overdue_clients,
        candidates.building_clients,
        candidates.rejecting_clients,
        candidates.quiet_clients,
        candidates.unreading_recipients,
        candidates.contacting_recipients,
    ],
)
def test_no_query_reads_a_whole_table(sqlite_engine: Engine, look: Callable[[Connection, Tick], object]) -> None:
    """SQLite says how it would read each table: by an index, or by the partial index of the few names with a note."""
    asked: list[tuple[str, Any]] = []

    @event.listens_for(sqlite_engine, "before_cursor_execute")
    def keep(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    with reading(sqlite_engine) as connection:
        look(connection, TICK)
        event.remove(sqlite_engine, "before_cursor_execute", keep)
        raw: Any = connection.connection.dbapi_connection
        plans = [
            row[3]
            for statement, parameters in asked
            for row in raw.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    assert plans
    whole = [plan for plan in plans if re.match(rf"SCAN ({LARGE})\b", plan) and "ix_clients_noted" not in plan]
    assert whole == []
