"""The column types that the tables share."""

from typing import Any

from sqlalchemy import String
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
