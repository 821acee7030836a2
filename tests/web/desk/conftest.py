"""A served desk and colleagues who are logged in: each works with a browser of their own."""

import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import Engine, insert, select, update
from starlette.testclient import TestClient

from models import tables
from models.database.engine import reading, writing
from models.settings import Settings
from programme.terms.schema import Programme
from tasks.desk.sessions import make_link, person_by_name
from tasks.inbound.journal import Journal
from tests.factories import shipped_programme
from web.desk import login
from web.server.app import create_app

KEY = "a key for tests that is long enough"
HOST = "https://balie.example.nl"
NOW = datetime(2026, 3, 3, 9, 40, tzinfo=UTC)  # a Tuesday, 10.40 in Amsterdam
ANKE, BAS, JEROEN, MARIJE = "Anke Wiersma", "Bas Hoekstra", "Jeroen Broersma", "Marije Broersma"


class Browser(TestClient):
    """A browser on our own pages: it says where a post comes from, as browsers do."""

    def post(self, url: Any, **options: Any) -> Response:  # type: ignore[override]  # the same, with two headers
        headers = {"origin": HOST, "sec-fetch-site": "same-origin"} | dict(options.pop("headers", None) or {})
        return super().post(url, headers=headers, **options)

    def submit(self, path: str, on: str | None = None, **fields: str) -> Response:
        """Post a form with the token of the page that it stands on."""
        return self.post(path, data={"token": token_on(self.get(on or path)), **fields})


def token_on(page: Response) -> str:
    found = re.search(r'name="token" value="([0-9a-f]+)"', page.text)
    assert found, page.text[:400]
    return found[1]


@dataclass
class Desk:
    """The application, its database and its clock."""

    app: Any
    engine: Engine
    programme: Programme
    outbox: Path
    now: list[datetime] = field(default_factory=lambda: [NOW])
    settings: Settings = field(default_factory=lambda: Settings(_env_file=None))

    def browser(self, address: str = "203.0.113.7") -> Browser:
        return Browser(self.app, base_url=HOST, follow_redirects=False, client=(address, 50_000))

    def as_person(self, name: str = BAS) -> Browser:
        """A browser in which this person has logged in by a link."""
        browser = self.browser()
        token = make_link(self.engine, person_by_name(self.programme.people, name), self.now[0])
        assert browser.post(f"/desk/in/{token}").status_code == 303
        return browser

    def later(self, **by: float) -> None:
        self.now[0] += timedelta(**by)

    def rows(self, table: Any) -> list[dict[str, Any]]:
        with reading(self.engine) as connection:
            query = select(table).order_by(*table.primary_key.columns)
            return [dict(row._mapping) for row in connection.execute(query)]

    def add(self, table: Any, **values: Any) -> None:
        with writing(self.engine) as connection:
            connection.execute(insert(table).values(**values))

    def change(self, table: Any, **values: Any) -> None:
        """Change the row that the first of the values names."""
        name = next(iter(values))
        with writing(self.engine) as connection:
            connection.execute(update(table).where(table.c[name] == values[name]).values(**values))

    def add_client(self, client_id: str, name: str = "Sjaak Mulder", **values: Any) -> None:
        row = {
            "client_id": client_id,
            "name": name,
            "email": f"{client_id.lower()}@voorbeeld.nl",
            "recipient": f"{client_id.lower()}@voorbeeld.nl",
            "kind": "consument",
            "consent": "yes",
            "channel": "email",
            "id_crc32": zlib.crc32(client_id.encode()),
        }
        self.add(tables.clients, **row | values)

    def add_project(self, client_id: str, project_id: str = "", **values: Any) -> None:
        row = {
            "project_id": project_id or f"P-{client_id}",
            "client_id": client_id,
            "type": "dakkapel",
            "value_cents": 66_595,
            "ordered_on": date(2025, 12, 1),
            "delivered_on": date(2026, 2, 16),
            "engineer": ANKE,
            "address": "Singel 52, Dokkum",
            "postcode": "9101 KT",
        }
        self.add(tables.projects, **row | values)

    def acts(self) -> list[tuple[str, str]]:
        """(verb, by whom) of every act but logging in, in order."""
        return [(row["act"], row["by_name"]) for row in self.rows(tables.acts) if row["act"] != "log in"]


Opens = Callable[..., Desk]


@pytest.fixture
def open_desk(tmp_path: Path) -> Opens:
    """Opens a desk on an engine, with any settings changed; nothing works beside the requests."""

    def start(engine: Engine, programme: Programme | None = None, file: Path | None = None, **changes: Any) -> Desk:
        values = {"secret_key": KEY, "base_url": HOST, "desk": "mail", "outbox_dir": tmp_path / "outbox"}
        settings = Settings(_env_file=None, **(values | changes | ({"programme": file} if file else {})))
        now, own = [NOW], programme or shipped_programme()
        app = create_app(settings, engine, own, lambda: now[0], journal=Journal(tmp_path / "wishes"))
        return Desk(app, engine, own, tmp_path / "outbox", now, settings)

    return start


@pytest.fixture
def desk(sqlite_engine: Engine, open_desk: Opens, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(login, "BURST", 1000)  # a test logs in more often than a network of people does
    return open_desk(sqlite_engine)
