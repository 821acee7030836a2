"""A score that could not be read counts as negative, and how that ends."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from models.database.engine import reading
from models.tables import feedback
from tasks.importing.report import ImportReport
from tests.conftest import once_on_postgres

pytestmark = pytest.mark.slow

Load = Callable[..., ImportReport]
Export = Callable[..., Path]

CLIENTS = "client_id,name\nK1,Anna\n"
BARE = "feedback_id,client_id,given_on,kind,score\n"
WHOLE = "feedback_id,client_id,given_on,kind,score,negative\n"
UNSCORED = "feedback_id,client_id,given_on,kind,negative\n"
ROW = "F1,K1,2026-02-01,nps,"


def _after(engine: Engine, load: Load, export: Export, *files: str) -> bool | None:
    """Whether the feedback is negative once these files came in, one after another, and the last a second time."""
    for each in files:
        load(engine, export(clients=CLIENTS, feedback=each))
    assert load(engine, export(clients=CLIENTS, feedback=files[-1])).files[1].unchanged == 1
    with reading(engine) as connection:
        return connection.scalar(select(feedback.c.negative))


@once_on_postgres(
    "before",
    [[BARE + ROW + "11"], [WHOLE + ROW + "11,"], [WHOLE + ROW + "9,nee", BARE + ROW + "x"]],
)
def test_a_readable_score_takes_its_place(engine: Engine, load: Load, export: Export, before: list[str]) -> None:
    """What was negative for nothing but a score that could not be read."""
    assert _after(engine, load, export, *before) is True
    assert not _after(engine, load, export, BARE + ROW + "9")


@once_on_postgres(
    "before",
    [
        [WHOLE + ROW + "11,ja"],
        [WHOLE + ROW + "11,misschien"],
        [WHOLE + ROW + "9,ja", BARE + ROW + "11"],
        [UNSCORED + ROW + "misschien", BARE + ROW + "11"],
    ],
)
def test_what_was_said_of_it_stays(engine: Engine, load: Load, export: Export, before: list[str]) -> None:
    """Stated negative, or stated in words that could not be read: a score says nothing of that."""
    assert _after(engine, load, export, *before, BARE + ROW + "9") is True


def test_no_score_is_no_better_score(engine: Engine, load: Load, export: Export) -> None:
    """An emptied cell, or a file without scores, leaves it negative; the next readable score still ends that."""
    bare = "feedback_id,client_id,given_on,kind\nF1,K1,2026-02-01,nps\n"
    assert _after(engine, load, export, BARE + ROW + "11", BARE + ROW, bare, BARE + ROW + "12") is True
    assert _after(engine, load, export, BARE + ROW + "7") is None
