"""/ref/{code}: the page behind a shared link, with the form by which a friend signs up.

Everybody gets the same thanks, whoever he is: another page would tell a stranger who our clients are.
"""

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime

from fastapi import APIRouter, Request
from sqlalchemy.exc import SQLAlchemyError
from starlette.background import BackgroundTask
from starlette.responses import RedirectResponse, Response

from programme.referrals.sign_up import (
    LEAST_SECONDS,
    LONGEST_MESSAGE,
    LONGEST_OPEN,
    TRAP,
    consent_wording,
    read_sign_up,
    seconds_open,
    signed_time,
)
from programme.referrals.visitors import is_person
from programme.words.dates import day_in_amsterdam
from programme.words.tokens import read_client_code
from tasks.referrals.links.referrers import Referrer, read_referrer
from tasks.referrals.links.sign_up import is_voucher_of, record_sign_up
from tasks.referrals.links.visits import Browser, admit_post, count_visit
from web.public.pictures import CARD, CARD_SIZE, card_of, picture
from web.server.reading import FORM_BYTES, client_address, read_body, read_form
from web.server.site import Site, site_of

logger = logging.getLogger("bouwclub.web")
router = APIRouter()

THANKS = "dank"  # in the address of the page of thanks, with the voucher
RETRY_SECONDS = 3600  # after a page that says that there were too many posts
TOO_FAST = "Dat ging te snel om te kunnen lezen. Kijk uw gegevens nog eens na en verstuur opnieuw."
TOO_LATE = "Deze pagina stond lang open. Kijk uw gegevens nog eens na en verstuur opnieuw."


@router.api_route("/ref/kaart.png", methods=["GET", "HEAD"])
async def show_card(request: Request) -> Response:
    """The picture on the card that a messenger makes of the link."""
    return picture(site_of(request), CARD, card_of)


@router.api_route("/ref/{code}", methods=["GET", "HEAD"])
async def show_invitation(request: Request, code: str) -> Response:
    site = site_of(request)
    at = site.clock()
    referrer = await _referrer(site, code, at)
    if referrer is None:
        return site.pages.show("invitation/unknown.html", 404)
    voucher = request.query_params.get(THANKS, "")
    is_given = await asyncio.to_thread(is_voucher_of, site.engine, referrer.code, voucher)
    if is_given:
        discount = site.programme.referral.friend_discount_cents
        return site.pages.show("invitation/thanks.html", voucher=voucher, discount=discount)
    page = _form_page(site, referrer, at, {}, {})
    if is_person(request.method, request.headers):
        page.background = BackgroundTask(_count, site, referrer.code, browser_of(request), at)
    return page


@router.post("/ref/{code}")
async def take_sign_up(request: Request, code: str) -> Response:
    site = site_of(request)
    at, browser = site.clock(), browser_of(request)
    body = await read_body(request, FORM_BYTES)
    referrer = await _referrer(site, code, at)
    if referrer is None:
        return site.pages.show("invitation/unknown.html", 404)
    if not await asyncio.to_thread(admit_post, site.engine, site.programme.referral, referrer.code, browser, at):
        page = site.pages.show("invitation/too_many.html", 429)
        page.headers["retry-after"] = str(RETRY_SECONDS)
        return page
    if body is None:
        return site.pages.fault(413)
    fields = read_form(body)
    if told := _refusal(site, referrer.code, fields, at):
        return _form_page(site, referrer, at, fields, {}, told, status=422)
    friend, faults = read_sign_up(fields, site.programme.types)
    if friend is None:
        return _form_page(site, referrer, at, fields, faults, status=422)
    voucher = await asyncio.to_thread(
        record_sign_up, site.engine, site.programme, site.keys[0], referrer.code, friend, browser, at
    )
    if voucher is None:
        return site.pages.show("invitation/unknown.html", 404)
    # Loading the page of thanks again posts nothing.
    return RedirectResponse(f"/ref/{referrer.code}?{THANKS}={voucher}", 303)


def browser_of(request: Request) -> Browser:
    """What visitors are told apart by; it goes into an HMAC and nowhere else."""
    return Browser(client_address(request), request.headers.get("user-agent", ""))


async def _referrer(site: Site, text: str, at: datetime) -> Referrer | None:
    code = read_client_code(text)
    if code is None:
        return None
    return await asyncio.to_thread(read_referrer, site.engine, site.programme, code, day_in_amsterdam(at))


def _count(site: Site, code: str, browser: Browser, at: datetime) -> None:
    """After the page was sent. A visit that the database cannot take now is not counted; the visitor has his page."""
    try:
        count_visit(site.engine, code, browser, at)
    except SQLAlchemyError as error:
        logger.warning("a visit was not counted: %s", type(error).__name__)


def _refusal(site: Site, code: str, fields: Mapping[str, str], at: datetime) -> str:
    """What a post is told that no person made, or made too fast; "" for others."""
    open_for = seconds_open(site.keys, code, fields.get("tijd", ""), at)
    if fields.get(TRAP) or open_for is None or open_for < LEAST_SECONDS:
        return TOO_FAST
    return TOO_LATE if open_for > LONGEST_OPEN.total_seconds() else ""


def _form_page(
    site: Site,
    referrer: Referrer,
    at: datetime,
    fields: Mapping[str, str],
    faults: Mapping[str, str],
    told: str = "",
    status: int = 200,
) -> Response:
    """The form as it was filled in, with its faults; the box for consent is never ticked by us."""
    return site.pages.show(
        "invitation/form.html",
        status,
        referrer=referrer,
        discount=site.programme.referral.friend_discount_cents,
        forget_after_months=site.programme.referral.forget_after_months,
        choices=site.programme.types.choices,
        consent=consent_wording(site.programme.brand.name),
        longest_message=LONGEST_MESSAGE,
        trap=TRAP,
        signed_time=signed_time(site.keys[0], referrer.code, at),
        link=f"{site.base_url}/ref/{referrer.code}",
        picture=f"{site.base_url}/ref/kaart.png",
        picture_size=CARD_SIZE,
        values=fields,
        faults=faults,
        told=told,
    )
