"""POST /webhooks/sendgrid/inbound: a mail that came in, kept before it is answered, passed on after.

SendGrid signs no inbound mail unless it is asked to, so a key in the path or the query says that it is SendGrid.
"""

import asyncio
import hmac
import logging
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.background import BackgroundTask
from starlette.responses import PlainTextResponse, Response

from tasks.inbound.replies.spool import Spooled
from tasks.providers.sendgrid.inbound import InboundUnreadable
from web.hooks.mailroom import mailroom_of
from web.server.reading import NoRoom, Room, TooSlow, read_body
from web.server.site import site_of

logger = logging.getLogger("bouwclub.web")
router = APIRouter()

BODY_BYTES = 20 * 1024 * 1024
BODIES_ROOM = Room(100 * 1024 * 1024)  # bytes of all mails that are coming in at once
BODY_SECONDS = 60.0  # a slow line carries 20 MB in that


@router.post("/webhooks/sendgrid/inbound")
async def receive_by_query(request: Request) -> Response:
    """The key stands in the query, under whatever name."""
    return await _receive(request, list(request.query_params.values()))


@router.post("/webhooks/sendgrid/inbound/{key}")
async def receive_by_path(request: Request, key: str) -> Response:
    """The key is the last part of the path."""
    return await _receive(request, [key])


async def _receive(request: Request, keys: list[str]) -> Response:
    """4xx for what is no mail, with nothing stored: SendGrid repeats only what is answered by 5xx."""
    mailroom, now = mailroom_of(request), site_of(request).clock()
    expected = mailroom.key
    if not expected:
        return PlainTextResponse("mail is refused: BOUWCLUB_INBOUND_KEY is not set\n", 503)
    if not any(hmac.compare_digest(given.encode(), expected.encode()) for given in keys):
        return PlainTextResponse("the key in the path or the query is missing or wrong\n", 403)
    try:
        body = await read_body(request, BODY_BYTES, BODIES_ROOM, BODY_SECONDS)
    except (TooSlow, NoRoom) as error:
        return PlainTextResponse("not stored; send it again\n", 408 if isinstance(error, TooSlow) else 503)
    if body is None:
        return PlainTextResponse(f"more than {BODY_BYTES} bytes\n", 413)
    return await _keep(request, Spooled(now, request.headers.get("content-type", ""), body), now)


async def _keep(request: Request, mail: Spooled, now: datetime) -> Response:
    mailroom = mailroom_of(request)
    try:
        await mailroom.keep(mail)
    except InboundUnreadable as error:
        return PlainTextResponse(f"this is no mail: {error}\n", 400)
    except OSError as error:
        logger.error("a mail could not be stored: %s; the provider will repeat it", type(error).__name__)
        return PlainTextResponse("not stored; send it again\n", 503)
    return Response(status_code=200, background=BackgroundTask(_pass_on, request, now))


async def _pass_on(request: Request, now: datetime) -> None:
    await asyncio.shield(mailroom_of(request).pass_on(now))
