"""The values of one JSON parameter in a statement of SQLite.

Written as a select from json_each, SQLAlchemy took 0.2 ms to make it and as much to find what it had compiled of it
before: longer than SQLite takes to look a few values up.
"""

from typing import Any

from sqlalchemy import BindParameter, Boolean
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import operators
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import BinaryExpression, ColumnElement
from sqlalchemy.sql.visitors import InternalTraversal

_TRUTH = Boolean()


def in_each_of(column: ColumnElement[Any], given: BindParameter[Any]) -> ColumnElement[bool]:
    """`column IN` the values of a JSON array."""
    return BinaryExpression(column, _EachOf(given), operators.in_op, negate=operators.not_in_op, type_=_TRUTH)


class _EachOf(ColumnElement[Any]):
    inherit_cache = True
    _traverse_internals = [("given", InternalTraversal.dp_clauseelement)]  # all in which two of them may differ

    def __init__(self, given: BindParameter[Any]) -> None:
        self.given = given
        self.type = given.type


@compiles(_EachOf)
def _write(each: _EachOf, compiler: SQLCompiler, **options: Any) -> str:
    return f"(SELECT value FROM json_each({compiler.process(each.given, **options)}))"
