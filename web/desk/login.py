"""The way in and out: a link by mail, used by the button behind it; opening a link logs nobody in (scanners open all).

Whoever asks gets the same page, known or not, and the mail goes after the page was sent, so that the time it takes
tells nothing either.
"""

import asyncio
import logging
import time
from collections.abc import Callable

from fastapi import APIRouter, Request
from sqlalchemy.exc import SQLAlchemyError
from starlette.background import BackgroundTask
from starlette.responses import RedirectResponse, Response

from models.database.engine import writing
from tasks.base.workspace import Workspace
from tasks.care.acting.acts import record_act
from tasks.desk.login_mail import mail_link
from tasks.desk.sessions import end_session, is_link_open, make_link, person_by_email, read_session, use_link
from tasks.sending.messenger import DeliveryStopped
from web.desk.gate import (
    COOKIE,
    LOGIN,
    WANTED,
    DeskRouter,
    comes_from_us,
    forget,
    set_session,
    settings_of,
    visit_of,
    wanted_path,
)
from web.desk.showing.looks import looks_of
from web.desk.visit import Visit
from web.server.guard import RateLimit
from web.server.reading import FORM_BYTES, client_address, read_body, read_form
from web.server.site import Site, site_of

logger = logging.getLogger("bouwclub.desk")

router = APIRouter()
inside = DeskRouter()

BURST = 10  # asks or tries of one network at once
PER_SECOND = 1 / 30  # and after that


class Doors:
    """The limits of those who are not logged in; each application has its own."""

    def __init__(self) -> None:
        self._asks, self._tries = RateLimit(BURST, PER_SECOND), RateLimit(3 * BURST, PER_SECOND)

    def may_ask(self, request: Request) -> bool:
        return self._asks.allows(client_address(request), time.monotonic())

    def may_try(self, request: Request) -> bool:
        return self._tries.allows(client_address(request), time.monotonic())


def doors_of(request: Request) -> Doors:
    state = request.app.state
    if not hasattr(state, "desk_doors"):
        state.desk_doors = Doors()
    doors: Doors = state.desk_doors
    return doors


@router.api_route(LOGIN, methods=["GET", "HEAD"])
async def show_login(request: Request) -> Response:
    visit, secret = await asyncio.to_thread(visit_of, request)
    if visit:
        answer = RedirectResponse(wanted_path(request), 303)
        forget(answer, WANTED)
        if secret:
            set_session(answer, secret, visit.settings)
        return answer
    return _login_page(request, "ended" if COOKIE in request.cookies else "ask")


@router.post(LOGIN)
async def ask_link(request: Request) -> Response:
    body = await read_body(request, FORM_BYTES)
    if not doors_of(request).may_ask(request):
        return _login_page(request, "too_many", 429)
    if body is None or not comes_from_us(request):
        return _login_page(request, "ask", 403)
    answer = _login_page(request, "asked")
    if settings_of(request).desk == "mail":
        email = read_form(body).get("email", "")
        answer.background = BackgroundTask(_send_link, request, email)
    return answer


@router.api_route("/desk/in/{token}", methods=["GET", "HEAD"])
async def show_button(request: Request, token: str) -> Response:
    site = site_of(request)
    if not doors_of(request).may_try(request):
        return _login_page(request, "too_many", 429)
    if not await asyncio.to_thread(is_link_open, site.engine, token, site.clock()):
        return _login_page(request, "over", 410)
    return looks_of(request).show("in.html")


@router.post("/desk/in/{token}")
async def log_in(request: Request, token: str) -> Response:
    site, settings = site_of(request), settings_of(request)
    await read_body(request, FORM_BYTES)
    if not doors_of(request).may_try(request):
        return _login_page(request, "too_many", 429)
    if not comes_from_us(request):
        return _login_page(request, "ask", 403)
    use: Callable[[], str | None] = lambda: use_link(  # noqa: E731
        site.engine, site.programme.people, token, site.clock(), settings.desk_hours
    )
    async with site.gate:
        secret = await asyncio.to_thread(use)
    if secret is None:
        return _login_page(request, "over", 410)
    await asyncio.to_thread(_record_login, site, secret)
    answer = RedirectResponse(wanted_path(request), 303)
    forget(answer, WANTED)
    set_session(answer, secret, settings)
    return answer


@inside.form("/desk/out")
def log_out(visit: Visit) -> Response:
    end_session(visit.engine, visit.session.session_hash, visit.at)
    with writing(visit.engine) as connection:
        visit.record(connection, "log out")
    answer = RedirectResponse(LOGIN, 303)
    forget(answer, COOKIE)
    return answer


def _record_login(site: Site, secret: str) -> None:
    session = read_session(site.engine, site.programme.people, secret, site.clock())
    if session:
        with writing(site.engine) as connection:
            record_act(connection, site.clock(), session.person.name, "log in", "", "desk")


def _login_page(request: Request, state: str, status: int = 200) -> Response:
    return looks_of(request).show("login.html", status, state=state, mode=settings_of(request).desk)


def _send_link(request: Request, email: str) -> None:
    """A link to this address, if it is of somebody in [[people]]. What fails here only the log can tell."""
    site: Site = site_of(request)
    person = person_by_email(site.programme.people, email)
    if person is None:
        return
    workspace = Workspace(settings_of(request), site.programme, site.engine)
    try:
        token = make_link(site.engine, person, site.clock())
        if token:
            mail_link(workspace, person, token, site.clock())
    except (DeliveryStopped, SQLAlchemyError, OSError) as error:
        logger.error("a login link was not sent: %s", type(error).__name__)
