"""Puts the web part together."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime

from fastapi import FastAPI, Request
from sqlalchemy import Engine
from starlette.exceptions import HTTPException
from starlette.responses import Response

from models.database.engine import keep_commits_short
from models.settings import Settings
from programme.terms.schema import Programme
from tasks.inbound.journal import Journal, journal_of
from web.desk.faults import show_breakdown
from web.desk.routes import ROUTERS as DESK
from web.hooks import events, inbound
from web.hooks.mailroom import Mailroom
from web.public import account, answers, invitation, own_page, pictures, preferences, statements, unsubscribe
from web.server import healthz
from web.server.guard import Guard, RateLimit
from web.server.site import Site, make_site, present_moment, site_of


def create_app(
    settings: Settings,
    engine: Engine,
    programme: Programme,
    clock: Callable[[], datetime] = present_moment,
    limit: RateLimit | None = None,
    journal: Journal | None = None,
) -> FastAPI:
    """The application; its own documentation pages are off. Raises WebhookKeyInvalid."""
    keep_commits_short(engine)
    site = make_site(settings, engine, programme, clock, journal or journal_of(engine))
    app = FastAPI(
        title="bouwclub",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        redirect_slashes=False,  # it would redirect to whatever host the request names
    )
    app.state.site, app.state.settings = site, settings
    app.state.mailroom = Mailroom(settings, site)
    parts = (
        events, inbound, unsubscribe, preferences, answers, invitation, account, statements, own_page,
        pictures, healthz,
    )  # fmt: skip
    for part in parts:
        app.include_router(part.router)
    if settings.desk != "off":
        for router in DESK:
            app.include_router(router)
    app.add_exception_handler(HTTPException, _show_fault)
    app.add_middleware(
        Guard,
        pages=site.pages,
        is_https=site.base_url.startswith("https://"),
        limit=limit or RateLimit(),
        breakdowns={"/desk": show_breakdown} if settings.desk != "off" else {},
    )
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """While the server runs, events, wishes and mail are worked out; each begins with what a crash left."""
    site: Site = app.state.site
    site.applier.wake()
    site.wishes.wake()
    working = [
        asyncio.create_task(site.applier.run()),
        asyncio.create_task(site.wishes.run(site.programme)),
        asyncio.create_task(app.state.mailroom.run()),
    ]
    yield
    for task in working:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _show_fault(request: Request, error: Exception) -> Response:
    """Paths that do not exist and methods that are not served."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 404:
        return site_of(request).pages.unknown_link()
    response = site_of(request).pages.fault(status)
    response.headers.update(getattr(error, "headers", None) or {})
    return response
