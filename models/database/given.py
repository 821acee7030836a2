"""Conditions on any number of values, given as one parameter: a JSON array on SQLite, an array on PostgreSQL.

SQLite allows at most 32,766 parameters in a statement. psycopg would look at each value to find an array's type, and
convert it by itself, which takes 2 µs a value and so longer than the server takes to find the row.
"""

import json
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, Boolean, Dialect, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import operators
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import BinaryExpression, ColumnElement
from sqlalchemy.types import TypeEngine, UserDefinedType
from sqlmodel import AutoString

_TRUTH = Boolean()


def in_values(column: ColumnElement[Any], values: Iterable[str | None] | Iterable[int | None]) -> ColumnElement[bool]:
    """`column IN values`; with `~` before it, NOT IN."""
    return _Among(column, bindparam(None, list(values), type_=_type_of(column.type)), operators.in_op, _TRUTH)


def in_given(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """The same for a statement that is made once and runs often; each run gives `name` a list of its own."""
    return _Among(column, bindparam(name, type_=_type_of(column.type)), operators.in_op, _TRUTH)


def not_in_given(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """`column NOT IN` for a statement that is made once and runs often; each run gives `name` a list of its own."""
    return _Among(column, bindparam(name, type_=_type_of(column.type)), operators.not_in_op, _TRUTH)


class _Among(BinaryExpression[bool]):
    """A column, how it is compared (in_op or not_in_op), and the parameter with the values."""

    inherit_cache = True
    left: ColumnElement[Any]
    right: BindParameter[Any]


@compiles(_Among, "sqlite")
def _from_json(among: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, given = _sides(among, compiler, options)
    return f"{column} {'NOT ' if _is_negated(among) else ''}IN (SELECT value FROM json_each({given}))"


@compiles(_Among, "postgresql")
def _from_array(among: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, given = _sides(among, compiler, options)
    if _is_negated(among):  # hashed once; `<> ALL` may compare each row with each value
        return f"{column} NOT IN (SELECT unnest({given}))"
    return f"{column} = ANY ({given})"


def _sides(among: _Among, compiler: SQLCompiler, options: dict[str, Any]) -> tuple[str, str]:
    return compiler.process(among.left, **options), compiler.process(among.right, **options)


def _is_negated(among: _Among) -> bool:
    return among.operator is operators.not_in_op


class _Values(UserDefinedType[Any]):
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
        from sqlalchemy.dialects import postgresql

        return postgresql.ARRAY(self.of).compile(dialect=postgresql.dialect())

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str]:
        """What writes the values. Raises KeyError where the column holds neither integers nor text."""
        return json.dumps if dialect.name == "sqlite" else _WRITES[self.of.python_type]


@lru_cache(maxsize=256)
def _type_of(column: TypeEngine[Any]) -> _Values:
    return _Values(column.impl_instance if isinstance(column, AutoString) else column)


def _numbers(values: Collection[int | None]) -> str:
    return f"{{{','.join('NULL' if value is None else str(value) for value in values)}}}"


def _texts(values: Collection[str | None]) -> str:
    return f"{{{','.join('NULL' if value is None else _quoted(value) for value in values)}}}"


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


_WRITES: dict[type, Callable[[Any], str]] = {int: _numbers, str: _texts}
