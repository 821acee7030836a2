"""Every figure is the same when it is worked out a second way, in pandas, from the same rows."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from programme.figures.report import By, report_json
from tasks.figures.report import read_report
from tests.conftest import DATA
from tests.factories import shipped_programme
from tests.tasks.figures.bases import DAY, store_random, take
from tests.tasks.figures.second_way import second_way

pytestmark = pytest.mark.slow

MONTH_END = date(2026, 2, 28)


def assert_same(engine: Engine, as_of: date, by: By = By.CLIENT) -> None:
    told = report_json(read_report(engine, shipped_programme(), as_of, by))
    other = second_way(engine, shipped_programme(), as_of, by.value)
    before = other.pop("before")
    for key, figure in other.pop("figures").items():
        found: dict[str, Any] = told["figures"][key]
        assert {name: found[name] for name in figure} == close(figure), key
        assert found["before"] == close(before[key].get("value", before[key].get("rate"))), key
    for name, value in other.pop("value").items():
        assert told["value"][name] == close(value), name
    for name, expected in other.items():
        assert told[name] == close(expected), name


def close(value: Any) -> Any:
    """Rounded numbers may differ by one in their last digit; everything else is exact."""
    if isinstance(value, dict):
        return {name: close(each) for name, each in value.items()}
    if isinstance(value, list):
        return [close(each) for each in value]
    return pytest.approx(value, abs=1.5e-4 if abs(value) > 1 else 1.5e-6) if isinstance(value, float) else value


# The figures are the same to the byte on both databases (test_laws.py), so one base is enough on PostgreSQL.
@pytest.mark.parametrize(
    ("engine", "seed"),
    [("sqlite", 1), ("sqlite", 2), ("sqlite", 3), pytest.param("postgres", 4, marks=pytest.mark.postgres)],
    indirect=["engine"],
)
def test_random_bases(engine: Engine, seed: int) -> None:
    """By client and by recipient, on the last day of a month and within one."""
    store_random(engine, seed)
    assert_same(engine, DAY, By.RECIPIENT)
    assert_same(engine, MONTH_END + timedelta(days=seed - 1))


@pytest.mark.long
@pytest.mark.parametrize("example", ["club", "twins"])
def test_the_examples(sqlite_engine: Engine, example: str) -> None:
    """Exports with odd rows, through the import."""
    take(sqlite_engine, DATA / example)
    assert_same(sqlite_engine, DAY)
    assert_same(sqlite_engine, DAY, By.RECIPIENT)
