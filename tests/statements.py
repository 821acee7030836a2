"""Statements that SQLAlchemy compiles once a process; it does so once an engine, and each test opens engines."""

from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

_COMPILED: LRUCache[Any, Any] = LRUCache(4000)


def open_sharing(url: Any, **options: Any) -> Engine:
    """As create_engine; what the engine compiles serves the others of the process too."""
    return create_engine(url, execution_options={"compiled_cache": _COMPILED}, **options)


def make_dialects_equal() -> None:
    """The dialect is part of a statement's key; ours differ in their class alone."""
    for each in (PGDialect_psycopg, SQLiteDialect_pysqlite):
        each.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[assignment]
        each.__hash__ = lambda self: hash(type(self))  # type: ignore[assignment]
