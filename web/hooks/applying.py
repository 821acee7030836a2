"""Works out stored events in the background, right after the answer that acknowledged them.

What a crash leaves undone is swept up by the next event, or by the care flow. Between two lists SQLite's log is copied
into the file as well, so that no answer waits for that.
"""

import asyncio
import logging
import sqlite3
import time

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from models.database.engine import copy_log
from tasks.inbound.events import apply_chunk

logger = logging.getLogger("bouwclub.web")

# The copying of SQLite's log goes to the driver itself, so its own errors come through as well.
DATABASE_FAULTS = (SQLAlchemyError, sqlite3.Error)
PAUSE_SECONDS = 0.1  # lists come in bursts; what follows in a moment is applied together with the first
COPY_SECONDS = 2.0  # between two copies of the log
CHUNK = 200  # events a transaction, so that a webhook waits a few milliseconds for it at most


class Applier:
    """One task of the event loop; however many requests wake it, it works one chunk at a time."""

    def __init__(self, engine: Engine, gate: asyncio.Semaphore) -> None:
        self._engine = engine
        self._gate = gate
        self._woken = asyncio.Event()
        self._copied_at = 0.0

    def wake(self) -> None:
        self._woken.set()

    async def run(self) -> None:
        """Work whenever woken, until cancelled."""
        while True:
            await self._woken.wait()
            await asyncio.sleep(PAUSE_SECONDS)
            self._woken.clear()
            try:
                await self._apply_all()
                await self._copy_log()
            except DATABASE_FAULTS as error:
                # Its text holds the statement's values, addresses among them.
                logger.error("events could not be applied now: %s; care will", type(error).__name__)

    async def _apply_all(self) -> None:
        after: int | None = 0
        while after is not None:
            async with self._gate:
                after = (await asyncio.to_thread(apply_chunk, self._engine, after, CHUNK)).last_id

    async def _copy_log(self) -> None:
        if time.monotonic() - self._copied_at >= COPY_SECONDS:
            await asyncio.to_thread(copy_log, self._engine)
            self._copied_at = time.monotonic()
