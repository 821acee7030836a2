"""What each table holds of a person."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from tasks.privacy.person import PersonRecords
from tasks.privacy.tables.belongings import Belonging, Whose
from tasks.privacy.tables.registry import present


class Section(NamedTuple):
    """What one table holds of the person; each row has the columns by name."""

    table: str
    belonging: Belonging
    rows: list[dict[str, Any]]


def read_sections(connection: Connection, person: PersonRecords) -> Iterator[Section]:
    """What each table holds of the person, in the order of the registry; tables without anything are left out."""
    whose = Whose(person)
    for table, found in present():
        for belonging in found:
            if not belonging.title and belonging is not found[0]:
                continue  # somebody else's row that has the same address
            columns = [column for column in table.c if column.name not in belonging.hidden]
            query = select(*columns).where(belonging.mine(table, whose)).order_by(*table.primary_key.columns)
            if rows := [dict(row) for row in connection.execute(query).mappings()]:
                yield Section(table.name, belonging, rows)
