"""The schema and its guards, on both databases."""

from datetime import date

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from models.database.bulk import in_values, insert_rows
from models.database.engine import HEAD, reading, schema_version, upgrade_schema, writing
from models.tables import activity

DAY = date(2026, 3, 1)


def test_upgrade_twice_changes_nothing(engine: Engine) -> None:
    """A fresh database stands at the head, and a second upgrade leaves it there."""
    upgrade_schema(engine)

    assert schema_version(engine) == HEAD


@pytest.mark.parametrize("statement", ["UPDATE activity SET kind = 'x'", "DELETE FROM activity"])
def test_activity_is_append_only(engine: Engine, statement: str) -> None:
    """Not even a hand that types SQL can edit or delete what a client did."""
    with writing(engine) as connection:
        insert_rows(connection, activity, ["client_id", "kind", "source_id", "occurred_on"], [["C", "k", "s", DAY]])

    with pytest.raises(DBAPIError, match="append-only"), writing(engine) as connection:
        connection.execute(text(statement))


def test_insert_rows_counts_only_new_rows(engine: Engine) -> None:
    """insert_rows returns how many rows were new and leaves those that were there."""
    columns = ["id", "client_id", "kind", "source_id", "occurred_on"]
    with writing(engine) as connection:
        first = insert_rows(connection, activity, columns, [[1, "C1", "k", "s", DAY], [2, "C2", "k", "s", DAY]])
        second = insert_rows(
            connection, activity, columns, [[2, "C2", "k", "s", DAY], [3, "é", "k", "s", DAY]], ignore_existing=True
        )

    assert (first, second) == (2, 1)
    with reading(engine) as connection:
        query = activity.select().where(in_values(activity.c.client_id, ["é", "C1", "'"], connection.dialect.name))
        assert [(row.client_id, row.occurred_on) for row in connection.execute(query)] == [("C1", DAY), ("é", DAY)]
