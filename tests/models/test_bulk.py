"""Many rows in one go: the same rows by whichever way, on both databases."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, select

from models.database import bulk
from models.database.bulk import insert_rows
from models.database.clock import aware
from models.database.engine import reading, writing
from models.tables import suppressions, sync_cursors

COLUMNS = ["email", "reason", "since"]
AWKWARD = ["tab\there", "line\nbreak", "back\\slash", "\\N", "\\.", "quote'\"", "Zoë 😀", "{a,b}", " spaces "]


@pytest.mark.parametrize("copied_from", [1, 1_000])
def test_rows_come_back_as_they_were(engine: Engine, monkeypatch: pytest.MonkeyPatch, copied_from: int) -> None:
    """No character of a value means anything, by arrays or by COPY; a key that is there already counts as none."""
    monkeypatch.setattr(bulk, "COPIED_FROM", copied_from)
    rows = [[f"{number}@example.nl", text, "2026-03-01"] for number, text in enumerate(AWKWARD)]

    with writing(engine) as connection:
        first = insert_rows(connection, suppressions, COLUMNS, rows, ignore_existing=True)
        again = insert_rows(connection, suppressions, COLUMNS, rows, ignore_existing=True)
    with reading(engine) as connection:
        kept = connection.scalars(select(suppressions.c.reason).order_by(suppressions.c.email)).all()

    assert (first, again) == (len(AWKWARD), 0)
    assert list(kept) == AWKWARD


def test_moments_are_kept_in_utc(engine: Engine) -> None:
    """A moment of any zone comes back as the same moment, and in its place among those of the database's clock."""
    amsterdam = datetime(2026, 7, 1, 0, 30, tzinfo=ZoneInfo("Europe/Amsterdam"))
    with writing(engine) as connection:
        insert_rows(connection, sync_cursors, ["name", "reached_at"], [["a", amsterdam]])
    with reading(engine) as connection:
        kept = connection.scalars(select(sync_cursors.c.reached_at)).one()

    assert aware(kept) == amsterdam
