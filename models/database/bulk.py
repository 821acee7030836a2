"""Many rows in one statement, by the fastest plain way of each database."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Column, Connection, Date, DateTime, Table, select
from sqlalchemy.exc import DBAPIError

from models.database.columns import Moment
from models.database.given import in_values

Value = TypeVar("Value")
Columns = Mapping[str, Sequence[Any]]
"""Rows by their columns: each column's values in the order of the rows."""

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
    """Insert `rows`, each in the order of `columns`; insert_columns says how, what it returns and what it raises."""
    if not rows:
        return 0
    turned = dict(zip(columns, zip(*rows, strict=True), strict=True))
    return insert_columns(connection, table, turned, ignore_existing=ignore_existing)


def insert_columns(connection: Connection, table: Table, given: Columns, *, ignore_existing: bool = False) -> int:
    """Insert rows given as columns of one length, by name, and return the number of new rows.

    A view of two tables with one id (models/messages.py) gets its rows in both.

    Args:
        ignore_existing: skip rows that a unique constraint already has.

    Raises:
        IntegrityError: a row exists already, and `ignore_existing` is False.
    """
    if not _count(given):
        return 0
    with _faults_as_elsewhere(connection, table):
        return _insert(connection, table, given, ignore_existing)


@contextmanager
def _faults_as_elsewhere(connection: Connection, table: Table) -> Iterator[None]:
    """These statements go to the driver itself; its errors leave as those of every other statement do."""
    driver: Any = connection.dialect.loaded_dbapi
    try:
        yield
    except driver.Error as fault:
        said = f"INSERT INTO {table.name}"
        raise DBAPIError.instance(
            said, None, fault, driver.Error, hide_parameters=True, dialect=connection.dialect
        ) from fault


def _insert(connection: Connection, table: Table, given: Columns, ignore_existing: bool) -> int:
    count, tail = _count(given), " ON CONFLICT DO NOTHING" if ignore_existing else ""
    cursor: Any = connection.connection.cursor()
    if "parts" in table.info:
        given = _with_shared(connection, table, given)
        insert = _insert_parts_in_sqlite if connection.dialect.name == "sqlite" else _insert_parts
        return insert(cursor, table, given, tail)
    names = ", ".join(given)
    if connection.dialect.name == "sqlite":
        before = cursor.connection.total_changes
        cursor.executemany(
            f"INSERT INTO {table.name} ({names}) VALUES ({_marks(given)}){tail}", _plain_rows(table, given)
        )
        return int(cursor.connection.total_changes - before)
    if ignore_existing and count >= COPIED_FROM and _copied_whole(cursor, [(table, given)]):
        return count
    with _incoming(cursor, table, given) as (source, values):
        cursor.execute(f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {source}{tail}", values)
        return int(cursor.rowcount)


def _count(given: Columns) -> int:
    return len(next(iter(given.values())))


def _marks(given: Columns) -> str:
    return ", ".join("?" * len(given))


def numbers_of(connection: Connection, table: Table, texts: Iterable[str]) -> dict[str, int]:
    """The ids of texts that many rows share, made where there was none.

    Args:
        table: its columns are an id and the text, which is unique.
    """
    number, text = table.columns
    wanted = set(texts)
    query = select(text, number).where(in_values(text, wanted))
    found = dict(connection.execute(query).tuples().all()) if wanted else {}
    if missing := sorted(wanted - found.keys()):
        insert_columns(connection, table, {text.name: missing}, ignore_existing=True)
        found = dict(connection.execute(query).tuples().all())
    return found


def _with_shared(connection: Connection, view: Table, given: Columns) -> Columns:
    """The columns as the tables of a view have them: in the place of a text that many rows share, its number."""
    kept = dict(given)
    for name, table in view.info["shared"].items():
        if name in given:
            texts = kept.pop(name)
            numbers = numbers_of(connection, table, set(texts) - {None})
            kept[f"{name}_id"] = list(map(numbers.get, texts))
    return kept


def _copied_whole(cursor: Any, parts: Iterable[tuple[Table, Columns]]) -> bool:
    """Copy rows straight into their tables, which takes the server a third less; False when one exists already.

    Args:
        parts: in the order of writing; all of them are copied, or none.
    """
    from psycopg.errors import IntegrityError

    try:
        with cursor.connection.transaction():
            for table, given in parts:
                _copy(cursor, table, table.name, given)
    except IntegrityError:
        return False
    return True


def _copy(cursor: Any, table: Table, into: str, given: Columns) -> None:
    """In PostgreSQL's binary form, which takes us two thirds of the time."""
    with cursor.copy(f"COPY {into} ({', '.join(given)}) FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types([_type_of(table.c[name]) for name in given])
        for row in zip(*given.values(), strict=True):
            copy.write_row(row)


def _insert_parts(cursor: Any, view: Table, given: Columns, tail: str) -> int:
    """insert_columns for a view: `parts` of its info are the table that numbers the rows and the one that follows."""
    first, second = view.info["parts"]
    count = _count(given)
    if tail and count >= COPIED_FROM and "id" not in given:
        numbered = {"id": _numbers(cursor, first, count), **given}
        if _copied_whole(cursor, [(part, _of_part(numbered, part)) for part in (first, second)]):
            return count
    told = view.info["told_by"]
    names = ", ".join(_of_part(given, first))
    others = ", ".join(name for name in _of_part(given, second) if name != "id")
    with _incoming(cursor, view.info["whole"], given) as (source, values):
        cursor.execute(
            f"WITH given_rows AS (SELECT * FROM {source}), made AS (INSERT INTO {first.name} ({names}) "
            f"SELECT {names} FROM given_rows{tail} RETURNING id, {told}) INSERT INTO {second.name} (id, {others}) "
            f"SELECT made.id, {others} FROM made JOIN given_rows USING ({told})",
            values,
        )
        return int(cursor.rowcount)


def _of_part(given: Columns, part: Table) -> dict[str, Sequence[Any]]:
    return {name: values for name, values in given.items() if name in part.c}


def _numbers(cursor: Any, table: Table, count: int) -> list[int]:
    """So many new ids of a PostgreSQL table."""
    # OFFSET 0 has the name of the sequence looked up once; for each row that cost more than the rows themselves.
    taken = (
        "SELECT array_agg(nextval(own.sequence)) FROM generate_series(1, %s), "
        "(SELECT pg_get_serial_sequence(%s, 'id')::regclass AS sequence OFFSET 0) AS own"
    )
    (numbers,) = cursor.execute(taken, (count, table.name)).fetchone()
    return list(numbers)


def _insert_parts_in_sqlite(cursor: Any, view: Table, given: Columns, tail: str) -> int:
    """Rows get consecutive numbers, so those of the second table are known, unless some rows were there already."""
    first, second = view.info["parts"]
    own, theirs = _of_part(given, first), _of_part(given, second)
    theirs.pop("id", None)
    before = cursor.execute(f"SELECT coalesce(max(id), 0) FROM {first.name}").fetchone()[0]
    changes = cursor.connection.total_changes
    statement = f"INSERT INTO {first.name} ({', '.join(own)}) VALUES ({_marks(own)}){tail}"
    cursor.executemany(statement, _plain_rows(first, own))
    written = int(cursor.connection.total_changes - changes)
    into = f"INSERT INTO {second.name} (id, {', '.join(theirs)})"
    if written == _count(given) and "id" not in given:
        numbered = {"id": range(before + 1, before + 1 + written), **theirs}
        cursor.executemany(f"{into} VALUES ({_marks(numbered)})", _plain_rows(second, numbered))
        return written
    told = view.info["told_by"]
    lacking = f"WHERE {told} = ? AND NOT EXISTS (SELECT 1 FROM {second.name} AS own WHERE own.id = {first.name}.id)"
    statement = f"{into} SELECT id, {_marks(theirs)} FROM {first.name} {lacking}"
    rows = zip(_plain_rows(second, theirs), given[told], strict=True)
    cursor.executemany(statement, ((*row, tells) for row, tells in rows))
    return written


@contextmanager
def _incoming(cursor: Any, table: Table, given: Columns) -> Iterator[tuple[str, list[list[Any]] | None]]:
    """What to select the rows from on PostgreSQL, and the parameters of that."""
    names = ", ".join(given)
    if _count(given) < COPIED_FROM:
        casts = ", ".join(f"%s::{_type_of(table.c[name])}[]" for name in given)
        yield f"unnest({casts}) AS given ({names})", [list(values) for values in given.values()]
        return
    columns = ", ".join(f"{name} {_type_of(table.c[name])}" for name in given)
    cursor.execute(f"CREATE TEMP TABLE incoming ({columns}) ON COMMIT DROP")
    _copy(cursor, table, "incoming", given)
    yield "incoming", None
    cursor.execute("DROP TABLE incoming")


def batches(values: Iterable[Value], size: int) -> Iterator[list[Value]]:
    """The values in lists of `size`, in order; the last list may be shorter."""
    rest = iter(values)
    while batch := list(islice(rest, size)):
        yield batch


def _plain_rows(table: Table, given: Columns) -> Iterator[tuple[Any, ...]]:
    """The rows with dates as text, the way SQLAlchemy stores them in SQLite."""
    columns = [
        _plain(values) if isinstance(table.c[name].type, Date | DateTime | Moment) else values
        for name, values in given.items()
    ]
    return zip(*columns, strict=True)


def _plain(values: Iterable[Any]) -> Iterator[Any]:
    """The same values, each distinct one converted once: the rows of one statement share a few days."""
    known = {value: _plain_value(value) if isinstance(value, date) else value for value in set(values)}
    return map(known.__getitem__, values)


def _plain_value(value: date) -> str:
    if isinstance(value, datetime):
        # In UTC and without a zone, because readers and the database's own clock assume UTC.
        return (value.astimezone(UTC) if value.tzinfo else value).strftime("%Y-%m-%d %H:%M:%S.%f")
    return value.isoformat()


def _type_of(column: "Column[Any]") -> str:
    """PostgreSQL's name of the column's type."""
    from sqlalchemy.dialects import postgresql

    return column.type.compile(dialect=postgresql.dialect()).split(" COLLATE")[0].lower()
