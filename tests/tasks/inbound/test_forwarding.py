"""To whom the mail of a client is passed on."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, insert

from models import tables
from models.database.engine import writing
from tasks.inbound.replies.forwarding import engineer_of
from tests.factories import shipped_programme

AT = datetime(2026, 3, 3, 9, 40, tzinfo=UTC)
TODAY = AT.date()
ANKE, BAS, JEROEN = "Anke Wiersma", "Bas Hoekstra", "Jeroen Broersma"


def test_the_engineer_of_the_latest_delivery_that_stands(sqlite_engine: Engine) -> None:
    """Of the client himself, by today; who is away until a moment is back at it, and nobody stands in."""
    client = {"name": "Jan", "kind": "consument", "consent": "unknown", "channel": "email", "id_crc32": 1}
    jobs: list[tuple[str, str, str, dict[str, Any]]] = [
        ("P1", "K1", JEROEN, {"delivered_on": date(2026, 1, 1)}),
        ("P2", "K1", ANKE, {"delivered_on": TODAY}),
        ("P3", "K1", BAS, {"delivered_on": TODAY, "cancelled_on": TODAY}),
        ("P4", "K1", BAS, {"delivered_on": TODAY + timedelta(days=1)}),
        ("P5", "K2", BAS, {"delivered_on": TODAY}),
        ("P6", "K3", "Iemand Anders", {"delivered_on": TODAY}),
    ]
    with writing(sqlite_engine) as connection:
        for client_id in ("K1", "K2", "K3"):
            connection.execute(insert(tables.clients).values(client_id=client_id, recipient="", **client))
        for project_id, client_id, engineer, days in jobs:
            own = {"project_id": project_id, "client_id": client_id, "engineer": engineer, "type": "dakkapel"}
            own |= {"value_cents": 150_000, "ordered_on": date(2025, 10, 1)}
            connection.execute(insert(tables.projects).values(**own, **days))

        def who(client_id: str, at: datetime = AT) -> str | None:
            found = engineer_of(connection, shipped_programme(), client_id, at)
            return found.name if found else None

        assert [who(client_id) for client_id in ("K1", "K2", "K3", "K9")] == [ANKE, BAS, None, None]
        until = AT + timedelta(hours=1)
        connection.execute(insert(tables.absences).values(name=ANKE, from_at=AT, until_at=until, made_by=BAS))
        assert [who("K1", at) for at in (AT - timedelta(minutes=1), AT, until)] == [ANKE, None, ANKE]
