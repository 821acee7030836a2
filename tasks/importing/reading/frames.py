"""A block of records to rows for the database: column by column, each distinct text read once."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from tasks.base.files.rejected import ImportFault, shown
from tasks.importing.reading.cells import NOTHING, StandsForNothing, clean, trim
from tasks.importing.reading.columns import UNREAD, Column, Sheet, Values
from tasks.importing.reading.files import Header, Record, sound_cells

if TYPE_CHECKING:
    import numpy as np


REFUSAL_COUNTS = "of a row that is left out: a no counts all the same, unless another row of the client is sound"


@dataclass
class Block:
    """The result of reading a block of records.

    Attributes:
        columns: the columns of `rows`: `line`, then table columns.
        rows: one for each accepted record.
        left_out: the number of records not accepted.
        refused: (readable id, whether its refusal counts all the same) of those records; the export has them, whatever
            is wrong with the rest.
    """

    columns: list[str]
    rows: list[tuple[Any, ...]]
    faults: list[ImportFault]
    left_out: int
    refused: list[tuple[str, bool]]


class Reading(NamedTuple):
    """What reading cells needs besides the file.

    Attributes:
        nothings: the placeholders, case-folded.
        today: the day of the import.
    """

    nothings: frozenset[str]
    today: date


def read_block(sheet: Sheet, header: Header, records: Sequence[Record], reading: Reading) -> Block:
    """Read `records`.

    Records without one cell per column, or with an unusable required cell, are left out with a fault.
    """
    import numpy as np
    import pandas as pd

    broken = [_broken(sheet, record, header) for record in records if record.fault]
    sound = [record for record in records if not record.fault]
    frame = pd.DataFrame([record.cells for record in sound], columns=header.names, dtype=object)
    is_left_out = np.zeros(len(sound), dtype=bool)
    faults: list[ImportFault] = []
    values: Values = {}
    ids = [shown(trim(text)) for text in frame[sheet.columns[0].name]]
    for column in header.known(sheet):
        values[column.stored_as], bad = _read_column(column, frame[column.name].to_numpy(), reading.nothings)
        for index, text, reason, costs_row in bad:
            is_left_out[index] |= costs_row
            faults.append(ImportFault(sheet.file, sound[index].line, column.name, shown(text), reason, ids[index]))
    for index, name, reason in sheet.finish(values, reading.today):
        if not is_left_out[index]:
            found = sound[index].cells[header.names.index(name)]
            faults.append(ImportFault(sheet.file, sound[index].line, name, shown(found), reason, ids[index]))
    rows = _taken(sound, values, is_left_out)
    refused = [(found, False) for record in records if record.fault and (found := _id_of(header, record))]
    for index in map(int, np.flatnonzero(is_left_out)):
        if row_id := values[sheet.id_column][index]:
            refuses = _refuses(sheet, values, index)
            refused.append((row_id, refuses is not None))
            if refuses:
                faults.append(ImportFault(sheet.file, sound[index].line, refuses, "", REFUSAL_COUNTS, ids[index]))
    return Block(["line", *values], rows, broken + faults, len(records) - len(rows), refused)


def _refuses(sheet: Sheet, values: Values, index: int) -> str | None:
    """The column of a row that is left out whose value counts all the same, such as `consent = no`; None without."""
    name, value = sheet.refusal or ("", None)
    return name if name in values and values[name][index] == value else None


def _id_of(header: Header, record: Record) -> str:
    """The id of a broken record; "" when the record ends, or its quotes break, before it."""
    place = header.names.index(header.id_name)
    cells = record.cells
    if len(cells) == 1 and any(sign in cells[0] for sign in f'"{header.separator}'):  # a line not cut into cells
        cells = sound_cells(cells[0], header.separator)
    return trim(cells[place]) if place < len(cells) else ""


def _broken(sheet: Sheet, record: Record, header: Header) -> ImportFault:
    value = shown(header.separator.join(record.cells).rstrip("\r\n"))
    row_id = shown(_id_of(header, record)) if header.separator in value else ""  # a line of one cell may be anything
    return ImportFault(sheet.file, record.line, "", value, f"{record.fault}: row left out", row_id)


def _read_column(
    column: Column, texts: "np.ndarray", nothings: frozenset[str]
) -> tuple[Any, list[tuple[int, str, str, bool]]]:
    """The values of a column, and its faults: (position, text, reason, whether it costs the row)."""
    import numpy as np
    import pandas as pd

    # Each distinct text is read once: a column of a million cells often has few different values.
    codes, distinct = pd.factorize(texts)
    values = np.empty(len(distinct), dtype=object)
    reasons: dict[int, tuple[str, bool]] = {}
    for code, text in enumerate(distinct):
        try:
            values[code] = _value(column, text, nothings)
        except StandsForNothing as error:
            instead = column.when_nothing or (column.when_bad if column.required else None)
            values[code] = instead or column.default
            costs_row = column.required and instead is None
            became = column.counts_as if instead is UNREAD else _became(costs_row, values[code])
            reasons[code] = (f"{error}: {became}", costs_row)
        except ValueError as error:
            values[code] = column.when_bad or column.default
            costs_row = column.required and column.when_bad is None
            reasons[code] = (f"{error}: {column.counts_as or _became(costs_row, values[code])}", costs_row)
    if not reasons:
        return values.take(codes), []
    places = np.flatnonzero(np.isin(codes, list(reasons)))
    return values.take(codes), [(int(place), texts[place], *reasons[codes[place]]) for place in places]


def _value(column: Column, text: str, nothings: frozenset[str] = frozenset()) -> Any:
    cleaned = clean(text)
    if not cleaned:
        if column.required:
            raise ValueError("is empty and must not be")
        return column.default
    if cleaned.casefold() not in nothings:
        return column.read(cleaned)
    if column.is_word:
        with suppress(ValueError):
            return column.read(cleaned)
    raise StandsForNothing(NOTHING)


def _became(costs_row: bool, value: Any) -> str:
    return "row left out" if costs_row else f"taken as {value or 'unknown'}"


def _taken(records: Sequence[Record], values: Values, is_left_out: "np.ndarray") -> list[tuple[Any, ...]]:
    rows = zip((record.line for record in records), *values.values(), strict=True)
    if not is_left_out.any():
        return list(rows)
    return [row for row, out in zip(rows, is_left_out, strict=True) if not out]


def record_check(sheet: Sheet, names: Sequence[str]) -> Callable[[list[str]], bool]:
    """A test whether the required cells of a record are readable; read_records uses it as a guess."""
    required = [(list(names).index(column.name), column) for column in sheet.required]

    def is_record(cells: list[str]) -> bool:
        try:
            for position, column in required:
                _value(column, cells[position])
        except ValueError:
            return False
        return True

    return is_record
