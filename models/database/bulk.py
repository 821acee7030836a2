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
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        cursor = connection.connection.cursor()
        before = cursor.connection.total_changes
        cursor.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks}){tail}", _plain(table, columns, rows))
        return cursor.connection.total_changes - before
    if ignore_existing and len(rows) >= COPIED_FROM and _copied_whole(connection, [(table.name, columns, rows)]):
        return len(rows)
    cursor = connection.connection.cursor()
    with _incoming(cursor, table, columns, rows) as (source, values):
        cursor.execute(f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {source}{tail}", values)
        return int(cursor.rowcount)


def _copied_whole(connection: Connection, parts: Iterable[tuple[str, Sequence[str], Sequence[Sequence[Any]]]]) -> bool:
    """Copy rows straight into their tables, which takes the server a third less; False when one exists already.

    Args:
        parts: (table, columns, rows) in the order of writing; all of them are copied, or none.
    """
    from psycopg import Connection as Driver
    from psycopg.errors import UniqueViolation

    driver = connection.connection.driver_connection
    assert isinstance(driver, Driver)
    try:
        with driver.transaction():
            for table, columns, rows in parts:
                with driver.cursor().copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
    except UniqueViolation:
        return False
    return True


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
        parts = [(first.name, own, columns, rows, numbers), (second.name, theirs, columns, rows, numbers)]
        if _copied_whole(connection, [_part_of(*part) for part in parts]):
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


def _part_of(
    table: str, names: list[str], columns: Sequence[str], rows: Sequence[Sequence[Any]], numbers: Sequence[int]
) -> tuple[str, list[str], list[list[Any]]]:
    """(table, columns, rows) of one of the tables behind a view, with the ids before the columns `names`."""
    places = [columns.index(name) for name in names]
    numbered = zip(numbers, rows, strict=True)
    return table, ["id", *names], [[number, *(row[place] for place in places)] for number, row in numbered]


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
    own, theirs = ([columns.index(name) for name in part] for part in names)
    plain = _plain(view, columns, rows)
    before = cursor.execute(f"SELECT coalesce(max(id), 0) FROM {first.name}").fetchone()[0]
    changes = cursor.connection.total_changes
    marks = ", ".join("?" * len(own))
    statement = f"INSERT INTO {first.name} ({', '.join(names[0])}) VALUES ({marks}){tail}"
    cursor.executemany(statement, ([row[place] for place in own] for row in plain))
    written = int(cursor.connection.total_changes - changes)
    marks = ", ".join("?" * len(theirs))
    into = f"INSERT INTO {second.name} (id, {', '.join(names[1])})"
    if written == len(plain) and "id" not in columns:
        numbered = enumerate(plain, before + 1)
        cursor.executemany(
            f"{into} VALUES (?, {marks})", ([number, *(row[place] for place in theirs)] for number, row in numbered)
        )
        return written
    told = view.info["told_by"]
    place_of = columns.index(told)
    lacking = f"WHERE {told} = ? AND NOT EXISTS (SELECT 1 FROM {second.name} AS own WHERE own.id = {first.name}.id)"
    cursor.executemany(
        f"{into} SELECT id, {marks} FROM {first.name} {lacking}",
        ([*(row[place] for place in theirs), row[place_of]] for row in plain),
    )
    return written


@contextmanager
def _incoming(
    cursor: Any, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> Iterator[tuple[str, list[list[Any]] | None]]:
    """What to select the rows from on PostgreSQL, and the parameters of that."""
    names = ", ".join(columns)
    if len(rows) < COPIED_FROM:
        casts = ", ".join(f"%s::{_array_type(table.c[name])}" for name in columns)
        yield f"unnest({casts}) AS given ({names})", [list(values) for values in zip(*rows, strict=True)]
        return
    cursor.execute(f"CREATE TEMP TABLE incoming ON COMMIT DROP AS SELECT {names} FROM {table.name} WITH NO DATA")
    with cursor.copy(f"COPY incoming ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
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


def _plain(table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[list[Any]]:
    """The rows with dates as text, the way SQLAlchemy stores them in SQLite."""
    dated = [place for place, name in enumerate(columns) if isinstance(table.c[name].type, Date | DateTime | Moment)]
    plain = [list(row) for row in rows]
    for row in plain:
        for place in dated:
            if isinstance(row[place], date):
                row[place] = _plain_value(row[place])
    return plain


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
