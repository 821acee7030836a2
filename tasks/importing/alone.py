"""One import at a time, or two would insert the same ids: PostgreSQL has a lock, a SQLite file gets one beside it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine


@contextmanager
def alone(engine: Engine) -> Iterator[None]:
    """Wait until no other import works on the same SQLite file. The lock ends with the process, however it ends."""
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
