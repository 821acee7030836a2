"""Rows in order without holding all of them: each part is sorted by itself, and lies on disk until all are merged."""

import pickle
from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import groupby
from operator import itemgetter
from tempfile import TemporaryFile
from typing import BinaryIO, Generic, TypeVar

from models.database.bulk import batches

Row = TypeVar("Row", bound=tuple[str, ...])

ROWS_OF_A_PART = 25_000  # some 8 MB; a day of fewer rows never touches the disk
ROWS_READ_AT_ONCE = 200  # of each part, while all are merged


class SortedRows(Generic[Row]):
    """Rows of strings in code point order, each once however often it was added."""

    def __init__(self) -> None:
        self._parts: list[BinaryIO] = []
        self._last: list[Row] = []

    def add(self, rows: Iterable[Row]) -> None:
        """Add rows, in whatever order."""
        self._last.extend(rows)
        if len(self._last) >= ROWS_OF_A_PART:
            self._parts.append(_written(sorted(self._last)))
            self._last = []

    def __iter__(self) -> Iterator[Row]:
        """The rows so far. One reader at a time."""
        every = merge(*(_read(part) for part in self._parts), sorted(self._last))
        return map(itemgetter(0), groupby(every))


def _written(rows: list[Row]) -> BinaryIO:
    """A file without a name, which is gone when it is closed or the process dies."""
    part = TemporaryFile()  # noqa: SIM115 - closed when nobody reads it any more
    for batch in batches(rows, ROWS_READ_AT_ONCE):
        pickle.dump(batch, part, pickle.HIGHEST_PROTOCOL)
    return part


def _read(part: BinaryIO) -> Iterator[Row]:
    end = part.seek(0, 2)
    part.seek(0)
    while part.tell() < end:
        yield from pickle.load(part)  # our own, of this process
