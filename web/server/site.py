"""What every page shares: the database, the programme, the keys of the links, and the clock."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import Engine
from starlette.requests import Request

from models.settings import Settings
from programme.terms.schema import Programme
from programme.words.tokens import LinkPurpose, read_message_token
from tasks.inbound.journal import Journal
from web.hooks.applying import Applier
from web.hooks.signature import read_public_key
from web.server.pages import PageRenderer
from web.server.wishes import Wishes

POSTGRES_WRITERS = 4  # at once; SQLite has one writer, and whoever queues here is served in turn


def present_moment() -> datetime:
    return datetime.now(UTC)


@dataclass
class Site:
    """Made once, before the first request.

    Attributes:
        keys: that sign links, the present one first; the old ones stay accepted.
        webhook_key: None refuses all events.
        journal: where wishes wait that the database cannot take.
        gate: writes wait here for their turn rather than in the database; the first to come is the first served.
        clock: gives the present moment, aware.
    """

    engine: Engine
    programme: Programme
    keys: tuple[bytes, ...]
    base_url: str
    webhook_key: ec.EllipticCurvePublicKey | None
    clock: Callable[[], datetime]
    journal: Journal
    own_templates: Path | None = None
    pages: PageRenderer = field(init=False)
    gate: asyncio.Semaphore = field(init=False)
    applier: Applier = field(init=False)
    wishes: Wishes = field(init=False)

    def __post_init__(self) -> None:
        self.pages = PageRenderer(self.programme, self.own_templates)
        self.gate = asyncio.Semaphore(1 if self.engine.dialect.name == "sqlite" else POSTGRES_WRITERS)
        self.applier = Applier(self.engine, self.gate)
        self.wishes = Wishes(self.engine, self.journal, self.gate)

    def message_of(self, purpose: LinkPurpose, token: str) -> str | None:
        """The message id of a link's token, None for any token that we did not make for this purpose."""
        return read_message_token(self.keys, purpose, token)


def make_site(
    settings: Settings, engine: Engine, programme: Programme, clock: Callable[[], datetime], journal: Journal
) -> Site:
    """Raises WebhookKeyInvalid."""
    webhook_key = read_public_key(settings.sendgrid_webhook_key) if settings.sendgrid_webhook_key else None
    own = (webhook_key, clock, journal, settings.templates)
    return Site(engine, programme, settings.every_key(), settings.base_url, *own)


def site_of(request: Request) -> Site:
    return cast(Site, request.app.state.site)
