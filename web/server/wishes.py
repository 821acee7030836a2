"""What people tell us, kept within a second or two whatever the database is busy with.

A wish waits for the database shortly, then goes into the journal; a task of the event loop applies that.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Engine, event

from models.database.engine import keep_commits_short, open_engine
from programme.terms.schema import Programme
from tasks.inbound.journal import Journal, Wish
from web.hooks.applying import DATABASE_FAULTS

logger = logging.getLogger("bouwclub.web")
Written = TypeVar("Written")

TURN_SECONDS = 0.7  # for the web part's own writers
LOCK_SECONDS = 0.7  # for those of other processes
WHOLE_SECONDS = 1.0  # of one write, on a server that has stopped answering
RETRY_SECONDS = 5.0


class Wishes:
    """The way in for wishes.

    Attributes:
        engine: gives up soon when it cannot write.
        journal: what waits; pages show it as if it were in the database.
    """

    def __init__(self, engine: Engine, journal: Journal, gate: asyncio.Semaphore) -> None:
        self.engine = hasty(engine)
        self.journal = journal
        self._patient, self._gate = engine, gate
        self._woken = asyncio.Event()

    async def write(self, write: Callable[..., Written], *values: Any) -> Written:
        """Call `write(engine, *values)` in its turn. Raises TimeoutError or a database's fault, within two seconds."""
        async with asyncio.timeout(TURN_SECONDS):
            await self._gate.acquire()
        try:
            # The thread may go on after this gave up: whatever is written that way is safe to repeat.
            written = await asyncio.wait_for(asyncio.to_thread(write, self.engine, *values), WHOLE_SECONDS)
        finally:
            self._gate.release()
        if not self.journal.is_empty():
            self.wake()
        return written

    async def write_or_keep(self, wish: Wish, write: Callable[..., Written], *values: Any) -> Written | None:
        """As write; where the database cannot take it the wish is in the journal, and the result None.

        Raises OSError when that cannot be written either.
        """
        try:
            return await self.write(write, *values)
        except (TimeoutError, *DATABASE_FAULTS) as error:
            logger.warning("a wish waits in the journal: %s", type(error).__name__)
            await self.keep(wish)
            return None

    async def keep(self, wish: Wish) -> None:
        """Put a wish in the journal. Raises OSError when that cannot be written."""
        await asyncio.to_thread(self.journal.keep, wish)
        self.wake()

    def wake(self) -> None:
        self._woken.set()

    async def run(self, programme: Programme) -> None:
        """Apply what waits in the journal, now and whenever woken, until cancelled."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            try:
                applied = await asyncio.to_thread(self.journal.apply, self._patient, programme)
                if applied:
                    logger.info("wishes applied from the journal: %d", applied)
            except (OSError, *DATABASE_FAULTS) as error:
                logger.error("the journal of wishes could not be applied now: %s", type(error).__name__)
            if not self.journal.is_empty():
                asyncio.get_running_loop().call_later(RETRY_SECONDS, self.wake)


def hasty(engine: Engine) -> Engine:
    """An engine on the same database whose writes give up after LOCK_SECONDS; in memory there is nobody to wait for."""
    is_file = engine.dialect.name == "sqlite"
    if is_file and engine.url.database in (None, "", ":memory:"):
        return engine
    own = open_engine(engine.url.render_as_string(hide_password=False))
    milliseconds = int(LOCK_SECONDS * 1000)
    if is_file:
        keep_commits_short(own)
        event.listen(own, "connect", lambda raw, _: raw.execute(f"PRAGMA busy_timeout={milliseconds}"))
    else:
        event.listen(own, "do_connect", lambda *call: _give_up_soon(call[3], milliseconds))
    return own


def _give_up_soon(arguments: dict[str, Any], milliseconds: int) -> None:
    arguments["options"] = f"{arguments.get('options', '')} -c lock_timeout={milliseconds}"
    arguments["connect_timeout"] = 2  # seconds, the least that libpq knows
