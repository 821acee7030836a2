"""A base of small groups of clients: each group is one history, and all are played over the same ticks."""

import random
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert

from models.database.engine import open_engine, upgrade_schema, writing
from models.settings import Settings
from models.tables import clients, projects
from programme.care.tick import quarter_before
from programme.words.dates import moment_from
from tasks.base.workspace import Workspace
from tasks.care.tick import TickDone, run_tick
from tasks.mail.render import Renderer
from tasks.runs.outside.to_staff import StaffMailer
from tests.factories import shipped_programme

BEGIN = moment_from("2026-03-20T08:00")  # before a change of the clock, Easter and King's Day
MEMBERS = 3  # of a group: two records of one address, and one more, sometimes without any


@dataclass
class World:
    """A database with its groups, and the moment that it has reached."""

    engine: Engine
    folder: Path
    at: datetime = BEGIN
    moved: set[str] = field(default_factory=set)  # clients whose address changed: two open cases may meet
    mailers: dict[str, StaffMailer] = field(default_factory=dict)
    told: list[tuple[datetime, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        settings = Settings(outbox_dir=self.folder / "outbox", secret_key="k" * 32)
        self.workspace = Workspace(settings, shipped_programme(), self.engine)
        self.renderer = Renderer(self.workspace.programme, settings.base_url)

    def tick(self) -> TickDone:
        """Run the tick of the moment."""
        return run_tick(self.workspace, self.renderer, quarter_before(self.at), mailers=self.mailers)

    def pass_time(self, pick: random.Random) -> None:
        """A while later: most often some quarters of an hour, sometimes days without a tick."""
        self.at += timedelta(minutes=pick.choice([15, 15, 15, 30, 45, 60, 120, 240, 600, 1440, 1440, 4320, 20160]))


@contextmanager
def fresh(groups: int, seed: int) -> Iterator[World]:
    """A world in memory."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine("sqlite://")
        upgrade_schema(engine)
        yield filled(engine, Path(folder), groups, seed)
        engine.dispose()


def filled(engine: Engine, folder: Path, groups: int, seed: int) -> World:
    """A world on this database, with so many groups of clients."""
    pick = random.Random(seed)
    rows = [_client(group, member, pick) for group in range(groups) for member in range(MEMBERS)]
    with writing(engine) as connection:
        connection.execute(insert(clients), rows)
        connection.execute(insert(projects), [_project(row["client_id"], pick) for row in rows])
    return World(engine, folder)


def _client(group: int, member: int, pick: random.Random) -> dict[str, Any]:
    client_id = f"G{group:04}-{member}"
    address = f"g{group}@voorbeeld.example" if member < 2 else pick.choice([f"h{group}@voorbeeld.example", ""])
    return {
        "client_id": client_id,
        "name": "Jan Voorbeeld",
        "email": address or None,
        "recipient": address,
        "phone": pick.choice([None, "0612345678"]),
        "kind": "consument",
        "consent": pick.choice(["yes", "unknown", "no"]),
        "channel": pick.choice(["email", "phone", "post"]),
        "phone_consent": pick.choice([True, None, False]),
        "id_crc32": zlib.crc32(client_id.encode()),
    }


def _project(client_id: str, pick: random.Random) -> dict[str, Any]:
    return {
        "project_id": f"P-{client_id}",
        "client_id": client_id,
        "type": "dakkapel",
        "value_cents": pick.choice([50_000, 250_000]),
        "ordered_on": date(2025, 6, 2),
        "delivered_on": pick.choice([date(2025, 9, 25), date(2025, 12, 1), date(2026, 3, 2)]),
        "engineer": pick.choice([shipped_programme().people[0].name, None]),
        "address": "Kerkweg 1",
        "postcode": "8921 AB",
    }
