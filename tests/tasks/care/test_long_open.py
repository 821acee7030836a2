"""The first daily look of a week: what it reports, on which day, and what it leaves out."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from models import tables
from models.database.engine import writing
from programme.care.tick import Tick
from tasks.care.long_open import Weekly, look_back
from tests import factories as make

MONDAY = date(2026, 3, 2)
AT = datetime(2026, 3, 2, 7, tzinfo=UTC)
LONG_AGO = AT - timedelta(days=61)  # [care] long_open_days is 60


def store(engine: Engine, table: Any, *rows: dict[str, Any]) -> None:
    with writing(engine) as connection:
        connection.execute(insert(table), rows)


def look(engine: Engine, at: datetime = AT) -> Weekly:
    with writing(engine) as connection:
        return look_back(connection, Tick(at, make.shipped_programme()))


def case(case_id: str, given_at: datetime, state: str = "open") -> dict[str, Any]:
    row = {"case_id": case_id, "client_id": "C1", "severity": "minor", "missed": 0, "root": case_id, "state": state}
    return row | {"given_at": given_at, "opened_at": given_at, "closed_at": None if state == "open" else AT}


def complaint(feedback_id: str, client_id: str, **changes: Any) -> dict[str, Any]:
    row = {"feedback_id": feedback_id, "client_id": client_id, "given_on": MONDAY, "kind": "nps", "score": 3}
    return row | {"origin": "import", "resolved_on": None} | changes


def test_a_case_is_long_open_after_its_sixtieth_day(sqlite_engine: Engine) -> None:
    """Days of Amsterdam; one that ended is not open, however old."""
    just_before_midnight = datetime(2025, 12, 31, 22, 59, tzinfo=UTC)  # there too
    sixtieth = just_before_midnight + timedelta(minutes=1)  # there it is 1 January, sixty days ago
    store(
        sqlite_engine,
        tables.cases,
        case("long", just_before_midnight),
        case("sixtieth", sixtieth),
        case("closed", LONG_AGO, "resolved"),
    )
    assert [line.values for line in look(sqlite_engine).lines] == [{"case_id": "long"}]


@pytest.mark.parametrize(
    ("looked_before", "looks"),
    [
        (AT - timedelta(days=1), True),  # the Sunday before
        (AT, False),  # the Monday itself, at an earlier tick
    ],
)
@pytest.mark.parametrize("days", [0, 3, 6])
def test_once_a_week(sqlite_engine: Engine, looked_before: datetime, looks: bool, days: int) -> None:
    """On Monday, or on the first later day on which a tick comes by."""
    store(sqlite_engine, tables.cases, case("long", LONG_AGO))
    store(sqlite_engine, tables.ticks, {"at": looked_before, "looked_on": looked_before.date()})
    found = look(sqlite_engine, AT + timedelta(days=days, minutes=15))
    assert bool(found.lines) is looks


def test_who_is_held_by_what_no_case_follows(sqlite_engine: Engine) -> None:
    """Recipients and not complaints are counted; of today and before, unresolved, of nobody who was erased."""
    person = {"name": "A", "kind": "consument", "consent": "yes", "channel": "email", "id_crc32": 1}
    people = [("C1", "a@x.nl", None), ("C2", "a@x.nl", None), ("C3", "c@x.nl", MONDAY), ("C4", "", None)]
    rows = [person | dict(zip(("client_id", "recipient", "erased_on"), each, strict=True)) for each in people]
    store(sqlite_engine, tables.clients, *rows)
    store(
        sqlite_engine,
        tables.feedback,
        complaint("F1", "C1"),
        complaint("F2", "C2"),
        complaint("erased", "C3"),
        complaint("tomorrow", "C4", given_on=MONDAY + timedelta(days=1)),
        complaint("content", "C4", score=9),
        complaint("resolved", "C4", resolved_on=MONDAY),
        complaint("followed", "C4"),
    )
    store(sqlite_engine, tables.cases, case("followed", AT))
    joined = {"feedback_id": "followed", "case_id": "followed", "place": 0, "taken_at": AT}
    store(sqlite_engine, tables.case_feedback, joined)
    assert look(sqlite_engine).notes[0].startswith("1 recipient gets no mail because of feedback that no case follows")

    store(sqlite_engine, tables.feedback, complaint("unanswered", "C4"))
    assert look(sqlite_engine).notes[0].startswith("2 recipients get no mail")  # who has no address is one too
