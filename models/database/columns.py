"""The column types that the tables share."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Index, String, TypeDecorator
from sqlmodel import Field

# All key strings compare by Unicode code point (programme: one decision per candidate). That is SQLite's default;
# PostgreSQL would follow the locale.
CODE_POINT = String().with_variant(String(collation="C"), "postgresql")


def key(**options: Any) -> Any:
    """A required string column, compared and ordered by code point."""
    return Field(sa_type=CODE_POINT, **options)


def optional_key(**options: Any) -> Any:
    """The same, but it may be NULL."""
    return Field(default=None, sa_type=CODE_POINT, **options)


def partial_index(name: str, *columns: Any, where: str, unique: bool = False) -> Index:
    """An index over the rows for which the SQL of `where` holds, on both databases.

    It tells what the migrations made. To say it by each database's own option would load PostgreSQL's dialect in every
    command on SQLite, a thirtieth of a cold `plan`.
    """
    return Index(name, *columns, unique=unique, info={"where": where})


class Moment(TypeDecorator[datetime]):
    """An aware moment of whatever zone, kept in UTC: SQLite would otherwise drop the zone and keep the clock time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment in UTC."""
        return value.astimezone(UTC) if value is not None and value.tzinfo else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment with its zone."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value
