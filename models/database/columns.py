"""The column types that the tables share."""

from typing import Any

from sqlalchemy import String
from sqlmodel import Field

# Strings are compared by Unicode code point everywhere (programme: one decision per candidate). SQLite does so by
# itself; PostgreSQL would follow the locale.
CODE_POINT = String().with_variant(String(collation="C"), "postgresql")


def key(**options: Any) -> Any:
    """A required string that is compared and ordered by code point."""
    return Field(sa_type=CODE_POINT, **options)


def optional_key(**options: Any) -> Any:
    return Field(default=None, sa_type=CODE_POINT, **options)
