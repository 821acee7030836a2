"""From the bytes of a CSV file to its records, each with the line on which it starts; every dropped line is reported.

pandas cannot do this part: it cuts text at a NUL, gives no line numbers, and swallows rows after an open quote.
"""

import codecs
import csv
import io
import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from tasks.base.files.rejected import shown
from tasks.importing.reading.cells import trim
from tasks.importing.reading.columns import Column, Sheet

LONGEST_LINE = 16 * 1024 * 1024  # characters
MOST_LINES_A_RECORD = 200
BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
SEPARATORS = (",", ";")
WORKBOOKS = ("pk\x03\x04", "ðï\x11")  # how the files of Excel begin, of today and of before 2007, read as names
_SEP_LINE = re.compile(r'"?sep=(.)"?', re.IGNORECASE)
NEARLY = 0.85  # least likeness: `delivered` is nearly `delivered_on`, but `created_at` is another column
_NO_LETTER = re.compile(r"[^a-z0-9]")
# One cell with the separator behind it, so that a cell in which a line ends is none.
_SOUND_CELL = {
    separator: re.compile(rf'(?:"(?P<quoted>[^"]*(?:""[^"]*)*)"|(?P<plain>[^"{separator}]*)){separator}')
    for separator in SEPARATORS
}
_ODD_BYTE = re.compile("[\udc80-\udcff]")


class FileUnusable(Exception):
    """Nothing of this file can be imported; the message says why."""


class Record(NamedTuple):
    """A record with one cell for each column, or (with `fault`) the text of a record that cannot be read."""

    line: int
    cells: list[str]
    fault: str = ""


@dataclass
class Lines:
    """The lines of a file with their numbers; lines that were taken can be handed back.

    Attributes:
        odd_lines: numbers of the lines that are not in `charset`.
    """

    raw: io.BufferedReader
    charset: str
    size: int
    number: int = 0
    odd_lines: list[int] = field(default_factory=list)
    _waiting: deque[str] = field(default_factory=deque)

    def __post_init__(self) -> None:
        errors = "replace" if self.charset == "utf-16" else "surrogateescape"
        self.stream = io.TextIOWrapper(self.raw, encoding=self.charset, errors=errors, newline="")

    @property
    def bytes_read(self) -> int:
        """The number of bytes read so far, buffered ones included."""
        return self.raw.tell()

    def take(self) -> str | None:
        """The next line with its line end; None after the last line."""
        if self._waiting:
            self.number += 1
            return self._waiting.popleft()
        try:
            line = self.stream.readline(LONGEST_LINE)
        except OSError as error:  # a share of the network that went away
            raise FileUnusable(f"cannot be read to its end: {error.strerror}") from None
        if not line:
            return None
        self.number += 1
        if len(line) == LONGEST_LINE:
            self._skip_rest(line)
        return line if line.isascii() else self._repaired(line)

    def hand_back(self, lines: list[str]) -> None:
        """Return the lines that were taken last, so that `take` yields them again in the same order."""
        self.number -= len(lines)
        self._waiting.extendleft(reversed(lines))

    def _skip_rest(self, line: str) -> None:
        while line and not line.endswith(("\n", "\r")):
            line = self.stream.readline(LONGEST_LINE)

    def _repaired(self, line: str) -> str:
        """The line with bytes that are not UTF-8 read as Windows-1252, their likely origin.

        A byte without a meaning in Windows-1252 becomes a control character, which the readers of cells refuse.
        """
        if self.charset == "utf-16" and "\ufffd" in line:
            self.odd_lines.append(self.number)
        if not _ODD_BYTE.search(line):
            return line
        self.odd_lines.append(self.number)
        return _ODD_BYTE.sub(lambda odd: _windows_1252(ord(odd[0]) - 0xDC00), line)


def _windows_1252(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


def open_lines(path: Path) -> Lines:
    """Open a file as UTF-8, or as UTF-16 when it has that byte order mark. Raises FileUnusable."""
    if path.exists() and not path.is_file():
        raise FileUnusable("is not a file")
    try:
        raw = path.open("rb")
        start = raw.read(3)
        raw.seek(0)
        size = path.stat().st_size
    except OSError as error:
        raise FileUnusable(f"cannot be read: {error.strerror}") from None
    charset = next((charset for mark, charset in BYTE_ORDER_MARKS if start.startswith(mark)), "utf-8")
    return Lines(raw, charset, size)


@dataclass(frozen=True)
class Header:
    """The column names of the file, trimmed and in lower case, and its separator."""

    names: list[str]
    separator: str
    unknown: list[str]
    id_name: str

    def known(self, sheet: Sheet) -> list[Column]:
        """The sheet's columns that the file has."""
        return [column for column in sheet.columns if column.name in self.names]


def read_header(lines: Lines, sheet: Sheet) -> Header:
    """Read up to and including the header row. Raises FileUnusable, which names every column at fault."""
    line = _first_line(lines)
    found = _SEP_LINE.fullmatch(line.strip())
    if found:
        line = _first_line(lines)
    known = {column.name for column in sheet.columns}
    separators = (found[1],) if found and found[1] in SEPARATORS else SEPARATORS
    candidates = [(_names(line, separator), separator) for separator in separators]
    names, separator = max(candidates, key=lambda candidate: len(known & set(candidate[0])))
    _check_header(names, sheet)
    return Header(names, separator, [name for name in names if name not in known], sheet.columns[0].name)


def _first_line(lines: Lines) -> str:
    while (line := lines.take()) is not None:
        if line.strip(",; \t\r\n\ufeff"):
            return line
    raise FileUnusable("is empty: the first line must name the columns")


def _names(line: str, separator: str) -> list[str]:
    """The column names; empty names at the end come from surplus separators and are dropped."""
    try:
        names = [trim(name).lower() for name in next(_reader(iter([line]), separator))]
    except csv.Error:
        return []
    while names and not names[-1]:
        names.pop()
    return names


def _check_header(names: list[str], sheet: Sheet) -> None:
    missing = [column.name for column in sheet.required if column.name not in names]
    twice = sorted({column.name for column in sheet.columns if names.count(column.name) > 1})
    doubts = [(name, meant) for name in names if (meant := _nearly(name, names, sheet))]
    if missing:
        found = shown(", ".join(names)) or "none"
        asked = "".join(f"; did you mean {meant} by {shown(name)!r}?" for name, meant in doubts)
        said = f"the first line must name the columns, with ; or , between them (found: {found}{asked})"
        if any("\0" in name or name.startswith(WORKBOOKS) for name in names):
            said = "it is a workbook, or text in another encoding: in Excel save it as 'CSV UTF-8'"
        raise FileUnusable(f"has no column {', '.join(missing)}; {said}")
    if twice:
        raise FileUnusable(f"has more than one column named {', '.join(map(repr, twice))}; keep one of each")
    if doubts:
        asked = "; ".join(f"has a column {shown(name)!r}: did you mean {meant}?" for name, meant in doubts)
        raise FileUnusable(f"{asked} Rename the column, or take it out of the export")


def _nearly(name: str, names: list[str], sheet: Sheet) -> str | None:
    """The missing known column that this unknown one seems to be; None when none is near."""
    known = [column.name for column in sheet.columns if column.name not in names]
    if any(name == column.name for column in sheet.columns):
        return None
    letters = sorted(_NO_LETTER.sub("", name))
    same = [each for each in known if sorted(each.replace("_", "")) == letters]
    return next(iter([*same, *get_close_matches(name, known, 1, NEARLY)]), None)


def read_records(lines: Lines, header: Header, is_record: Callable[[list[str]], bool]) -> Iterator[Record]:
    """Every record after the header; lines with nothing but separators are skipped.

    Args:
        is_record: whether cells could be a record of this file. It distinguishes a line break inside a quoted cell from
            an open quote that would swallow the next record, so that an open quote costs only its own line.
    """
    blank = f"{header.separator} \t\r\n"
    while (line := lines.take()) is not None:
        if not line.strip(blank):
            continue
        number = lines.number
        if len(line) >= LONGEST_LINE:
            yield Record(number, [line[:100]], f"is longer than {LONGEST_LINE} characters")
            continue
        if '"' in line:
            record = _quoted_record(line, lines, header, is_record)
        else:
            record = Record(number, line.rstrip("\r\n").split(header.separator))
        if record.fault or any(record.cells):
            yield record if record.fault else _fitted(record, header.names)


def _fitted(record: Record, names: list[str]) -> Record:
    """The record with exactly one cell per column; surplus cells are allowed when they are empty."""
    line, cells, _ = record
    extra = cells[len(names) :]
    if len(cells) < len(names) or any(cell.strip() for cell in extra):
        return Record(line, cells, f"has {len(cells)} cells, the first line names {len(names)} columns")
    if trim(cells[0]).lower() == names[0] and [trim(cell).lower() for cell in cells[: len(names)]] == names:
        return Record(line, cells, "repeats the first line")
    return Record(line, cells[: len(names)]) if extra else record


def _quoted_record(first: str, lines: Lines, header: Header, is_record: Callable[[list[str]], bool]) -> Record:
    """The record that starts with `first`, over several lines where a quoted cell has line breaks."""
    number, more = lines.number, list[str]()

    def feed() -> Iterator[str]:
        yield first
        while len(more) < MOST_LINES_A_RECORD and (line := lines.take()) is not None:
            more.append(line)
            if _looks_like_record(line, header, is_record) and not _ends_record([first, *more], header, is_record):
                return
            yield line

    try:
        return Record(number, next(_reader(feed(), header.separator)))
    except csv.Error:
        lines.hand_back(more)
        return Record(number, [first], "has a quote that is not closed, or text right after a closing quote")


def sound_cells(line: str, separator: str) -> list[str]:
    """The cells at the start of a broken line, up to the one whose quotes are wrong."""
    cells, place = list[str](), 0
    while found := _SOUND_CELL[separator].match(line, place):
        cells.append(found["plain"] if found["quoted"] is None else found["quoted"].replace('""', '"'))
        place = found.end()
    return cells


def _looks_like_record(line: str, header: Header, is_record: Callable[[list[str]], bool]) -> bool:
    cells = line.rstrip("\r\n").split(header.separator)
    return len(cells) == len(header.names) and is_record(cells)


def _ends_record(taken: list[str], header: Header, is_record: Callable[[list[str]], bool]) -> bool:
    """Whether these lines are one well-formed record: what follows a line break in a cell may look like a record.

    So may the row after an open quote. Where its required cells cannot be read, it is a record only if its first line
    is too short to be one by itself.
    """
    if '"' not in taken[-1]:
        return False
    try:
        (cells,) = _reader(iter(taken), header.separator)
    except (ValueError, csv.Error):
        return False
    return len(cells) == len(header.names) and (is_record(cells) or not _looks_like_record(taken[0], header, is_record))


def _reader(lines: Iterator[str], separator: str) -> Iterator[list[str]]:
    csv.field_size_limit(LONGEST_LINE)
    return csv.reader(lines, delimiter=separator, strict=True)
