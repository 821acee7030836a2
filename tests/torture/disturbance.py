"""A database that goes away under working senders: PostgreSQL crashes or its connections are cut, SQLite is locked."""

import random
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

SECONDS_BETWEEN = 0.7
LOCKED_SECONDS = 0.4


@contextmanager
def restarting(engine: Engine, server: Any) -> Iterator[None]:
    """Disturb the engine's database again and again until the end of the block."""
    over = threading.Event()
    disturb = _lock if engine.dialect.name == "sqlite" else _cut
    thread = threading.Thread(target=disturb, args=(engine, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _lock(engine: Engine, over: threading.Event) -> None:
    connection = sqlite3.connect(str(engine.url.database), isolation_level=None, timeout=30, check_same_thread=False)
    while not over.wait(random.uniform(0, SECONDS_BETWEEN)):
        connection.execute("BEGIN IMMEDIATE")
        over.wait(LOCKED_SECONDS)
        connection.execute("ROLLBACK")
    connection.close()


def _cut(engine: Engine, over: threading.Event) -> None:
    """Terminate every sender's backend, as a restart of the server does to them; the harness has its own."""
    admin = create_engine(engine.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    cut = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = :name AND pid <> pg_backend_pid() AND application_name = 'sender'"
    )
    while not over.wait(random.uniform(0, SECONDS_BETWEEN)):
        try:
            with admin.connect() as connection:
                connection.execute(cut, {"name": engine.url.database})
        except DBAPIError:
            continue
    admin.dispose()
