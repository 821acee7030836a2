"""The next chunk of a plan is read and decided while the one before it is written."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from typing import TypeVar

from sqlalchemy import Engine

Chunk = TypeVar("Chunk")


@contextmanager
def one_ahead(engine: Engine, chunks: Iterator[Chunk]) -> Iterator[Iterator[Chunk]]:
    """The chunks in their order, each made in a thread of its own while the one before it is used.

    On SQLite each is made when it is asked for. PostgreSQL works in its own process, and half of a day was waiting for
    it; SQLite works in ours, where two threads wait for each other, and a day took a tenth longer.
    """
    if engine.dialect.name == "sqlite":
        yield chunks
        return
    with ThreadPoolExecutor(1, "chunk-ahead") as beside:
        yield _each_made_by(beside, chunks)


def _each_made_by(beside: ThreadPoolExecutor, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    def next_one() -> Future[list[Chunk]]:
        return beside.submit(lambda: list(islice(chunks, 1)))

    ready = [next_one()]
    while found := ready.pop().result():  # raises what the making raised
        ready.append(next_one())
        yield found.pop()  # no name for it here: it is gone when its reader has done with it
