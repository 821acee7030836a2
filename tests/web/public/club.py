"""The referral programme as it is served: clients with links, friends who post the form, and the clock they go by."""

import re
import zlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from httpx import Response
from sqlalchemy import Engine, insert, select
from starlette.testclient import TestClient

from models import tables
from models.database.engine import reading, writing
from programme.words.tokens import client_code_of, dashboard_token

KEY = "a key for tests that is long enough"
NOW = datetime(2026, 3, 20, 10, 0, tzinfo=UTC)
BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
PHONE = {"user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"}
FRIEND = {"naam": "Vera Postma", "email": "vera@voorbeeld.nl"}


@dataclass
class Club:
    client: TestClient
    engine: Engine
    now: list[datetime] = field(default_factory=lambda: [NOW])

    @property
    def today(self) -> date:
        return self.now[0].date()

    def later(self, **by: float) -> None:
        self.now[0] += timedelta(**by)

    def add_client(self, client_id: str, name: str = "Wietske Zijlstra", **values: Any) -> str:
        """A client with a code, which is returned."""
        address = f"{client_id.lower()}@voorbeeld.nl"
        row = {"client_id": client_id, "name": name, "email": address, "recipient": address, "kind": "consument"}
        row |= {"consent": "yes", "channel": "email", "id_crc32": zlib.crc32(client_id.encode())}
        code = client_code_of(KEY.encode(), client_id)
        with writing(self.engine) as connection:
            connection.execute(insert(tables.clients).values(**(row | values)))
            connection.execute(insert(tables.client_codes).values(client_id=client_id, code=code))
        return code

    def add_project(self, project_id: str, client_id: str, ordered_on: date, **values: Any) -> None:
        row = {"project_id": project_id, "client_id": client_id, "type": "dakkapel", "value_cents": 150_000}
        with writing(self.engine) as connection:
            connection.execute(insert(tables.projects).values(**(row | {"ordered_on": ordered_on} | values)))

    def add_referral(self, referral_id: str, by: str, of: str | None, day: date, **values: Any) -> None:
        row = {"referral_id": referral_id, "referrer_id": by, "referred_client_id": of, "invited_on": day}
        with writing(self.engine) as connection:
            connection.execute(insert(tables.referrals).values(**(row | {"signed_up_on": day} | values)))

    def add_won(self, number: int, by: str, delivered_on: date) -> None:
        """A friend who became a client, whose first project is delivered on that day."""
        friend, signed_up_on = f"F{number}", delivered_on - timedelta(days=40)
        self.add_client(friend, f"Vriend {number}")
        self.add_referral(f"R{number}", by, friend, signed_up_on)
        self.add_project(f"PF{number}", friend, signed_up_on + timedelta(days=5), delivered_on=delivered_on)

    def own_page(self, code: str) -> str:
        return f"/mijn/{dashboard_token(KEY.encode(), code)}"

    def open_form(self, code: str, headers: dict[str, str] = BROWSER) -> str:
        """The signed time of a form that is opened now."""
        page = self.client.get(f"/ref/{code}", headers=headers)
        found = re.search(r'name="tijd" value="([^"]+)"', page.text)
        assert found, page.text
        return found[1]

    def post(
        self, code: str, fields: dict[str, str] = FRIEND, headers: dict[str, str] = BROWSER, **more: str
    ) -> Response:
        """Open the form, read and fill it in for ten seconds, and post it."""
        opened = self.open_form(code, headers)
        self.later(seconds=10)
        return self.client.post(f"/ref/{code}", data={"tijd": opened} | fields | more, headers=headers)

    def rows(self, table: Any) -> list[dict[str, Any]]:
        with reading(self.engine) as connection:
            query = select(table).order_by(*table.primary_key.columns)
            return [dict(row._mapping) for row in connection.execute(query)]

    def signup(self) -> dict[str, Any]:
        """The only one there is."""
        (row,) = self.rows(tables.signups)
        return row

    def state(self) -> dict[str, list[dict[str, Any]]]:
        """All that a request could have changed, but for who counts as which visitor and how often he posted."""
        passing = {"visitor_keys", "referral_visits", "page_visits", "form_posts"}
        return {table.name: self.rows(table) for table in tables.metadata.sorted_tables if table.name not in passing}
