"""/mijn/{token}: a client's own page, for whoever holds its link; the choice and the wish that are posted there."""

import asyncio
import logging
from datetime import datetime

from fastapi import APIRouter, Request
from sqlalchemy.exc import SQLAlchemyError
from starlette.background import BackgroundTask
from starlette.responses import RedirectResponse, Response

from programme.money.reward_table import RewardTable
from programme.money.settling import without_account
from programme.money.standing import Standing
from programme.referrals.sharing import Sharing, sharing_of
from programme.referrals.visitors import is_person
from programme.words.banking.ibans import masked_iban
from programme.words.dates import day_in_amsterdam
from programme.words.tokens import read_dashboard_token
from tasks.base.programme_file import TEMPLATES
from tasks.referrals.links.visits import Browser, record_page_visit
from tasks.referrals.own_page.iban_mails import Requested
from tasks.referrals.own_page.page import OwnPage, choose_first_name, client_of_code, read_own_page
from web.public.invitation import browser_of
from web.public.mailing import mailing_of
from web.public.pictures import code_of
from web.public.statements import years_with_entries
from web.server.reading import FORM_BYTES, read_body, read_form
from web.server.site import Site, site_of

logger = logging.getLogger("bouwclub.web")
router = APIRouter()

SCRIPT = (TEMPLATES / "page" / "copy.js").read_text("utf-8")
DONE = "gedaan"  # in the address after a post: which note the page shows (club/done.jinja)
NAMED, UNNAMED = "genoemd", "niet-genoemd"
AFTER_REQUEST = {Requested.MAILED: "gemaild", Requested.ENOUGH: "genoeg", Requested.NO_MAIL: "geen-mail"}


@router.api_route("/mijn/kopieer.js", methods=["GET", "HEAD"])
async def show_script() -> Response:
    """Copies the link; without it the link can still be selected."""
    return Response(SCRIPT, media_type="text/javascript; charset=utf-8")


@router.api_route("/mijn/{token}", methods=["GET", "HEAD"])
async def show_own_page(request: Request, token: str) -> Response:
    site = site_of(request)
    at = site.clock()
    page = await _read(site, token, at)
    if page is None:
        return site.pages.unknown_link()
    sharing = _sharing(site, page)
    shown = site.pages.show_with_script(
        "club/own_page.html",
        page=page,
        terms=site.programme.referral,
        sharing=sharing,
        code=code_of(sharing.link),
        token=token,
        iban=masked_iban(page.payee.iban) if page.payee.iban else "",
        missing=without_account(page.payee),
        reward=RewardTable(site.programme.referral.steps).reward(page.standing.rewarded + 1),
        paid_share=_share(page.standing),
        types=site.programme.types.labels,
        today=day_in_amsterdam(at),
        done=request.query_params.get(DONE, ""),
        years=await asyncio.to_thread(years_with_entries, site, page.referrer.client_id),
    )
    if is_person(request.method, request.headers):
        shown.background = BackgroundTask(_remember, site, page.referrer.client_id, browser_of(request), at)
    return shown


@router.api_route("/mijn/{token}/kaartje.svg", methods=["GET", "HEAD"])
async def show_card(request: Request, token: str) -> Response:
    """A picture with the code, to print."""
    site = site_of(request)
    page = await _read(site, token, site.clock())
    if page is None:
        return site.pages.unknown_link()
    sharing = _sharing(site, page)
    text = site.pages.write(
        ["club/card.svg"],
        code=code_of(sharing.link),
        link=sharing.link.partition("://")[2],
        discount=site.programme.referral.friend_discount_cents,
        reward_word=_reward_word(page),
    )
    return Response(text, media_type="image/svg+xml")


@router.post("/mijn/{token}")
async def take_wish(request: Request, token: str) -> Response:
    """One of two buttons: the choice about the first name, or a link by which to give an account."""
    site = site_of(request)
    body = await read_body(request, FORM_BYTES)
    if body is None:
        return site.pages.fault(413)
    fields, at = read_form(body), site.clock()
    code = read_dashboard_token(site.keys, token)
    client_id = await asyncio.to_thread(client_of_code, site.engine, code) if code else None
    if client_id is None:
        return site.pages.unknown_link()
    match fields.get("doen"):
        case "voornaam":
            may_appear = fields.get("voornaam") == "ja"
            await asyncio.to_thread(choose_first_name, site.engine, client_id, may_appear, at)
            return _back(token, NAMED if may_appear else UNNAMED)
        case "rekening":
            return await _mail_link(request, token, client_id, at)
    return site.pages.fault(400)


async def _mail_link(request: Request, token: str, client_id: str, at: datetime) -> Response:
    """The link goes to the address that we know of the client, whoever holds this page."""
    mailing = mailing_of(request)
    requested = await mailing.mail_link(client_id, at)
    answer = _back(token, AFTER_REQUEST[requested])
    if requested is Requested.MAILED:
        answer.background = BackgroundTask(mailing.send, at)
    return answer


def _back(token: str, done: str) -> Response:
    """Loading the page again posts nothing."""
    return RedirectResponse(f"/mijn/{token}?{DONE}={done}", 303)


async def _read(site: Site, token: str, at: datetime) -> OwnPage | None:
    code = read_dashboard_token(site.keys, token)
    if code is None:
        return None
    return await asyncio.to_thread(read_own_page, site.engine, site.programme, code, day_in_amsterdam(at))


def _sharing(site: Site, page: OwnPage) -> Sharing:
    return sharing_of(site.programme, site.base_url, page.referrer.code, _reward_word(page))


def _share(standing: Standing) -> int:
    """How much of what was earned is paid, as a width of 0 to 200."""
    if standing.earned_cents <= 0:
        return 200 if standing.confirmed_cents else 0
    return max(0, min(200, standing.confirmed_cents * 200 // standing.earned_cents))


def _reward_word(page: OwnPage) -> str:
    if page.referrer.is_partner:
        return "commissie"
    return "beloning" if page.referrer.earns else ""


def _remember(site: Site, client_id: str, browser: Browser, at: datetime) -> None:
    """After the page was sent, so that nobody waits for it."""
    try:
        record_page_visit(site.engine, client_id, browser, at)
    except SQLAlchemyError as error:
        logger.warning("a visit of an own page was not kept: %s", type(error).__name__)
