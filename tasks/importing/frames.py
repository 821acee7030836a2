"""A block of records to rows for the database: each column is read at once, each distinct text in it once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tasks.importing.cells import clean
from tasks.importing.files import Header, Record
from tasks.importing.report import Fault, shown
from tasks.importing.sheets import Column, Sheet, Values

if TYPE_CHECKING:
    import numpy as np


@dataclass
class Block:
    """What came of a block of records.

    Attributes:
        columns: of `rows`: `line`, then table columns.
        rows: one for each record that is taken.
        left_out: how many records are not.
    """

    columns: list[str]
    rows: list[tuple[Any, ...]]
    faults: list[Fault]
    left_out: int


def read_block(sheet: Sheet, header: Header, records: Sequence[Record]) -> Block:
    """Read `records`: those that have a cell for each column; the others are left out with their fault."""
    import numpy as np
    import pandas as pd

    broken = [_broken(sheet, record, header) for record in records if record.fault]
    sound = [record for record in records if not record.fault]
    frame = pd.DataFrame([record.cells for record in sound], columns=header.names, dtype=object)
    is_left_out = np.zeros(len(sound), dtype=bool)
    faults: list[Fault] = []
    values: Values = {}
    for column in header.known(sheet):
        values[column.stored_as], bad = _read_column(column, frame[column.name].to_numpy())
        for index, text, reason in bad:
            is_left_out[index] |= column.required
            faults.append(Fault(sheet.file, sound[index].line, column.name, shown(text), reason))
    for index, name, found, reason in sheet.finish(values):
        faults.append(Fault(sheet.file, sound[index].line, name, found, f"{reason}: taken as unknown"))
    rows = _taken(sound, values, is_left_out)
    return Block(["line", *values], rows, broken + faults, len(records) - len(rows))


def _broken(sheet: Sheet, record: Record, header: Header) -> Fault:
    value = shown(header.separator.join(record.cells).rstrip("\r\n"))
    return Fault(sheet.file, record.line, "", value, f"{record.fault}: row left out")


def _read_column(column: Column, texts: "np.ndarray") -> tuple[Any, list[tuple[int, str, str]]]:
    """The values of a column, and position, text and reason of each that is not what it must be."""
    import numpy as np
    import pandas as pd

    codes, distinct = pd.factorize(texts)
    values = np.empty(len(distinct), dtype=object)
    reasons: dict[int, str] = {}
    for code, text in enumerate(distinct):
        try:
            values[code] = _value(column, text)
        except ValueError as error:
            values[code] = column.when_bad or column.default
            reasons[code] = f"{error}: {_consequence(column)}"
    if not reasons:
        return values.take(codes), []
    places = np.flatnonzero(np.isin(codes, list(reasons)))
    return values.take(codes), [(int(place), texts[place], reasons[codes[place]]) for place in places]


def _value(column: Column, text: str) -> Any:
    cleaned = clean(text)
    if cleaned:
        return column.read(cleaned)
    if column.required:
        raise ValueError("is empty and must not be")
    return column.default


def _consequence(column: Column) -> str:
    if column.required:
        return "row left out"
    return f"taken as {column.when_bad or column.default or 'unknown'}"


def _taken(records: Sequence[Record], values: Values, is_left_out: "np.ndarray") -> list[tuple[Any, ...]]:
    rows = zip((record.line for record in records), *values.values(), strict=True)
    if not is_left_out.any():
        return list(rows)
    return [row for row, out in zip(rows, is_left_out, strict=True) if not out]


def record_check(sheet: Sheet, names: Sequence[str]) -> Callable[[list[str]], bool]:
    """Whether the required cells of a record are what they must be (a guess for the reader of records)."""
    required = [(list(names).index(column.name), column) for column in sheet.required]

    def is_record(cells: list[str]) -> bool:
        try:
            for position, column in required:
                _value(column, cells[position])
        except ValueError:
            return False
        return True

    return is_record
