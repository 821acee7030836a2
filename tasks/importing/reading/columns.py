"""What a file of the export is: its columns, the requirements of each, and the rows that it refers to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Table

from tasks.importing.reading import cells

# Parsed columns of a block: table column -> one value per row.
Values = dict[str, Any]
# A fault found by comparing columns: position of the row, column, what is wrong with its cell and how it was resolved.
Misfit = tuple[int, str, str]
UNREAD = object()  # stands for an unreadable value, until `finish` decides what it counts as


@dataclass(frozen=True)
class Column:
    """One column of a file.

    Attributes:
        target: the table column, where its name differs from the file's.
        default: the value of an empty cell.
        when_bad: the value of an unreadable cell; None stands for `default`. With it, an unreadable required cell does
            not cost the row.
        when_nothing: the value of a cell that stands for nothing (`n.v.t.`); None stands for `default`.
        counts_as: what an unreadable cell counts as, where `when_bad` does not say so itself.
        is_word: text that its reader accepts is never a placeholder: `onbekend` is an answer, and any text may be an
        id.
    """

    name: str
    read: cells.Reader
    required: bool = False
    target: str = ""
    default: Any = None
    when_bad: Any = None
    when_nothing: Any = None
    counts_as: str = ""
    is_word: bool = False

    @property
    def stored_as(self) -> str:
        """The name of the table column."""
        return self.target or self.name


@dataclass(frozen=True)
class Reference:
    """A column that names a row of another table.

    Attributes:
        required: a reference to nothing costs the row; otherwise it is forgotten.
        outlasts_hold: it stays while that row is held, and counts again when the row does. One to a client is
            forgotten: another record may have taken that one's place.
    """

    column: str
    table: Table
    noun: str
    required: bool = False
    outlasts_hold: bool = False


@dataclass(frozen=True)
class Sheet:
    """One file of the export; the first column is the id.

    Attributes:
        finish: adds derived table columns and compares the columns of each row, given the day of the import.
        defaults: (table column, value) for a new row, where the file lacks the column.
        marks: columns that `finish` adds only to the stage: whether a value stands in for an unreadable one.
        refusal: (column, value) that counts for the row that we have although this one is left out.
        stated_on: (column, table column) for columns that clients can also set on our own pages; the table column has
            the day on which they did.
    """

    file: str
    table: Table
    columns: tuple[Column, ...]
    references: tuple[Reference, ...] = ()
    finish: Callable[[Values, date], Sequence[Misfit]] = lambda values, today: ()
    defaults: tuple[tuple[str, Any], ...] = ()
    marks: tuple[str, ...] = ()
    refusal: tuple[str, Any] | None = None
    stated_on: tuple[tuple[str, str], ...] = ()

    @property
    def id_column(self) -> str:
        """The name of the table column of the id."""
        return self.columns[0].stored_as

    @property
    def required(self) -> list[Column]:
        """The columns that must not be empty."""
        return [column for column in self.columns if column.required]
