"""Prefect's own database never held a client's name or address, so an erasure has nothing to do there."""

import logging
import sqlite3
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert

from models.database.engine import writing
from models.tables import clients, feedback, projects
from tasks.base.workspace import open_workspace, present_moment
from tasks.care.acting.acts import record_act
from tasks.privacy.erasing import erase_person

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("prefect")]

DAY = date(2026, 3, 2)
TRACES = ("Zwaantje", "Quaadvlieg", "zwaantje@quaadvlieg.nl", "niemand belde")


def test_no_row_of_prefect_names_a_client(
    sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A day is looked at, run, erased and kept house of: flow runs, task runs, artifacts, logs and states are read."""
    from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL

    from flows.daily import daily
    from flows.housekeeping import housekeeping

    caplog.set_level(logging.DEBUG, "bouwclub")
    name, address, words = f"{TRACES[0]} {TRACES[1]}", TRACES[2], TRACES[3]
    client = {"client_id": "C1", "name": name, "email": address, "recipient": address, "kind": "consument"}
    done = {"project_id": "P1", "client_id": "C1", "type": "uitbouw", "value_cents": 300_000}
    said = {"feedback_id": "F1", "client_id": "C1", "kind": "review", "comment": words, "origin": "import"}
    with writing(sqlite_engine) as connection:
        connection.execute(insert(clients).values(**client, consent="yes", channel="email", id_crc32=1))
        connection.execute(insert(projects).values(**done, ordered_on=date(2026, 1, 5), delivered_on=date(2026, 2, 16)))
        connection.execute(insert(feedback).values(**said, given_on=date(2026, 2, 20)))
    monkeypatch.setenv("BOUWCLUB_DATABASE_URL", str(sqlite_engine.url))
    monkeypatch.setenv("BOUWCLUB_OUTBOX_DIR", str(tmp_path / "outbox"))
    monkeypatch.setenv("BOUWCLUB_SECRET_KEY", "a key for tests")
    monkeypatch.chdir(tmp_path)

    daily(as_of=DAY)
    assert daily(as_of=DAY, dry_run=False).to_send == 1
    workspace = open_workspace()
    erase_person(workspace, "C1", "Anke", present_moment(), record_act, lambda _: 0)
    housekeeping(dry_run=False)

    kept = _rows(PREFECT_API_DATABASE_CONNECTION_URL.value())
    assert f"daily-{DAY}" in kept
    assert [trace for trace in TRACES if trace in kept or trace in caplog.text] == []
    assert [path.name for path in tmp_path.rglob("*.eml")] == []


def _rows(url: str) -> str:
    """Every cell of every table of Prefect's database, as one text."""
    with sqlite3.connect(url.partition(":///")[2].partition("?")[0]) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return "\n".join(str(row) for name in names for row in connection.execute(f'SELECT * FROM "{name}"'))
