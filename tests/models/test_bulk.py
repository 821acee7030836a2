"""Many rows in one go: the same rows by whichever way, on both databases."""

import pytest
from sqlalchemy import Engine, select

from models import bulk
from models.bulk import insert_rows
from models.database import reading, writing
from models.tables import suppressions

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
