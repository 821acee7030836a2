"""/u/{token}: a page with one button. Opening it changes nothing; a POST unsubscribes, also the one of RFC 8058."""

import asyncio

from fastapi import APIRouter, Request
from starlette.responses import Response

from programme.words.tokens import LinkPurpose
from tasks.inbound.suppressions import is_unsubscribed, unsubscribe
from web.server.reading import FORM_BYTES, read_body
from web.server.site import site_of

router = APIRouter()


@router.api_route("/u/{token}", methods=["GET", "HEAD"])
async def show_unsubscribe(request: Request, token: str) -> Response:
    site = site_of(request)
    message_id = site.message_of(LinkPurpose.UNSUBSCRIBE, token)
    is_off = await asyncio.to_thread(is_unsubscribed, site.engine, message_id) if message_id else None
    if is_off is None:
        return site.pages.unknown_link()
    return site.pages.show("unsubscribed.html" if is_off else "unsubscribe.html", was_before=is_off)


@router.post("/u/{token}")
async def do_unsubscribe(request: Request, token: str) -> Response:
    """Any POST counts: the token names person and list, and mail providers post without cookie or context."""
    site = site_of(request)
    message_id = site.message_of(LinkPurpose.UNSUBSCRIBE, token)
    # A body as urlencoded or as multipart says the same in the same words; one too large is not read.
    body = await read_body(request, FORM_BYTES) or b""
    source = "one_click" if b"One-Click" in body else "page"
    if not message_id or not await asyncio.to_thread(unsubscribe, site.engine, message_id, source, site.clock()):
        return site.pages.unknown_link()
    return site.pages.show("unsubscribed.html", was_before=False)
