"""What happened around a case, on both databases."""

import json
from datetime import UTC, datetime

from sqlalchemy import Engine, insert, update

from models.database.engine import reading, writing
from models.tables import care_lines
from tasks.desk.case_history import read_history

AT = datetime(2026, 3, 2, 8, 15, tzinfo=UTC)


def test_what_one_tick_did_keeps_its_order(engine: Engine) -> None:
    """PostgreSQL puts a row that was told later behind those that were written after it."""
    did = ["opened", "mail", "told", "level"]
    with writing(engine) as connection:
        for each in did:
            connection.execute(insert(care_lines).values(case_id="F1", did=each, line=json.dumps({})))
        for each in reversed(did):
            connection.execute(update(care_lines).where(care_lines.c.did == each).values(at=AT))
    with reading(engine) as connection:
        assert [each.sort for each in read_history(connection, "F1")] == did
