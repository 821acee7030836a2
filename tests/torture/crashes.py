"""PostgreSQL that crashes right after a commit, on a server that does not wait for its disk by itself."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from models.database.engine import reading

PATIENCE_SECONDS = 180.0  # for the server to come back; on a busy machine it took more than 30


def lost_commits(engine: Engine, begin: Callable[[Engine], Any], rounds: int) -> int:
    """How many of so many commits are gone after a crash that follows at once; `begin` is a kind of transaction."""
    with begin(engine) as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS kept (number integer)"))
        connection.execute(text("DELETE FROM kept"))
    with reading(engine) as connection:
        connection.execute(text("CHECKPOINT"))
    for number in range(rounds):
        with engine.connect() as witness:  # before the other, whose connection the pool would lend again
            witness.execute(text("SELECT 1"))
            with begin(engine) as connection:
                backend = int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())
                connection.execute(text("INSERT INTO kept VALUES (:number)"), {"number": number})
            os.kill(backend, signal.SIGKILL)  # the postmaster then drops what is in memory, and recovers from the disk
            _await_end(witness)
        engine.dispose()
        _await(engine)
    with reading(engine) as connection:
        return rounds - int(connection.execute(text("SELECT count(*) FROM kept")).scalar_one())


def _await_end(witness: Connection) -> None:
    """Until the server has dropped another connection too: before it does, it still takes new ones."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    with suppress(DBAPIError):
        while time.monotonic() < deadline:
            witness.execute(text("SELECT 1"))
            time.sleep(0.01)
        raise TimeoutError("the server did not notice that one of its processes was killed")


def _await(engine: Engine) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with reading(engine) as connection:
                connection.execute(text("SELECT 1"))
            return
        except DBAPIError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
