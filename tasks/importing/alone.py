"""One import at a time, because two would insert the same ids. PostgreSQL has a lock; SQLite gets a lock file."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from tasks.base.files.lock_files import beside, locked


@contextmanager
def alone(engine: Engine) -> Iterator[None]:
    """Wait until no other import works on the same SQLite file."""
    path = beside(engine, "import")
    if path is None:
        yield
        return
    with locked(path):
        yield
