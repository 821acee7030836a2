"""A chunk is made while the one before it is used, where the database works in a process of its own."""

import weakref
from collections.abc import Iterator
from threading import Event, current_thread, main_thread

import pytest
from sqlalchemy import Engine

from tasks.runs.deciding.ahead import one_ahead

SOON = 30  # seconds; more than any machine needs


class _Chunk:
    def __init__(self, number: int) -> None:
        self.number = number


def test_every_chunk_comes_once_in_its_order(engine: Engine) -> None:
    with one_ahead(engine, iter(range(100))) as ready:
        assert list(ready) == list(range(100))


def test_no_chunk_is_an_end(engine: Engine) -> None:
    with one_ahead(engine, iter(())) as ready:
        assert list(ready) == []


def test_the_next_is_made_while_one_is_used(postgres_engine: Engine) -> None:
    begun = [Event() for _ in range(3)]

    def chunks() -> Iterator[int]:
        for number, each in enumerate(begun):
            assert current_thread() is not main_thread()
            each.set()
            yield number

    with one_ahead(postgres_engine, chunks()) as ready:
        assert next(ready) == 0
        assert begun[1].wait(SOON)
        assert not begun[2].is_set()  # one ahead and no more: two would be in memory beside the one in use


def test_on_sqlite_each_is_made_when_it_is_asked_for(sqlite_engine: Engine) -> None:
    made = []

    def chunks() -> Iterator[int]:
        for number in range(3):
            assert current_thread() is main_thread()
            made.append(number)
            yield number

    with one_ahead(sqlite_engine, chunks()) as ready:
        assert next(ready) == 0
        assert made == [0]


def test_what_the_making_raises_comes_after_the_chunks_before_it(engine: Engine) -> None:
    def chunks() -> Iterator[int]:
        yield 1
        raise LookupError("the facts are gone")

    with one_ahead(engine, chunks()) as ready:
        assert next(ready) == 1
        with pytest.raises(LookupError, match="the facts are gone"):
            next(ready)


def test_a_reader_that_fails_leaves_no_thread_at_work(postgres_engine: Engine) -> None:
    at_work, done = Event(), Event()

    def chunks() -> Iterator[int]:
        yield 0
        at_work.wait(SOON)
        done.set()
        yield 1

    def use_one_and_fail() -> None:
        with one_ahead(postgres_engine, chunks()) as ready:
            next(ready)
            at_work.set()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        use_one_and_fail()
    assert done.is_set()


def test_a_used_chunk_is_gone_while_the_next_is_used(engine: Engine) -> None:
    """So a run of any number of chunks holds two of them at most."""
    with one_ahead(engine, map(_Chunk, range(3))) as ready:
        chunk = next(ready)
        first = weakref.ref(chunk)
        chunk = next(ready)
        assert chunk.number == 1
        assert first() is None
