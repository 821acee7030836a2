"""Rows as the driver gives them, where SQLAlchemy would take longer to convert them than the database to find them."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Executable


def read_rows(connection: Connection, query: Executable) -> list[Sequence[Any]]:
    """All rows of a query; on SQLite dates are ISO text and truth is a number."""
    cursor: Any = connection.execute(query).cursor
    return list(cursor.fetchall())


@lru_cache(maxsize=20_000)
def day_of(value: Any) -> Any:
    """The date that SQLite keeps as text."""
    return date.fromisoformat(value) if isinstance(value, str) else value
