"""The figures begin with what is few: on a large base the other order takes minutes."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from sample.bulk import DAY, Size, make_base
from tasks.figures.report import read_report
from tests.factories import shipped_programme


@pytest.mark.slow
def test_orders_are_looked_for_from_the_purchases_of_the_year(tmp_path: Path) -> None:
    """SQLite reads messages by the client of a purchase, and never all of them; its temporary tables say how few."""
    programme = shipped_programme()
    engine = make_base(f"sqlite:///{tmp_path}/base.db", programme, Size(1_000, 100))
    plans: list[list[str]] = []

    @event.listens_for(engine, "before_cursor_execute")
    def keep(connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if statement.startswith("SELECT") and "figures_purchases" in statement and "figures_windows" in statement:
            raw: Any = connection.connection.dbapi_connection
            plans.append([row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)])

    read_report(engine, programme, DAY)
    engine.dispose()
    assert plans
    for plan in plans:
        reads = [step for step in plan if step.startswith(("SCAN", "SEARCH")) and "subquery" not in step]
        assert reads[0] == "SCAN figures_purchases"
        assert not [step for step in reads[1:] if step.startswith(("SCAN plans", "SCAN states", "SCAN messages"))]
