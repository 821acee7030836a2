"""Many values as one parameter of a PostgreSQL statement: an array, written as its text.

psycopg would look at each value to find the array's type, and convert it by itself: 2 µs a value, which is more than
the server takes to find the row.
"""

from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import Dialect, Integer, String
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine, UserDefinedType
from sqlmodel import AutoString

Write = Callable[[Any], str]


class GivenArray(UserDefinedType[Any]):
    """The type of a parameter with integers or texts; they may be None.

    Args:
        of: the type of the column that the values are compared with.
    """

    cache_ok = True
    render_bind_cast = True

    def __init__(self, of: TypeEngine[Any]) -> None:
        self.of = of

    def get_col_spec(self, **_options: Any) -> str:
        """PostgreSQL's name of it."""
        return postgresql.ARRAY(self.of).compile(dialect=postgresql.dialect())

    def bind_processor(self, dialect: Dialect) -> Write:
        """What writes the values."""
        return _WRITES[self.of.python_type]


def array_of(of: TypeEngine[Any]) -> TypeEngine[Any]:
    """The type of a parameter with values of this type."""
    plain = of.impl_instance if isinstance(of, AutoString) else of
    return GivenArray(plain) if isinstance(plain, Integer | String) else postgresql.ARRAY(of)


def _numbers(values: Collection[int | None]) -> str:
    return f"{{{','.join('NULL' if value is None else str(value) for value in values)}}}"


def _texts(values: Collection[str | None]) -> str:
    return f"{{{','.join('NULL' if value is None else _quoted(value) for value in values)}}}"


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


_WRITES: dict[type, Write] = {int: _numbers, str: _texts}
