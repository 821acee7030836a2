"""Many rows in one go: the same rows by whichever way, on both databases."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError

from models.database import bulk
from models.database.bulk import insert_rows
from models.database.clock import aware
from models.database.engine import reading, writing
from models.database.refusals import machine_fault
from models.tables import messages, suppressions, sync_cursors
from programme.words.states import MessageStatus, Reason

COLUMNS = ["email", "reason", "since"]
AWKWARD = ["tab\there", "line\nbreak", "back\\slash", "\\N", "\\.", "quote'\"", "Zoë 😀", "{a,b}", " spaces "]


@pytest.mark.parametrize("copied_from", [1, 1_000])
def test_rows_come_back_as_they_were(engine: Engine, monkeypatch: pytest.MonkeyPatch, copied_from: int) -> None:
    """No character of a value means anything, by arrays or by COPY; a key that is there already counts as none."""
    monkeypatch.setattr(bulk, "COPIED_FROM", copied_from)
    rows = [[f"{number}@example.nl", text, date(2026, 3, 1)] for number, text in enumerate(AWKWARD)]

    with writing(engine) as connection:
        first = insert_rows(connection, suppressions, COLUMNS, rows, ignore_existing=True)
        again = insert_rows(connection, suppressions, COLUMNS, rows, ignore_existing=True)
    with reading(engine) as connection:
        kept = connection.scalars(select(suppressions.c.reason).order_by(suppressions.c.email)).all()

    assert (first, again) == (len(AWKWARD), 0)
    assert list(kept) == AWKWARD


@pytest.mark.parametrize("copied_from", [1, 1_000])
def test_a_refusal_is_told_like_any_other(engine: Engine, monkeypatch: pytest.MonkeyPatch, copied_from: int) -> None:
    """Commands and pages know what to say of a statement that was refused, also of one that went to the driver."""
    monkeypatch.setattr(bulk, "COPIED_FROM", copied_from)
    only_reads = "PRAGMA query_only = on" if engine.dialect.name == "sqlite" else "SET TRANSACTION READ ONLY"

    with engine.connect() as connection:
        connection.exec_driver_sql(only_reads)
        with pytest.raises(DBAPIError) as found:
            insert_rows(connection, suppressions, COLUMNS, [["a@example.nl", "manual", date(2026, 3, 1)]])
        connection.invalidate()

    assert machine_fault(found.value)
    assert "a@example.nl" not in str(found.value)


@pytest.mark.parametrize("copied_from", [1, 1_000])
def test_a_log_with_some_rows_takes_the_others(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, copied_from: int
) -> None:
    """Of five messages of which two are there the other three are added, each with its plan and its state."""
    monkeypatch.setattr(bulk, "COPIED_FROM", copied_from)
    told = {"touchpoint": "check_in", "flow": "daily", "purpose": "service", "status": "planned", "attempts": 0}
    told |= dict.fromkeys(("as_of", "due_on", "closes_on"), date(2026, 3, 1))
    columns = ["message_id", "client_id", "recipient", "occasion", *told]
    rows = [[f"m{number}", f"C{number}", f"{number}@example.nl", f"P{number}", *told.values()] for number in range(5)]

    with writing(engine) as connection:
        first = insert_rows(connection, messages, columns, rows[1:3], ignore_existing=True)
        others = insert_rows(connection, messages, columns, rows, ignore_existing=True)
    with reading(engine) as connection:
        kept = connection.execute(select(messages.c.message_id, messages.c.status)).all()

    assert (first, others) == (2, 3)
    assert sorted(kept) == [(f"m{number}", "planned") for number in range(5)]


@pytest.mark.parametrize("copied_from", [1, 1_000])
def test_a_column_holds_nothing_beside_text(engine: Engine, monkeypatch: pytest.MonkeyPatch, copied_from: int) -> None:
    """Text, a word of a list, nothing, yes, no and a moment come back side by side, and a text that names nothing."""
    monkeypatch.setattr(bulk, "COPIED_FROM", copied_from)
    told = {"touchpoint": "check_in", "flow": "daily", "purpose": "service", "attempts": 0}
    told |= dict.fromkeys(("as_of", "due_on", "closes_on"), date(2026, 3, 1)) | {"status": MessageStatus.ACCEPTED}
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC)
    values: list[tuple[Any, ...]] = [(text, None, None) for text in AWKWARD]
    values += [(None, True, moment), (None, False, None), (Reason.PAUSED, True, None)]
    columns = ["message_id", "client_id", "recipient", "occasion", *told, "subject", "is_tracked", "settled_at"]
    rows = [[f"m{number:02}", f"C{number}", "", "P", *told.values(), *own] for number, own in enumerate(values)]

    with writing(engine) as connection:
        insert_rows(connection, messages, columns, rows, ignore_existing=True)
    kept = [messages.c.subject, messages.c.is_tracked, messages.c.settled_at]
    with reading(engine) as connection:
        found = connection.execute(select(*kept).order_by(messages.c.message_id)).all()

    assert [(row[0], row[1], row[2] and aware(row[2])) for row in found] == values


def test_moments_are_kept_in_utc(engine: Engine) -> None:
    """A moment of any zone comes back as the same moment, and in its place among those of the database's clock."""
    amsterdam = datetime(2026, 7, 1, 0, 30, tzinfo=ZoneInfo("Europe/Amsterdam"))
    with writing(engine) as connection:
        insert_rows(connection, sync_cursors, ["name", "reached_at"], [["a", amsterdam]])
    with reading(engine) as connection:
        kept = connection.scalars(select(sync_cursors.c.reached_at)).one()

    assert aware(kept) == amsterdam
