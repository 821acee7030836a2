"""Every kind of broken export in tests/data/bad, each with its verdict: what is taken, what is left out, and why."""

import csv
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from models.database.engine import reading
from models.tables import metadata
from tasks.importing.report import ImportReport
from tests.conftest import DATA

pytestmark = pytest.mark.slow

KINDS = sorted(path.name for path in (DATA / "bad").iterdir())


@pytest.mark.parametrize("kind", KINDS)
def test_a_broken_export_gets_its_verdict(
    kind: str, sqlite_engine: Engine, load: Callable[[Engine, Path], ImportReport], rejected: Path
) -> None:
    """Rows in = taken + left out; each fault is reported with its line; what is stored is what can be trusted."""
    folder = DATA / "bad" / kind
    verdict = json.loads((folder / "verdict.json").read_text())
    report = load(sqlite_engine, folder)
    assert report.exit_code == verdict["exit_code"], report.faults
    assert {each.file: [each.rows, each.taken, each.left_out] for each in report.files} == verdict["rows"]
    assert len(report.warnings) == verdict["warnings"]
    _assert_faults(report, verdict["faults"])
    _assert_listed(report, rejected)
    for table, rows in verdict["stored"].items():
        _assert_stored(sqlite_engine, table, rows)


@pytest.mark.long
@pytest.mark.postgres
def test_every_broken_export_one_after_another(
    postgres_engine: Engine, load: Callable[[Engine, Path], ImportReport]
) -> None:
    """PostgreSQL refuses more than SQLite (NUL, for one): nothing of it gets that far, whatever is stored already."""
    for kind in KINDS:
        report = load(postgres_engine, DATA / "bad" / kind)
        assert all(each.rows == each.taken + each.left_out for each in report.files), kind


def _assert_faults(report: ImportReport, expected: list[list[object]]) -> None:
    found = sorted(report.faults, key=lambda fault: fault[:3])
    assert [list(fault[:3]) for fault in found] == sorted(fault[:3] for fault in expected)
    for fault, (*_, reason) in zip(found, sorted(expected, key=lambda fault: fault[:3]), strict=True):
        assert str(reason) in fault.reason


def _assert_listed(report: ImportReport, rejected: Path) -> None:
    """rejected.csv has every fault, or is not there."""
    if not report.faults:
        assert not rejected.exists()
        return
    with rejected.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.reader(file, delimiter=";"))
    assert rows[0] == ["file", "line", "column", "value", "reason", "id"]
    assert len(rows) == 1 + len(report.faults)


def _assert_stored(engine: Engine, name: str, expected: list[dict[str, object]]) -> None:
    """The table has just these rows, by id; only the columns named are compared."""
    table = metadata.tables[name]
    with reading(engine) as connection:
        rows = connection.execute(select(table).order_by(*table.primary_key.columns)).mappings().all()
    assert len(rows) == len(expected)
    for row, wanted in zip(rows, expected, strict=True):
        assert {column: _as_json(row[column]) for column in wanted} == wanted


def _as_json(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
