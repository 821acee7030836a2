"""The database's own clock, for leases and waiting times: all workers share it, whatever their machines' clocks say.

Rules never read it; they get the day as an argument.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, DateTime, cast, func, literal_column
from sqlalchemy.sql.elements import ColumnElement

# The format in which SQLAlchemy writes a datetime to SQLite, so that moments compare as text; always UTC.
_SQLITE_FORMAT = "%Y-%m-%d %H:%M:%f000"
_MOMENT = DateTime(timezone=True)


def now(dialect: str) -> ColumnElement[Any]:
    """SQL for the present moment; it moves on inside a long transaction too."""
    if dialect == "sqlite":
        return func.strftime(_SQLITE_FORMAT, "now", type_=_MOMENT)
    # PostgreSQL's now() would be the start of the transaction.
    return func.clock_timestamp(type_=_MOMENT)


def now_plus(dialect: str, seconds: float) -> ColumnElement[Any]:
    """SQL for the moment `seconds` from now; negative seconds lie in the past."""
    if dialect == "sqlite":
        return func.strftime(_SQLITE_FORMAT, "now", f"{seconds:+.3f} seconds", type_=_MOMENT)
    return cast(func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, seconds), _MOMENT)


def seconds_until(dialect: str, moment: ColumnElement[Any]) -> ColumnElement[Any]:
    """SQL for the seconds from now to `moment`: negative when it is past, NULL when `moment` is NULL."""
    if dialect == "sqlite":
        return (func.julianday(moment) - func.julianday("now")) * 86_400.0
    return cast(func.extract("epoch", moment - literal_column("clock_timestamp()")), _float())


def read_now(connection: Connection) -> Any:
    """The database's present moment, aware."""
    from sqlalchemy import select

    return aware(connection.execute(select(now(connection.dialect.name))).scalar_one())


def aware(moment: datetime) -> datetime:
    """The moment with its zone: SQLite returns moments without one, and they are UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _float() -> Any:
    from sqlalchemy import Float

    return Float()
