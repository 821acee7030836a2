"""/mijn/rekening/{token}: the page behind a mailed link, on which a client gives the account that we pay to, once."""

import asyncio
from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.background import BackgroundTask
from starlette.responses import RedirectResponse, Response

from tasks.referrals.own_page.accounts import LONGEST_NAME, read_account
from tasks.referrals.own_page.iban_links import LinkState, read_iban_link
from web.public.mailing import mailing_of
from web.server.reading import FORM_BYTES, read_body, read_form
from web.server.site import Site, site_of

router = APIRouter()

DONE = "klaar"  # in the address after the post: whether a mail confirms it
MAILED, KEPT = "mail", "ja"


@router.api_route("/mijn/rekening/{token}", methods=["GET", "HEAD"])
async def show_account(request: Request, token: str) -> Response:
    """Opening it uses nothing up: scanners of mail open every link."""
    site = site_of(request)
    link = await asyncio.to_thread(read_iban_link, site.engine, token, site.clock())
    if link is None:
        return site.pages.unknown_link()
    if link.state is LinkState.USED and DONE in request.query_params:
        return site.pages.show("account/saved.html", is_told=request.query_params[DONE] == MAILED)
    if link.state is not LinkState.OPEN:
        return site.pages.show("account/expired.html", 410)
    return _form_page(site, {}, {})


@router.post("/mijn/rekening/{token}")
async def take_account(request: Request, token: str) -> Response:
    site = site_of(request)
    body = await read_body(request, FORM_BYTES)
    if body is None:
        return site.pages.fault(413)
    at = site.clock()
    link = await asyncio.to_thread(read_iban_link, site.engine, token, at)
    if link is None:
        return site.pages.unknown_link()
    fields = read_form(body)
    account, faults = read_account(fields)
    if account is None and link.state is LinkState.OPEN:
        return _form_page(site, fields, faults, status=422)
    mailing = mailing_of(request)
    is_told = await mailing.give_account(token, account, at) if account else None
    if is_told is None:
        return site.pages.show("account/expired.html", 410)
    answer = RedirectResponse(f"/mijn/rekening/{token}?{DONE}={MAILED if is_told else KEPT}", 303)
    if is_told:
        answer.background = BackgroundTask(mailing.send, at)
    return answer


def _form_page(site: Site, values: Mapping[str, str], faults: Mapping[str, str], status: int = 200) -> Response:
    return site.pages.show("account/form.html", status, values=values, faults=faults, longest_name=LONGEST_NAME)
