"""Mails that a page asks for: planned while the visitor waits, sent after the page was sent."""

import asyncio
import logging
from datetime import datetime
from typing import cast

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request

from models.settings import Settings
from tasks.base.workspace import Workspace
from tasks.mail.render import Renderer
from tasks.mail.renderers import renderer_of
from tasks.referrals.own_page.accounts import BankAccount
from tasks.referrals.own_page.iban_mails import Requested, deliver_iban_mails, give_account, request_iban_link
from tasks.sending.messenger import DeliveryStopped
from web.server.site import site_of

logger = logging.getLogger("bouwclub.web")


class Mailing:
    """The mails of one site; the renderer is made for the first, and keeps what it compiled."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._renderer: Renderer | None = None

    async def mail_link(self, client_id: str, at: datetime) -> Requested:
        return await asyncio.to_thread(lambda: request_iban_link(self._workspace, self._made(), client_id, at))

    async def give_account(self, token: str, account: BankAccount, at: datetime) -> bool | None:
        return await asyncio.to_thread(lambda: give_account(self._workspace, self._made(), token, account, at))

    def send(self, at: datetime) -> None:
        """What cannot go now stays planned; the next mail of these kinds takes it along on its day."""
        try:
            deliver_iban_mails(self._workspace, self._made(), at)
        except (DeliveryStopped, SQLAlchemyError, OSError) as error:
            logger.error("a mail that a page asked for was not sent: %s", type(error).__name__)

    def _made(self) -> Renderer:
        if self._renderer is None:
            self._renderer = renderer_of(self._workspace)
        return self._renderer


def mailing_of(request: Request) -> Mailing:
    """Of the application that serves this request."""
    state = request.app.state
    if not hasattr(state, "mailing"):
        settings: Settings = state.settings
        site = site_of(request)
        state.mailing = Mailing(Workspace(settings, site.programme, site.engine))
    return cast(Mailing, state.mailing)
