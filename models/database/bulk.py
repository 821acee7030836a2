"""Many rows in one statement, by the fastest plain way of each database."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Column, Connection, Date, DateTime, Table, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from models.database.columns import Moment

Value = TypeVar("Value")
Part = tuple[str, Sequence[str], Sequence[Sequence[Any]]]
"""(table, names of columns, columns) of rows for one table."""

# From so many rows, PostgreSQL's COPY pays, even by way of a temporary table (5,000 messages take a quarter of the time
# that arrays take).
COPIED_FROM = 500


def insert_rows(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    ignore_existing: bool = False,
) -> int:
    """Insert `rows`, each in the order of `columns`, and return the number of new rows.

    A view of two tables with one id (models/messages.py) gets its rows in both.

    Args:
        ignore_existing: skip rows that a unique constraint already has.

    Raises:
        IntegrityError: a row exists already, and `ignore_existing` is False.
    """
    if not rows:
        return 0
    tail = " ON CONFLICT DO NOTHING" if ignore_existing else ""
    if "parts" in table.info:
        return insert_in_parts(connection, table, columns, rows, tail)
    names = ", ".join(columns)
    cursor: Any = connection.connection.cursor()
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        before = cursor.connection.total_changes
        plain = zip(*_plain(table, columns, rows), strict=True)
        cursor.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks}){tail}", plain)
        return cursor.connection.total_changes - before
    copied = ignore_existing and len(rows) >= COPIED_FROM
    if copied and _copied_whole(connection, [(table.name, columns, _turned(rows))]):
        return len(rows)
    with _incoming(cursor, table, columns, rows) as (source, values):
        cursor.execute(f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {source}{tail}", values)
        return int(cursor.rowcount)


def _copied_whole(connection: Connection, parts: Iterable[Part]) -> bool:
    """Copy rows straight into their tables, which takes the server a third less; False when one exists already.

    Args:
        parts: in the order of writing; all of them are copied, or none.
    """
    from psycopg import Connection as Driver
    from psycopg.errors import UniqueViolation

    driver = connection.connection.driver_connection
    assert isinstance(driver, Driver)
    try:
        with driver.transaction():
            for table, names, columns in parts:
                _copy(driver.cursor(), f"{table} ({', '.join(names)})", columns)
    except UniqueViolation:
        return False
    return True


def _copy(cursor: Any, into: str, columns: Sequence[Sequence[Any]]) -> None:
    with cursor.copy(f"COPY {into} FROM STDIN") as copy:
        for row in zip(*columns, strict=True):
            copy.write_row(row)


def insert_in_parts(
    connection: Connection, view: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]], tail: str
) -> int:
    """insert_rows for a view: `parts` of its info are the table that numbers the rows and the one that follows it."""
    first, second = view.info["parts"]
    own = [name for name in columns if name in first.c]
    theirs = [name for name in columns if name in second.c and name != "id"]
    cursor: Any = connection.connection.cursor()
    if connection.dialect.name == "sqlite":
        return _insert_parts_in_sqlite(cursor, view, (own, theirs), columns, rows, tail)
    if tail and len(rows) >= COPIED_FROM and "id" not in columns:
        numbers = _numbers(cursor, first, len(rows))
        given = dict(zip(columns, _turned(rows), strict=True)) | {"id": numbers}
        parts = [(table, ["id", *names]) for table, names in ((first.name, own), (second.name, theirs))]
        if _copied_whole(connection, [(table, names, [given[name] for name in names]) for table, names in parts]):
            return len(rows)
    told = view.info["told_by"]
    names, others = ", ".join(own), ", ".join(theirs)
    with _incoming(cursor, view, columns, rows) as (source, values):
        cursor.execute(
            f"WITH given_rows AS (SELECT * FROM {source}), made AS (INSERT INTO {first.name} ({names}) "
            f"SELECT {names} FROM given_rows{tail} RETURNING id, {told}) INSERT INTO {second.name} (id, {others}) "
            f"SELECT made.id, {others} FROM made JOIN given_rows USING ({told})",
            values,
        )
        return int(cursor.rowcount)


def _numbers(cursor: Any, table: Table, count: int) -> list[int]:
    """So many new ids of a PostgreSQL table."""
    taken = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
    return [number for (number,) in cursor.execute(taken, (table.name, count)).fetchall()]


def _insert_parts_in_sqlite(
    cursor: Any,
    view: Table,
    names: tuple[list[str], list[str]],
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    tail: str,
) -> int:
    """Rows get consecutive numbers, so those of the second table are known, unless some rows were there already."""
    first, second = view.info["parts"]
    plain = dict(zip(columns, _plain(view, columns, rows), strict=True))
    own, theirs = ([plain[name] for name in part] for part in names)
    before = cursor.execute(f"SELECT coalesce(max(id), 0) FROM {first.name}").fetchone()[0]
    changes = cursor.connection.total_changes
    marks = ", ".join("?" * len(own))
    statement = f"INSERT INTO {first.name} ({', '.join(names[0])}) VALUES ({marks}){tail}"
    cursor.executemany(statement, zip(*own, strict=True))
    written = int(cursor.connection.total_changes - changes)
    marks = ", ".join("?" * len(theirs))
    into = f"INSERT INTO {second.name} (id, {', '.join(names[1])})"
    if written == len(rows) and "id" not in columns:
        numbers = range(before + 1, before + 1 + written)
        cursor.executemany(f"{into} VALUES (?, {marks})", zip(numbers, *theirs, strict=True))
        return written
    told = view.info["told_by"]
    lacking = f"WHERE {told} = ? AND NOT EXISTS (SELECT 1 FROM {second.name} AS own WHERE own.id = {first.name}.id)"
    cursor.executemany(f"{into} SELECT id, {marks} FROM {first.name} {lacking}", zip(*theirs, plain[told], strict=True))
    return written


@contextmanager
def _incoming(
    cursor: Any, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> Iterator[tuple[str, list[list[Any]] | None]]:
    """What to select the rows from on PostgreSQL, and the parameters of that."""
    names = ", ".join(columns)
    if len(rows) < COPIED_FROM:
        casts = ", ".join(f"%s::{_array_type(table.c[name])}" for name in columns)
        yield f"unnest({casts}) AS given ({names})", [list(values) for values in _turned(rows)]
        return
    cursor.execute(f"CREATE TEMP TABLE incoming ON COMMIT DROP AS SELECT {names} FROM {table.name} WITH NO DATA")
    _copy(cursor, f"incoming ({names})", _turned(rows))
    yield "incoming", None
    cursor.execute("DROP TABLE incoming")


def in_values(column: ColumnElement[Any], values: Iterable[str] | Iterable[int], dialect: str) -> ColumnElement[bool]:
    """`column IN values` for any number of values, as one bound parameter."""
    if dialect == "sqlite":
        import json

        # One JSON parameter: SQLite allows at most 32,766 parameters in a statement.
        each = func.json_each(bindparam(None, json.dumps(list(values)))).table_valued("value")
        return column.in_(select(each.c.value))
    return column == func.any(bindparam(None, list(values), type_=ARRAY(column.type)))


def batches(values: Iterable[Value], size: int) -> Iterator[list[Value]]:
    """The values in lists of `size`, in order; the last list may be shorter."""
    rest = iter(values)
    while batch := list(islice(rest, size)):
        yield batch


def _turned(rows: Iterable[Sequence[Any]]) -> list[Sequence[Any]]:
    """The columns of these rows."""
    return list(zip(*rows, strict=True))


def _plain(table: Table, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[Sequence[Any]]:
    """The columns of these rows with dates as text, the way SQLAlchemy stores them in SQLite."""
    columns = _turned(rows)
    for place, name in enumerate(names):
        if isinstance(table.c[name].type, Date | DateTime | Moment):
            columns[place] = [_plain_value(each) if isinstance(each, date) else each for each in columns[place]]
    return columns


@lru_cache(maxsize=1024)  # the rows of one statement share a few days
def _plain_value(value: date) -> str:
    if isinstance(value, datetime):
        # In UTC and without a zone, because readers and the database's own clock assume UTC.
        return (value.astimezone(UTC) if value.tzinfo else value).strftime("%Y-%m-%d %H:%M:%S.%f")
    return value.isoformat()


def _array_type(column: "Column[Any]") -> str:
    from sqlalchemy.dialects import postgresql

    kind = column.type.compile(dialect=postgresql.dialect()).split(" COLLATE")[0]
    return f"{kind}[]"


def not_in_values(column: ColumnElement[Any], values: Iterable[Any], dialect: str) -> ColumnElement[bool]:
    """`column NOT IN values`, as one bound parameter.

    On PostgreSQL the values become a subquery, which is hashed once; `<> ALL(array)` may compare each row with each
    value.
    """
    if dialect == "sqlite":
        return in_values(column, values, dialect).is_(False)
    return column.not_in(select(func.unnest(bindparam(None, list(values), type_=ARRAY(column.type)))))
