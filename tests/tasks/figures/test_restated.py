"""What a report closed is kept, and a later report says what of it changed, and why."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, insert, select, update

from models.database.engine import reading, writing
from models.tables import clients, closed_cells, closed_purchases, closed_reports, projects
from programme.figures.restated import Restated, Why
from tasks.figures import closed
from tasks.figures.closed import keep_closed
from tasks.figures.report import read_report
from tests.conftest import ON_SQLITE
from tests.factories import shipped_programme
from tests.tasks.figures.bases import DAY, store_random

pytestmark = pytest.mark.slow

WEEK_LATER = DAY + timedelta(days=7)
PROJECT = {
    "project_id": "X1",
    "client_id": "X",
    "type": "overig",
    "ordered_on": date(2024, 5, 20),
    "value_cents": 70_000,
}
CLIENT = {"client_id": "X", "name": "X", "recipient": "", "kind": "consument", "consent": "no", "channel": "email"}


@pytest.fixture
def kept(engine: Engine) -> Engine:
    """A random base with one client of May 2024 more, whose figures of DAY were kept."""
    store_random(engine, 4, clients=60)
    with writing(engine) as connection:
        connection.execute(insert(clients).values(**CLIENT, id_crc32=1))
        connection.execute(insert(projects).values(**PROJECT))
        again = {"project_id": "X2", "ordered_on": date(2025, 6, 1), "delivered_on": date(2025, 7, 1)}
        connection.execute(insert(projects).values(**PROJECT | again))
    assert keep_closed(engine, DAY)
    return engine


def restated(engine: Engine, as_of: date = WEEK_LATER) -> tuple[Restated, ...]:
    return tuple(read_report(engine, shipped_programme(), as_of).restated)


def change(engine: Engine, project_id: str, **values: Any) -> None:
    with writing(engine) as connection:
        connection.execute(update(projects).where(projects.c.project_id == project_id).values(**values))


def of_x(found: tuple[Restated, ...]) -> list[tuple[str, int, Why]]:
    """Month, difference and reason of the cells of May 2024's cohort."""
    return [(each.figure.removeprefix("cohorts.month.2024-05."), each.new - each.old, each.why) for each in found]


@ON_SQLITE
def test_nothing_is_restated_while_nothing_changed(kept: Engine) -> None:
    """Neither by the same facts a week later, nor by what was ordered since."""
    assert restated(kept) == ()
    with writing(kept) as connection:
        connection.execute(insert(projects).values(**PROJECT | {"project_id": "X3", "ordered_on": DAY}))
    assert restated(kept) == ()


def test_a_late_import_is_told(kept: Engine) -> None:
    """A purchase of a month long over, which nobody had told us."""
    with writing(kept) as connection:
        late = {"project_id": "X3", "ordered_on": date(2024, 6, 2)}
        connection.execute(insert(projects).values(**PROJECT | late))
    assert of_x(restated(kept)) == [("active.1", 1, Why.LATE), ("revenue.1", 70_000, Why.LATE)]
    assert restated(kept, DAY) == (), "compared with a report of an earlier day alone"


@ON_SQLITE
@pytest.mark.parametrize("cancelled_on", [DAY - timedelta(days=200), WEEK_LATER])
def test_a_cancellation_is_told(kept: Engine, cancelled_on: date) -> None:
    """Dated before the report or after it; not while it lies ahead."""
    change(kept, "X2", cancelled_on=cancelled_on)
    assert of_x(restated(kept)) == [("active.13", -1, Why.CANCELLED), ("revenue.13", -70_000, Why.CANCELLED)]
    assert restated(kept, WEEK_LATER - timedelta(days=1)) == (() if cancelled_on == WEEK_LATER else restated(kept))


@ON_SQLITE
def test_a_first_purchase_that_goes_moves_the_cohort(kept: Engine) -> None:
    """The client's later purchase belongs to another cohort then; both are told, with one reason."""
    change(kept, "X1", cancelled_on=DAY)
    found = {each.figure: (each.new - each.old, each.why) for each in restated(kept)}
    assert found["cohorts.month.2024-05.active.0"] == (-1, Why.CANCELLED)
    assert found["cohorts.month.2025-06.active.0"] == (1, Why.CANCELLED)


def test_a_correction_is_told(kept: Engine) -> None:
    """Another value; another day; and a project that the export has no more."""
    change(kept, "X2", value_cents=70_001)
    assert of_x(restated(kept)) == [("revenue.13", 1, Why.CORRECTED)]
    change(kept, "X2", value_cents=70_000, ordered_on=date(2025, 7, 1))
    assert {(name, step) for name, step, _ in of_x(restated(kept))} == {
        ("active.13", -1),
        ("active.14", 1),
        ("revenue.13", -70_000),
        ("revenue.14", 70_000),
    }
    change(kept, "X2", ordered_on=date(2025, 6, 1), held_on=DAY)
    assert {why for _, _, why in of_x(restated(kept))} == {Why.CORRECTED}
    with writing(kept) as connection:
        connection.execute(update(clients).where(clients.c.client_id == "X").values(erased_on=DAY))
    assert {why for _, _, why in of_x(restated(kept))} == {Why.ERASED}


def test_a_report_is_kept_once_and_the_next_by_its_differences(kept: Engine) -> None:
    """The first stays; an earlier day is not kept after a later one; what was kept is what is compared with."""
    assert not keep_closed(kept, DAY)
    assert not keep_closed(kept, DAY - timedelta(days=7))
    before = counts(kept)
    change(kept, "X2", cancelled_on=WEEK_LATER)
    assert keep_closed(kept, WEEK_LATER)
    assert counts(kept) == [before[0] + 1, before[1] + 1, before[2] + 1]
    assert restated(kept) != (), "compared with the report of the week before"
    assert restated(kept, WEEK_LATER + timedelta(days=1)) == ()
    change(kept, "X2", cancelled_on=None)
    assert {why for _, _, why in of_x(restated(kept, WEEK_LATER + timedelta(days=1)))} == {Why.CORRECTED}


def counts(engine: Engine) -> list[int]:
    with reading(engine) as connection:
        return [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (closed_reports, closed_cells, closed_purchases)
        ]


def test_a_crash_while_keeping_leaves_nothing_that_is_read(kept: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half-written versions are of no report; the next one removes them and is whole."""
    change(kept, "X2", value_cents=1)
    with monkeypatch.context() as patch:
        patch.setattr(closed, "_write_purchases", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            keep_closed(kept, WEEK_LATER)
    assert of_x(restated(kept, WEEK_LATER + timedelta(days=7))) == [("revenue.13", -69_999, Why.CORRECTED)]
    assert keep_closed(kept, WEEK_LATER)
    assert restated(kept, WEEK_LATER + timedelta(days=7)) == ()
