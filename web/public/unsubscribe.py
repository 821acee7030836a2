"""/u/{token}: a page with one button. Opening it changes nothing; a POST unsubscribes, also the one of RFC 8058."""

import asyncio

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from programme.words.tokens import LinkPurpose
from tasks.inbound.journal import Wish
from tasks.inbound.suppressions import is_unsubscribed, unsubscribe
from web.server.reading import FORM_BYTES, TooSlow, read_body, read_form
from web.server.site import Site, site_of

router = APIRouter()

BUTTON = "afmelden"  # the field by which our own page's button is told from a mail provider's one-click
DONE = "klaar"


@router.api_route("/u/{token}", methods=["GET", "HEAD"])
async def show_unsubscribe(request: Request, token: str) -> Response:
    site = site_of(request)
    message_id = site.message_of(LinkPurpose.UNSUBSCRIBE, token)
    is_off = await asyncio.to_thread(_is_off, site, message_id) if message_id else None
    if is_off is None:
        return site.pages.unknown_link()
    was_before = DONE not in request.query_params
    template = "unsubscribed.html" if is_off else "unsubscribe.html"
    return site.pages.show(template, was_before=was_before, button=BUTTON, token=token)


@router.post("/u/{token}")
async def do_unsubscribe(request: Request, token: str) -> Response:
    """Any POST counts: the token names person and list, and mail providers post without cookie or context.

    Our own page's button is answered with a redirect, so that loading the page again posts nothing; a one-click
    must not be (RFC 8058).
    """
    site = site_of(request)
    message_id = site.message_of(LinkPurpose.UNSUBSCRIBE, token)
    if message_id is None:
        return site.pages.unknown_link()
    # A body as urlencoded or as multipart says the same in the same words; one too large or too slow is not read.
    try:
        body = await read_body(request, FORM_BYTES) or b""
    except TooSlow:
        body = b""
    at, source = site.clock(), "one_click" if b"One-Click" in body else "page"
    wish = Wish(message_id, at, source)
    if await site.wishes.write_or_keep(wish, unsubscribe, message_id, source, at) is False:
        return site.pages.unknown_link()
    if BUTTON in read_form(body):
        return RedirectResponse(f"/u/{token}?{DONE}=1", 303)
    return site.pages.show("unsubscribed.html", was_before=False)


def _is_off(site: Site, message_id: str) -> bool | None:
    """Whether the address gets nothing any more, or is about to; None when there is no such message."""
    if any(wish.is_unsubscribe for wish in site.wishes.journal.waiting(message_id)):
        return True
    return is_unsubscribed(site.engine, message_id)
