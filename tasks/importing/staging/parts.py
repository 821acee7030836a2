"""Writing in parts, so that no transaction of an import holds SQLite's one write lock for long.

Pages and webhooks write during an import of half a million rows. SQLite has one writer at a time, and a waiting writer
retries every 0.1 s. So each part is short, and between two parts there is room for one who waits. PostgreSQL has no
such lock: there the whole import is one transaction.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import ColumnElement, Connection, Table, func, literal_column, select, text, true

SECONDS_A_PART = 0.3  # the aim; on a busy machine a part may take three times as long, still under a second
PAUSE_SECONDS = 0.11  # a little more than the 0.1 s after which a waiting SQLite writer retries
FIRST_ROWS, FEWEST_ROWS, MOST_ROWS = 2_000, 200, 200_000

_TEMPORARY = {
    "sqlite": "SELECT name FROM sqlite_temp_master WHERE type = 'table'",
    "postgresql": "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = pg_my_temp_schema()",
}
IsInPart = ColumnElement[bool]


class Parts:
    """The writes of one import over one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.is_parted = connection.dialect.name == "sqlite" and not connection.in_transaction()
        self._rows = FIRST_ROWS

    @contextmanager
    def whole(self) -> Iterator[None]:
        """On PostgreSQL one transaction around everything; on SQLite each step has its own."""
        if self.is_parted or self.connection.in_transaction():
            yield
            return
        with self.connection.begin():
            yield

    @contextmanager
    def leaving_nothing(self) -> Iterator[None]:
        """Drop the temporary tables at the end, also after an error, because the connection returns to a pool."""
        try:
            yield
        except BaseException:
            if self.is_parted:  # PostgreSQL's rollback removes them
                self._drop_temporary()
            raise
        self._drop_temporary()

    def _drop_temporary(self) -> None:
        with self.looking():
            for name in self.connection.scalars(text(_TEMPORARY[self.connection.dialect.name])).all():
                self.connection.execute(text(f'DROP TABLE temp."{name}"' if self.is_parted else f'DROP TABLE "{name}"'))

    @contextmanager
    def looking(self) -> Iterator[None]:
        """A step that reads tables and writes temporary ones; it takes no lock."""
        with self._step(writes=False):
            yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A short step that writes."""
        started = time.monotonic()
        with self._step(writes=True):
            yield
        if self.is_parted and time.monotonic() - started > PAUSE_SECONDS:  # a shorter step held nobody up
            time.sleep(PAUSE_SECONDS)

    def over(self, staged: Table, work: Callable[[IsInPart], int]) -> int:
        """Do `work` for all rows of a temporary table, part by part; return the sum of its results.

        Args:
            work: writes the rows of `staged` that meet the given condition, and returns a count.
        """
        if not self.is_parted:
            return work(true())
        row: ColumnElement[int] = literal_column(f"{staged.name}.rowid")
        with self.looking():
            last = self.connection.scalar(select(func.max(literal_column("rowid"))).select_from(staged)) or 0
        done, total = 0, 0
        self._rows = FIRST_ROWS  # rows of another table may cost several times as much
        while done < last:
            started = time.monotonic()
            with self._step(writes=True):
                total += work(row.between(done + 1, done + self._rows))
            done += self._rows
            self._fit(time.monotonic() - started)
            if done < last:
                time.sleep(PAUSE_SECONDS)
        return total

    def _fit(self, seconds: float) -> None:
        """Set the size of the next part from the time of this one, at most doubling it."""
        wanted = self._rows * min(2.0, SECONDS_A_PART / max(seconds, 0.001))
        self._rows = int(min(MOST_ROWS, max(FEWEST_ROWS, wanted)))

    @contextmanager
    def _step(self, writes: bool) -> Iterator[None]:
        if not self.is_parted:
            yield
            return
        self.connection.execution_options(writes=writes)
        with self.connection.begin():
            yield
