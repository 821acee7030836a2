"""What a file of the export is: its columns, what is asked of each, and whom a row refers to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Table

from tasks.importing import cells

# Parsed columns of a block: table column -> one value a row.
Values = dict[str, Any]
# A fault found by comparing columns: position of the row, column, what was found, what is wrong and became of it.
Misfit = tuple[int, str, str, str]
UNREAD = object()  # stands for a value that could not be read, until `finish` says what it counts as


@dataclass(frozen=True)
class Column:
    """One column of a file.

    Attributes:
        target: the table column, where it has another name than the file's.
        default: what an empty cell means.
        when_bad: what an impossible value is taken as; None stands for `default`. A required column that has one
            keeps its row.
        when_nothing: what a cell that stands for nothing (`n.v.t.`) is taken as; None stands for `default`.
        counts_as: what became of an impossible value, where `when_bad` does not say it by itself.
        is_word: what its reader takes is never taken for a placeholder: `onbekend` is an answer, and any text an id.
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
        return self.target or self.name


@dataclass(frozen=True)
class Reference:
    """A column that names a row of another table; a required one that dangles costs the row."""

    column: str
    table: Table
    noun: str
    required: bool = False


@dataclass(frozen=True)
class Sheet:
    """One file of the export; the first column is the id.

    Attributes:
        finish: adds the table columns that derive from others and compares columns of one row, given the day of the
            import.
        defaults: table columns that a new row needs where the file does not have them.
        marks: columns that `finish` adds and no table has: whether a value stands in for one that was not read.
        told_on: for columns that clients fill in on our own pages, the table column with the day they did.
    """

    file: str
    table: Table
    columns: tuple[Column, ...]
    references: tuple[Reference, ...] = ()
    finish: Callable[[Values, date], Sequence[Misfit]] = lambda values, today: ()
    defaults: tuple[tuple[str, Any], ...] = ()
    marks: tuple[str, ...] = ()
    told_on: tuple[tuple[str, str], ...] = ()

    @property
    def id_column(self) -> str:
        return self.columns[0].stored_as

    @property
    def required(self) -> list[Column]:
        return [column for column in self.columns if column.required]
