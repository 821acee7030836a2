"""One import at a time, because two would insert the same ids. PostgreSQL has a lock; SQLite gets a lock file."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine


@contextmanager
def alone(engine: Engine) -> Iterator[None]:
    """Wait until no other import works on the same SQLite file; the lock ends with the process, however that ends."""
    name = engine.url.database
    if engine.dialect.name != "sqlite" or name in (None, "", ":memory:"):
        yield
        return
    path = Path(f"{name}-import")
    handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
