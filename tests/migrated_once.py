"""SQLite's schema, which the migrations make once a process: each empty database after that gets it as it came out."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from alembic import command
from alembic.config import Config

_SCHEMA: list[str] = []  # the statements that make the newest schema, with the rows that migrations write


@contextmanager
def migrated_once() -> Iterator[None]:
    """Inside, the migrations run for the first empty database, and for each that is not empty or not SQLite."""
    upgrade = command.upgrade

    def upgrade_once(config: Config, revision: str, **options: Any) -> None:
        connection = config.attributes["connection"]
        raw = connection.connection.dbapi_connection
        is_fresh = connection.dialect.name == "sqlite" and not raw.execute("SELECT 1 FROM sqlite_master").fetchone()
        if is_fresh and _SCHEMA:
            for statement in _SCHEMA:
                raw.execute(statement)
            return
        upgrade(config, revision, **options)
        if is_fresh:
            _SCHEMA.extend(each for each in raw.iterdump() if each not in ("BEGIN TRANSACTION;", "COMMIT;"))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(command, "upgrade", upgrade_once)
        yield
