"""Mail that came in: into the database, or beside it while that is busy; and on to the people who answer it."""

import asyncio
import logging
from datetime import datetime
from typing import cast

from sqlalchemy import Engine
from starlette.requests import Request

from models.settings import Settings
from programme.inbound.incoming import Incoming
from tasks.base.workspace import Workspace
from tasks.inbound.replies.mailbox import mailbox_of
from tasks.inbound.replies.spool import Spooled, spool_of
from tasks.inbound.replies.storing import take_in
from tasks.inbound.replies.working_off import work_off_mail
from tasks.providers.sendgrid.inbound import read_inbound
from tasks.sending.messenger import NotReadyToSend
from web.hooks.applying import DATABASE_FAULTS
from web.server.site import Site

logger = logging.getLogger("bouwclub.web")

READ_AT_ONCE = 2  # mails whose parts are in memory
RETRY_SECONDS = 60.0


class Mailroom:
    """The way in for mail of one site.

    Attributes:
        key: that a request must show; None refuses all.
    """

    def __init__(self, settings: Settings, site: Site) -> None:
        self.key = settings.inbound_key.get_secret_value() if settings.inbound_key else None
        self._site = site
        self._workspace = Workspace(settings, site.programme, site.engine)
        self._mailbox = mailbox_of(settings, site.programme)
        self._spool = spool_of(site.engine)
        self._readers = asyncio.Semaphore(READ_AT_ONCE)
        self._passing_on = asyncio.Lock()

    async def keep(self, mail: Spooled) -> None:
        """Keep a mail in the database, or in the spool where that cannot take it now.

        Raises InboundUnreadable, or OSError when the spool cannot be written either.
        """
        async with self._readers:
            read = await asyncio.to_thread(read_inbound, mail.content_type, mail.content)
            try:
                await self._site.wishes.write(self._take_in, read, mail)
            except (TimeoutError, *DATABASE_FAULTS) as error:
                await asyncio.to_thread(self._spool.keep, mail)
                logger.warning("a mail waits in the spool: %s", type(error).__name__)

    async def pass_on(self, now: datetime) -> None:
        """Take in what waits in the spool, and forward what waits for that; what fails is tried again later."""
        async with self._passing_on:
            try:
                await asyncio.to_thread(work_off_mail, self._workspace, now)
            except NotReadyToSend:  # a web part without the provider's key: upkeep passes it on
                logger.info("mail that came in waits for upkeep, which may send")
            except (OSError, *DATABASE_FAULTS) as error:
                logger.error("mail that came in could not be passed on now: %s", type(error).__name__)

    async def run(self) -> None:
        """What a crash or a fault left, now and every minute, until cancelled."""
        while True:
            if self.key:
                await self.pass_on(self._site.clock())
            await asyncio.sleep(RETRY_SECONDS)

    def _take_in(self, engine: Engine, read: Incoming, mail: Spooled) -> None:
        take_in(engine, self._mailbox, read, mail.content_type, mail.content, mail.received_at)


def mailroom_of(request: Request) -> Mailroom:
    """Of the application that serves this request."""
    return cast(Mailroom, request.app.state.mailroom)
