"""The database's own clock, for leases and waiting times: all workers share it, whatever their machines' clocks say.

Rules never read it; they get the day as an argument.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, DateTime, Float, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import FunctionElement

# The format in which SQLAlchemy writes a datetime to SQLite, so that moments compare as text; always UTC.
_SQLITE_NOW = "strftime('%Y-%m-%d %H:%M:%f000', 'now'"


class now(FunctionElement[datetime]):
    """SQL for the present moment; it moves on inside a long transaction too."""

    inherit_cache = True
    type = DateTime(timezone=True)


class now_plus(now):
    """SQL for the moment so many seconds from now; negative seconds lie in the past."""

    inherit_cache = True

    def __init__(self, seconds: float) -> None:
        super().__init__(float(seconds))


class seconds_until(FunctionElement[float]):
    """SQL for the seconds from now to a moment: negative when it is past, NULL when the moment is NULL."""

    inherit_cache = True
    type = Float()

    def __init__(self, moment: ColumnElement[Any]) -> None:
        super().__init__(moment)


@compiles(now, "sqlite")
def _now_of_sqlite(_: now, _compiler: SQLCompiler, **_options: Any) -> str:
    return f"{_SQLITE_NOW})"


@compiles(now, "postgresql")
def _now_of_postgresql(_: now, _compiler: SQLCompiler, **_options: Any) -> str:
    return "clock_timestamp()"  # its now() would be the start of the transaction


@compiles(now_plus, "sqlite")
def _later_of_sqlite(given: now_plus, compiler: SQLCompiler, **options: Any) -> str:
    return f"{_SQLITE_NOW}, printf('%+.3f seconds', {compiler.process(given.clauses, **options)}))"


@compiles(now_plus, "postgresql")
def _later_of_postgresql(given: now_plus, compiler: SQLCompiler, **options: Any) -> str:
    return f"(clock_timestamp() + make_interval(secs => {compiler.process(given.clauses, **options)}))"


@compiles(seconds_until, "sqlite")
def _rest_of_sqlite(given: seconds_until, compiler: SQLCompiler, **options: Any) -> str:
    return f"((julianday({compiler.process(given.clauses, **options)}) - julianday('now')) * 86400.0)"


@compiles(seconds_until, "postgresql")
def _rest_of_postgresql(given: seconds_until, compiler: SQLCompiler, **options: Any) -> str:
    moment = compiler.process(given.clauses, **options)
    return f"CAST(extract(epoch FROM {moment} - clock_timestamp()) AS FLOAT)"


_NOW = select(now())


def read_now(connection: Connection) -> datetime:
    """The database's present moment, aware."""
    return aware(connection.execute(_NOW).scalar_one())


def aware(moment: datetime) -> datetime:
    """The moment with its zone: SQLite returns moments without one, and they are UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
