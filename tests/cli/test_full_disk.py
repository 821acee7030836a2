"""A disk that fills up: one line, an exit code for what can be mended, nothing lost and nothing twice."""

import sqlite3
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from cli.mistakes import USER_ERROR, report_mistake
from models.database.engine import writing_durably
from tasks.sending import settling
from tests.tasks.sending.test_delivery import ScriptedMessenger, add, deliver, statuses

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("INSERT", {}, sqlite3.OperationalError("database or disk is full")),
        OperationalError("INSERT", {}, Exception('could not extend file "base/1/2": No space left on device')),
        OSError(28, "No space left on device"),
    ],
)
def test_a_full_disk_is_told_in_one_line(error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    """SQLite's words, PostgreSQL's and our own files' lead to the same line, without statement or values."""
    assert report_mistake(error) == USER_ERROR
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "a disk is full" in said


def test_a_database_that_fills_up_half_way(sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run ends; once there is room, the next one sends the rest, and no message went to the provider twice."""
    add(sqlite_engine, 2_000)
    monkeypatch.setattr(settling.time, "sleep", lambda _: None)
    with sqlite_engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    def fill(raw: Any, _record: Any) -> None:
        raw.execute(f"PRAGMA max_page_count={pages + 20}")

    event.listen(sqlite_engine, "connect", fill)
    sqlite_engine.dispose()
    messenger = ScriptedMessenger()
    with pytest.raises(OperationalError, match="full"):
        deliver(sqlite_engine, messenger)
    event.remove(sqlite_engine, "connect", fill)
    sqlite_engine.dispose()
    with monkeypatch.context() as ended:  # as the process of that run has
        ended.setattr(settling, "is_gone", lambda worker: True)
        with writing_durably(sqlite_engine) as connection:
            settling.end_lost_requests(connection, {messenger.name: messenger.is_repeatable})
    deliver(sqlite_engine, messenger)
    sent = sum(messenger.taken, [])
    assert len(sent) == len(set(sent))
    found = statuses(sqlite_engine)
    assert found.keys() <= {"accepted", "in_doubt"}
    assert sum(found.values()) == 2_000
    assert len(sent) >= found["accepted"]
