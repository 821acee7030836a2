"""A served referral programme on each database, with partners as the demo has them."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from tasks.inbound.journal import Journal
from tests import factories as make
from tests.web.conftest import settings
from tests.web.public.club import NOW, Club
from web.server.app import create_app


@pytest.fixture
def open_club(tmp_path) -> Iterator[Callable[..., Club]]:
    running: list[TestClient] = []

    def start(engine: Engine, **changes: object) -> Club:
        now = [NOW]
        programme = make.programme(**({"partners.enabled": True} | changes))
        app = create_app(
            settings(outbox_dir=tmp_path / "outbox"),
            engine,
            programme,
            lambda: now[0],
            journal=Journal(tmp_path / "wishes"),
        )
        client = TestClient(app, follow_redirects=False)
        client.__enter__()
        running.append(client)
        return Club(client, engine, now)

    yield start
    for client in running:
        client.__exit__(None, None, None)


@pytest.fixture
def club(engine: Engine, open_club: Callable[..., Club]) -> Club:
    return open_club(engine)
