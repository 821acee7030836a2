"""A served site on each database: three client records, a message of each touchpoint, and the provider's key."""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from httpx import Response
from jinja2 import Environment
from sqlalchemy import Engine, select
from starlette.testclient import TestClient

from models import tables
from models.database.engine import reading, writing
from models.settings import Settings
from programme.inbound.answers import ASKED_BY
from programme.words.tokens import LinkPurpose, message_id_of, message_token
from tasks.base.pages import page_environment
from tasks.inbound.journal import Journal
from tasks.mail.keeping.template_code import KeptCode
from tests.factories import shipped_programme
from web.hooks.events import SIGNATURE, TIMESTAMP
from web.server import wishes
from web.server.app import create_app
from web.server.guard import RateLimit

KEY = "a key for tests that is long enough"
NOW = datetime(2026, 3, 20, 10, 0, tzinfo=UTC)
TODAY = NOW.date()
PROVIDER_KEY = ec.derive_private_key(20260320, ec.SECP256R1())
SURVEYS = ("survey_nps", "survey_csat", "survey_ces", "survey_loyalty")
TOUCHPOINTS = ("feedback_request", "check_in", "permit_check", "build_check", "review_reminder", "seasonal", *SURVEYS)


def public_key_text() -> str:
    der = PROVIDER_KEY.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return base64.b64encode(der).decode()


def settings(**changes: Any) -> Settings:
    values = {"secret_key": KEY, "sendgrid_webhook_key": public_key_text(), "base_url": "https://mail.example.nl"}
    return Settings(_env_file=None, **(values | changes))


@pytest.fixture(autouse=True, scope="session")
def pages_compiled_once() -> Iterator[None]:
    """Each test that serves pages has an application of its own, which would compile their templates anew."""
    code = KeptCode()

    def compiled_once(*folders: Path) -> Environment:
        environment = page_environment(*folders)
        environment.bytecode_cache = code
        return environment

    with pytest.MonkeyPatch.context() as patched:
        for module in ("web.server.pages", "web.desk.showing.looks"):
            patched.setattr(f"{module}.page_environment", compiled_once)
        yield


@dataclass
class Served:
    """The site over HTTP, its database, and the clock that it goes by."""

    client: TestClient
    engine: Engine
    now: list[datetime] = field(default_factory=lambda: [NOW])

    def message_id(self, touchpoint: str, client_id: str = "C1") -> str:
        return message_id_of(KEY.encode(), client_id, touchpoint, occasion_of(touchpoint))

    def link(self, purpose: LinkPurpose, touchpoint: str, client_id: str = "C1") -> str:
        token = message_token(KEY.encode(), purpose, self.message_id(touchpoint, client_id))
        return f"/{'u' if purpose == LinkPurpose.UNSUBSCRIBE else 'a'}/{token}"

    def answer_link(self, touchpoint: str) -> str:
        return self.link(LinkPurpose.ANSWER, touchpoint)

    def unsubscribe_link(self, touchpoint: str = "seasonal") -> str:
        return self.link(LinkPurpose.UNSUBSCRIBE, touchpoint)

    def post_events(self, payloads: Any, at: datetime | None = None, **headers: str) -> Response:
        return self.post_body(json.dumps(payloads, separators=(",", ":")).encode(), at, **headers)

    def post_body(self, body: bytes, at: datetime | None = None, **headers: str) -> Response:
        timestamp = str(int((at or self.now[0]).timestamp()))
        signature = PROVIDER_KEY.sign(timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))
        signed = {SIGNATURE: base64.b64encode(signature).decode(), TIMESTAMP: timestamp}
        return self.client.post("/webhooks/sendgrid/events", content=body, headers=signed | headers)

    def rows(self, table: Any) -> list[dict[str, Any]]:
        with reading(self.engine) as connection:
            query = select(table).order_by(*table.primary_key.columns)
            return [dict(row._mapping) for row in connection.execute(query)]

    def state(self) -> dict[str, list[dict[str, Any]]]:
        """All that a request could have changed."""
        return {table.name: self.rows(table) for table in tables.metadata.sorted_tables}

    def later(self, **by: float) -> None:
        self.now[0] += timedelta(**by)


def occasion_of(touchpoint: str) -> str:
    return {"quote_rejected": "Q1", "seasonal": "2026-03"}.get(touchpoint, "P1")


def seed(engine: Engine) -> None:
    with writing(engine) as connection:
        client = {"name": "Jan", "kind": "consument", "consent": "unknown", "channel": "email", "id_crc32": 1}
        connection.execute(tables.clients.insert().values(client_id="C1", recipient="jan@example.nl", **client))
        connection.execute(
            tables.clients.insert().values(client_id="C2", recipient="wis@example.nl", erased_on=TODAY, **client)
        )
        project = {"type": "dakkapel", "value_cents": 150_000, "ordered_on": date(2025, 10, 1)}
        connection.execute(
            tables.projects.insert().values(project_id="P1", client_id="C1", delivered_on=date(2025, 11, 1), **project)
        )
        for touchpoint in sorted({*TOUCHPOINTS, *ASKED_BY}):
            connection.execute(tables.messages.insert().values(**message_row("C1", touchpoint)))
        connection.execute(tables.messages.insert().values(**message_row("C2", "permit_check")))


def message_row(client_id: str, touchpoint: str, **changes: Any) -> dict[str, Any]:
    values = {
        "message_id": message_id_of(KEY.encode(), client_id, touchpoint, occasion_of(touchpoint)),
        "client_id": client_id,
        "recipient": "jan@example.nl" if client_id == "C1" else "wis@example.nl",
        "touchpoint": touchpoint,
        "occasion": occasion_of(touchpoint),
        "flow": "daily",
        "purpose": "service",
        "as_of": date(2026, 3, 16),
        "due_on": date(2026, 3, 16),
        "closes_on": date(2026, 3, 30),
        "status": "accepted",
        "attempts": 1,
    }
    return values | changes


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Served]]:
    """Serves an engine with any settings changed; `client_options` go to the test client.

    However busy the machine that tests, a write that can be made is made: nothing waits in the journal for that.
    """
    monkeypatch.setattr(wishes, "TURN_SECONDS", 60.0)
    monkeypatch.setattr(wishes, "WHOLE_SECONDS", 60.0)
    running: list[TestClient] = []

    def start(engine: Engine, limit: Any = None, client_options: Any = None, **changes: Any) -> Served:
        now = [NOW]
        journal = Journal(tmp_path / "wishes")
        allowed = limit or RateLimit(burst=100_000)  # a quick machine opens hundreds of pages at once
        app = create_app(settings(**changes), engine, shipped_programme(), lambda: now[0], allowed, journal)
        client = TestClient(app, follow_redirects=False, **(client_options or {}))
        client.__enter__()
        running.append(client)
        return Served(client, engine, now)

    yield start
    for client in running:
        client.__exit__(None, None, None)


@pytest.fixture
def served(engine: Engine, serve: Callable[..., Served]) -> Served:
    seed(engine)
    return serve(engine)
