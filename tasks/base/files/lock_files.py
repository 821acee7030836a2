"""Locks that end with their process, names that outlast a power cut, and where the files of a SQLite database lie."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine


def beside(engine: Engine, name: str) -> Path | None:
    """The path next to the database's file, where every process finds it; None for a database that is no file."""
    file = engine.url.database
    return Path(f"{file}-{name}") if engine.dialect.name == "sqlite" and file and file != ":memory:" else None


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Wait until no other process has the lock, and hold it."""
    with _opened(path) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield


@contextmanager
def locked_at_once(path: Path) -> Iterator[bool]:
    """Yield whether this process got the lock; never waits."""
    with _opened(path) as descriptor:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_ours = True
        except BlockingIOError:
            is_ours = False
        yield is_ours


def sync_folder(folder: Path) -> None:
    """Write to disk which files the folder has, so that a new or renamed one is there after a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
