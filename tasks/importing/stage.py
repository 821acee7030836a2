"""The rows of one file in temporary tables: those that can be read, and the ids of those that cannot."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Boolean, Column, ColumnElement, Connection, Integer, MetaData, Table, text

from models.database.bulk import insert_rows
from models.database.columns import CODE_POINT
from tasks.importing.columns import Sheet


class Stage:
    """Temporary tables with what one file says.

    Attributes:
        table: `line`, then those columns of the sheet's table that the file has, then the sheet's marks.
        refused: ids of rows that the file has and that are left out.
        lacking: ids of rows that we hold and the file has not.
    """

    def __init__(self, connection: Connection, sheet: Sheet, names: Sequence[str]) -> None:
        self.connection = connection
        self.sheet = sheet
        self.names = list(names)
        own = sheet.table.c
        columns = [
            Column(name, Boolean() if name in sheet.marks else own[name].type) for name in self.names if name != "line"
        ]
        self.table = self._make("staged", Column("line", Integer), *columns)
        self.refused = self._make("refused", Column("id", CODE_POINT))
        self.lacking = self._make("lacking", Column("id", CODE_POINT))

    def _make(self, kind: str, *columns: "Column[Any]") -> Table:
        table = Table(f"{kind}_{self.sheet.table.name}", MetaData(), *columns, prefixes=["TEMPORARY"])
        table.create(self.connection)
        return table

    @property
    def id(self) -> ColumnElement[str]:
        return self.table.c[self.sheet.id_column]

    @property
    def data_names(self) -> list[str]:
        """The table's columns that the file has or that follow from it, but the id."""
        return [name for name in self.names if name not in ("line", self.sheet.id_column, *self.sheet.marks)]

    def add(self, rows: Sequence[Sequence[Any]], refused_ids: Sequence[str]) -> None:
        insert_rows(self.connection, self.table, self.names, rows)
        insert_rows(self.connection, self.refused, ["id"], [[each[:200]] for each in refused_ids])

    def make_quick(self) -> None:
        """An index on the id, and what PostgreSQL must know of fresh tables to plan well."""
        for table, column in ((self.table, self.sheet.id_column), (self.refused, "id")):
            self.connection.execute(text(f"CREATE INDEX ix_{table.name} ON {table.name} ({column})"))
            if self.connection.dialect.name == "postgresql":
                self.connection.execute(text(f"ANALYZE {table.name}"))


def has_same_id(stage: Stage) -> ColumnElement[bool]:
    return stage.sheet.table.c[stage.sheet.id_column] == stage.id
