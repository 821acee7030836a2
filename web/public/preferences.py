"""/voorkeuren/{token}: what somebody gets from us, and less of it. Opening the page changes nothing; a POST does.

Its token is that of the unsubscribe link of the same mail: the two pages lead to each other.
"""

import asyncio
from datetime import timedelta

from fastapi import APIRouter, Request
from sqlalchemy.exc import OperationalError
from starlette.responses import RedirectResponse, Response

from programme.inbound import preferences as offered
from programme.inbound.preferences import built_words, read_choices, topics_of
from programme.words.dates import day_in_amsterdam
from programme.words.tokens import LinkPurpose
from tasks.inbound.journal import Wish
from tasks.inbound.preferences import PreferencePage, keep_choices, read_page
from web.public.unsubscribe import BUTTON
from web.server.reading import FORM_BYTES, read_body, read_form
from web.server.site import Site, site_of

router = APIRouter()

SAVE = "opslaan"  # the field by which our own form is told from any other POST, which chooses nothing
DONE = "bewaard"


@router.api_route("/voorkeuren/{token}", methods=["GET", "HEAD"])
async def show_preferences(request: Request, token: str) -> Response:
    site = site_of(request)
    message_id = site.message_of(LinkPurpose.UNSUBSCRIBE, token)
    try:
        page = await asyncio.to_thread(_read, site, message_id) if message_id else None
    except OperationalError:
        if DONE in request.query_params and any(
            each.choices is not None for each in site.wishes.journal.waiting(message_id)
        ):
            return site.pages.show("kept.html", what="keuze")
        raise
    if page is None:
        return site.pages.unknown_link()
    until = page.present.paused_until
    return site.pages.show(
        "preferences.html",
        page=page,
        now=page.present,
        last_paused_day=until and until - timedelta(days=1),
        offered=offered,
        topics=topics_of(site.programme.trade),
        built_words=built_words(site.programme.trade),
        token=token,
        save=SAVE,
        button=BUTTON,
        is_saved=DONE in request.query_params,
    )


@router.post("/voorkeuren/{token}")
async def take_preferences(request: Request, token: str) -> Response:
    site = site_of(request)
    message_id = site.message_of(LinkPurpose.UNSUBSCRIBE, token)
    body = await read_body(request, FORM_BYTES)
    if body is None:
        return site.pages.fault(413)
    if message_id is None:
        return site.pages.unknown_link()
    fields = read_form(body)
    if SAVE not in fields:
        return site.pages.fault(400)
    at, choices = site.clock(), read_choices(site.programme.trade, fields)
    wish = Wish(message_id, at, choices=choices)
    if await site.wishes.write_or_keep(wish, keep_choices, message_id, choices, at) is False:
        return site.pages.unknown_link()
    return RedirectResponse(f"/voorkeuren/{token}?{DONE}=1", 303)


def _read(site: Site, message_id: str) -> PreferencePage | None:
    """The page as it stands, with what waits for the database."""
    today = day_in_amsterdam(site.clock())
    page = read_page(site.engine, message_id, today)
    for wish in site.wishes.journal.waiting(message_id) if page else ():
        if page and wish.choices is not None:
            page = page._replace(present=page.present.after(wish.choices, day_in_amsterdam(wish.at)))
        elif page and wish.is_unsubscribe:
            page = page._replace(is_unsubscribed=True)
    return page
