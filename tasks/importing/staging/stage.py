"""The rows of one file in temporary tables: the readable rows, and the ids of the others."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Boolean, Column, ColumnElement, Connection, Integer, MetaData, Table, text

from models.database.bulk import insert_rows
from models.database.columns import CODE_POINT
from tasks.importing.reading.columns import Sheet


class Stage:
    """The temporary tables for one file.

    Attributes:
        table: `line`, then the columns of the sheet's table that the file has, then the sheet's marks.
        refused: ids of rows that the file has but that are left out, and whether their refusal counts all the same.
        lacking: ids of rows that we have and the file lacks.
    """

    def __init__(self, connection: Connection, sheet: Sheet, names: Sequence[str]) -> None:
        self.connection = connection
        self.sheet = sheet
        self.names = list(names)
        self.table, self.refused, self.lacking = _tables(sheet.table, tuple(self.names), sheet.marks)
        for table in (self.table, self.refused, self.lacking):
            table.create(connection)

    @property
    def id(self) -> ColumnElement[str]:
        """The id column of the staged rows."""
        return self.table.c[self.sheet.id_column]

    @property
    def data_names(self) -> list[str]:
        """The table columns that the file has or that derive from it, without the id."""
        return [name for name in self.names if name not in ("line", self.sheet.id_column, *self.sheet.marks)]

    def add(self, rows: Sequence[Sequence[Any]], refused: Sequence[tuple[str, bool]]) -> None:
        """Add rows (in the order of `names`), and refused rows (Block.refused)."""
        insert_rows(self.connection, self.table, self.names, rows)
        # An id longer than 200 characters is refused by its reader and never stored, so a cut-off id matches no row.
        insert_rows(self.connection, self.refused, ["id", "refuses"], [[each[:200], says] for each, says in refused])

    def make_quick(self) -> None:
        """Add an index on the id, and the statistics that PostgreSQL needs to plan well with fresh tables."""
        for table, column in ((self.table, self.sheet.id_column), (self.refused, "id")):
            self.connection.execute(text(f"CREATE INDEX ix_{table.name} ON {table.name} ({column})"))
            if self.connection.dialect.name == "postgresql":
                self.connection.execute(text(f"ANALYZE {table.name}"))


@lru_cache(maxsize=64)  # files with the same columns share them, and so what SQLAlchemy compiles for their statements
def _tables(of: Table, names: tuple[str, ...], marks: tuple[str, ...]) -> tuple[Table, Table, Table]:
    columns = [Column(name, Boolean() if name in marks else of.c[name].type) for name in names if name != "line"]

    def temporary(kind: str, *columns: "Column[Any]") -> Table:
        return Table(f"{kind}_{of.name}", MetaData(), *columns, prefixes=["TEMPORARY"])

    return (
        temporary("staged", Column("line", Integer), *columns),
        temporary("refused", Column("id", CODE_POINT), Column("refuses", Boolean())),
        temporary("lacking", Column("id", CODE_POINT)),
    )


def has_same_id(stage: Stage) -> ColumnElement[bool]:
    """SQL for: the stored row and the staged row have the same id."""
    return stage.sheet.table.c[stage.sheet.id_column] == stage.id
