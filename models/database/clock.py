"""The database's own clock, for leases and waiting times: one clock for all workers, whatever their machines think.

Rules never look at it; for them a day is an argument.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, DateTime, cast, func, literal_column
from sqlalchemy.sql.elements import ColumnElement

# As SQLAlchemy writes an aware datetime to SQLite, so that moments compare as text; UTC.
_SQLITE_FORMAT = "%Y-%m-%d %H:%M:%f000"
_MOMENT = DateTime(timezone=True)


def now(dialect: str) -> ColumnElement[Any]:
    """The present moment, also inside a long transaction."""
    if dialect == "sqlite":
        return func.strftime(_SQLITE_FORMAT, "now", type_=_MOMENT)
    return func.clock_timestamp(type_=_MOMENT)


def now_plus(dialect: str, seconds: float) -> ColumnElement[Any]:
    if dialect == "sqlite":
        return func.strftime(_SQLITE_FORMAT, "now", f"{seconds:+.3f} seconds", type_=_MOMENT)
    return cast(func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, seconds), _MOMENT)


def seconds_until(dialect: str, moment: ColumnElement[Any]) -> ColumnElement[Any]:
    """Seconds from now to `moment`, negative when it is past, NULL when it is."""
    if dialect == "sqlite":
        return (func.julianday(moment) - func.julianday("now")) * 86_400.0
    return cast(func.extract("epoch", moment - literal_column("clock_timestamp()")), _float())


def read_now(connection: Connection) -> Any:
    """The database's present moment, aware."""
    from sqlalchemy import select

    return aware(connection.execute(select(now(connection.dialect.name))).scalar_one())


def aware(moment: datetime) -> datetime:
    """A moment as read: SQLite gives it back without its zone, which is UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _float() -> Any:
    from sqlalchemy import Float

    return Float()
