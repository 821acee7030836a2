"""The PostgreSQL database that the tests use in turn."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, inspect, select, text

from models.database.engine import open_engine, writing
from models.tables import consent_history
from tests.databases import EmptiedDatabase

pytestmark = pytest.mark.postgres

CHANGE = insert(consent_history).values(
    recipient="jan@voorbeeld.nl", change="withdrawn", changed_at=datetime(2026, 3, 1, tzinfo=UTC), source="import"
)


def test_no_test_finds_what_another_left(postgres_database: EmptiedDatabase) -> None:
    """Neither rows nor the numbers they took, nor a transaction that was left open, nor an altered schema."""
    with postgres_database.lent() as engine:
        tables = inspect(engine).get_table_names()
        with writing(engine) as connection:
            first = connection.execute(CHANGE).inserted_primary_key
        left = open_engine(engine.url.render_as_string(hide_password=False)).connect()
        left.execute(text("LOCK TABLE clients"))
    with postgres_database.lent() as engine, writing(engine) as connection:
        assert connection.scalars(select(consent_history)).all() == []
        assert connection.execute(CHANGE).inserted_primary_key == first
        connection.execute(text("CREATE TABLE mine (id int)"))
    with postgres_database.lent() as engine:
        assert inspect(engine).get_table_names() == tables
    left.invalidate()
