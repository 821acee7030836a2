"""The databases that the tests use: PostgreSQL's in turn, and SQLite's as the migrations once made it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, inspect, select, text

from models.database.engine import HEAD, open_engine, reading, schema_version, upgrade_schema, writing
from models.tables import consent_history
from tests import migrated_once
from tests.databases import EmptiedDatabase

CHANGE = insert(consent_history).values(
    recipient="jan@voorbeeld.nl", change="withdrawn", changed_at=datetime(2026, 3, 1, tzinfo=UTC), source="import"
)
MADE = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name"


@pytest.mark.postgres
def test_no_test_finds_what_another_left(postgres_database: EmptiedDatabase) -> None:
    """Neither rows nor the numbers they took, nor a transaction that was left open, nor an altered schema."""
    with postgres_database.lent() as engine:
        tables = sorted(inspect(engine).get_table_names())
        with writing(engine) as connection:
            first = connection.execute(CHANGE).inserted_primary_key
        left = open_engine(engine.url.render_as_string(hide_password=False)).connect()
        left.execute(text("LOCK TABLE clients"))
    with postgres_database.lent() as engine, writing(engine) as connection:
        assert connection.scalars(select(consent_history)).all() == []
        assert connection.execute(CHANGE).inserted_primary_key == first
        connection.execute(text("CREATE TABLE mine (id int)"))
    with postgres_database.lent() as engine:
        assert sorted(inspect(engine).get_table_names()) == tables
    left.invalidate()


def test_the_schema_that_is_written_again_is_that_of_the_migrations(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every table, index, trigger and view, and the migration it stands at."""
    with monkeypatch.context() as patched:
        patched.setattr(migrated_once, "_SCHEMA", [])
        migrated = made(tmp_path / "migrated.db")
        again = made(tmp_path / "again.db")
    assert len(migrated) > 100
    assert again == migrated


def made(path: Path) -> list[tuple[str, ...]]:
    engine = open_engine(f"sqlite:///{path}")
    upgrade_schema(engine)
    assert schema_version(engine) == HEAD
    with reading(engine) as connection:
        found = [tuple(row) for row in connection.execute(text(MADE))]
    engine.dispose()
    return found
