"""Who may see a page of the desk, and whose form is taken.

A cookie leads to a session row; with BOUWCLUB_DESK=proxy the firm's own login names the person in a header, which is
believed from the named proxies alone. A posted form needs the token of its session, and must come from our own page.
"""

import asyncio
import hmac
import re
from collections.abc import Awaitable, Callable, Mapping
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from models.settings import Settings
from programme.terms.tables.payout_terms import Person
from tasks.desk.sessions import Session, Source, begin_session, person_by_email, read_session
from web.desk.faults import show_logged_out, show_refusal, show_stale_form
from web.desk.showing.looks import looks_of
from web.desk.showing.moments import PastTheEnd
from web.desk.visit import NotThere, Refused, Visit
from web.server.reading import FORM_BYTES, FORM_FIELDS, read_body, read_form
from web.server.site import Site, site_of

LOGIN = "/desk/login"
COOKIE = "__Host-desk"
WANTED = "__Host-desk-wanted"  # the page that was asked for before the login
WANTED_SECONDS = 900
TOKEN_FIELD = "token"
OURS_ALONE = re.compile(r"/desk(/[^\\\x00-\x20]*)?")  # a path of the desk: neither a host nor a scheme fits in

Handler = Callable[[Visit], Response]


class FormTerms(NamedTuple):
    """How a posted form is taken.

    Attributes:
        size, fields: bytes and fields at most.
        in_turn: one after another with all that write. False for forms that ask for much and write little.
        keeps: shows what was typed when the session that the form was made in has ended; None: it has to be typed anew.
    """

    size: int = FORM_BYTES
    fields: int = FORM_FIELDS
    in_turn: bool = True
    keeps: Handler | None = None


USUAL = FormTerms()
BESIDE_OTHERS = FormTerms(in_turn=False)  # of forms that wait for the Prefect server or count people


class DeskRouter(APIRouter):
    """Routes of the desk; each page and form is behind the gate, whoever writes it."""

    def page(self, path: str) -> Callable[[Handler], Handler]:
        def add(handler: Handler) -> Handler:
            self.add_api_route(path, _answering(handler), methods=["GET", "HEAD"], response_model=None)
            return handler

        return add

    def form(self, path: str, terms: FormTerms = USUAL) -> Callable[[Handler], Handler]:
        def add(handler: Handler) -> Handler:
            self.add_api_route(path, _taking(handler, terms), methods=["POST"], response_model=None)
            return handler

        return add


def settings_of(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


def _answering(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        return await asyncio.to_thread(_answer, request, handler)

    return answer


def _taking(handler: Handler, terms: FormTerms) -> Callable[[Request], Awaitable[Response]]:
    async def take(request: Request) -> Response:
        site = site_of(request)
        body = await read_body(request, terms.size)
        if body is None:
            return site.pages.fault(413)
        fields = read_form(body, terms.fields)
        if not terms.in_turn:
            return await asyncio.to_thread(_take, request, handler, terms, fields)
        async with site.gate:  # writers of the web part take turns
            return await asyncio.to_thread(_take, request, handler, terms, fields)

    return take


def _answer(request: Request, handler: Handler) -> Response:
    visit, secret = visit_of(request)
    if visit is None:
        return _to_login(request)
    return _with_cookie(_handled(visit, handler), secret, visit.settings)


def _take(request: Request, handler: Handler, terms: FormTerms, fields: Mapping[str, str]) -> Response:
    visit, secret = visit_of(request)
    typed = {name: text for name, text in fields.items() if name != TOKEN_FIELD}
    if visit is None:
        return show_logged_out(request, typed) if terms.keeps and comes_from_us(request) else to_login()
    if not comes_from_us(request):
        return show_stale_form(visit, typed)
    if not hmac.compare_digest(fields.get(TOKEN_FIELD, "").encode(), visit.form_token.encode()):
        visit.fields = typed
        return _handled(visit, terms.keeps) if terms.keeps and typed else show_stale_form(visit, typed)
    visit.fields = fields
    return _with_cookie(_handled(visit, handler), secret, visit.settings)


def _handled(visit: Visit, handler: Handler) -> Response:
    try:
        return handler(visit)
    except Refused as refusal:
        return show_refusal(visit, refusal.sentence, refusal.status)
    except NotThere:
        return show_refusal(visit, "", 404)
    except PastTheEnd:
        return RedirectResponse(visit.turned(1), 303)


def visit_of(request: Request) -> tuple[Visit | None, str | None]:
    """The visit of whoever is logged in, and what a new cookie has to hold, if one is needed."""
    site, settings = site_of(request), settings_of(request)
    at = site.clock()
    session, secret = _session_of(request, site, settings)
    if session is None:
        return None, None
    token = form_token(site, session.session_hash)
    return Visit(request, site, settings, looks_of(request), session, at, token), secret


def _session_of(request: Request, site: Site, settings: Settings) -> tuple[Session | None, str | None]:
    at, people = site.clock(), site.programme.people
    held = request.cookies.get(COOKIE, "")
    session = read_session(site.engine, people, held, at) if held else None
    named = named_by_proxy(request, settings, people)
    if session and (session.source is Source.LINK or (named and named.email == session.person.email)):
        return session, None
    if named is None:
        return None, None
    secret = begin_session(site.engine, named, Source.PROXY, at, settings.desk_hours)
    return read_session(site.engine, people, secret, at), secret


def named_by_proxy(request: Request, settings: Settings, people: tuple[Person, ...]) -> Person | None:
    """The person whom the firm's own login names; None unless the request comes from one of its proxies."""
    if settings.desk != "proxy" or not _is_proxy(settings, _peer_of(request)):
        return None
    named = request.headers.getlist(settings.desk_header)
    return person_by_email(people, named[0]) if len(named) == 1 else None


def _peer_of(request: Request) -> str:
    """The address at the other end of the connection, whatever X-Forwarded-For says."""
    peer = request.scope.get("state", {}).get("peer")
    return str(peer or (request.client.host if request.client else ""))


def _is_proxy(settings: Settings, host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    named = settings.desk_proxies.replace(",", " ").split()
    return any(address in ip_network(each, strict=False) for each in named)


def comes_from_us(request: Request) -> bool:
    """Whether a browser says that a post comes from one of our own pages; one that says nothing is believed.

    A forged post from elsewhere carries no cookie (SameSite) and no token; this refuses it a third time.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    if origin is None:
        return True
    own = {urlsplit(site_of(request).base_url).netloc, request.headers.get("host", "")}
    try:
        return urlsplit(origin).netloc in own
    except ValueError:  # half a bracket: no browser's
        return False


def form_token(site: Site, session_hash: str) -> str:
    """The token of all forms of one session; of no use in another."""
    return hmac.digest(site.keys[0], b"desk form\x1f" + session_hash.encode(), "sha256").hex()


def to_login() -> Response:
    return RedirectResponse(LOGIN, 303)


def _to_login(request: Request) -> Response:
    """To the login; the page that was asked for comes after it."""
    answer = to_login()
    path = request.url.path
    if OURS_ALONE.fullmatch(path) and path != "/desk" and request.method == "GET":
        answer.set_cookie(WANTED, path, WANTED_SECONDS, secure=True, httponly=True, samesite="lax")
    return answer


def wanted_path(request: Request) -> str:
    """Where to go after the login; /desk for anything that is not a path of the desk."""
    path = request.cookies.get(WANTED, "")
    return path if OURS_ALONE.fullmatch(path) else "/desk"


def _with_cookie(answer: Response, secret: str | None, settings: Settings) -> Response:
    if secret:
        set_session(answer, secret, settings)
    return answer


def set_session(answer: Response, secret: str, settings: Settings) -> None:
    seconds = settings.desk_hours * 3600
    answer.set_cookie(COOKIE, secret, seconds, path="/", secure=True, httponly=True, samesite="lax")


def forget(answer: Response, name: str) -> None:
    options: dict[str, Any] = {"path": "/", "secure": True, "httponly": True, "samesite": "lax"}
    answer.delete_cookie(name, **options)
