"""Any bytes in any file: never a traceback, never a row that is neither taken nor reported."""

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from models.database.engine import reading
from tasks.importing.folder import import_folder
from tasks.importing.reading.sheets import SHEETS
from tasks.importing.report import ImportReport
from tests.tasks.importing.conftest import NOW

pytestmark = pytest.mark.slow

PIECES = st.sampled_from(
    [",", ";", '"', '""', "\n", "\r", "\r\n", "\x00", "C1", "P1", "2024-01-01", "31-02-2024", "1.234", "1,5", "ja",
     "uitbouw", "nps", "a@b.nl", "a@b", "é", "\ufeff", "\u2028", "=1+1", " ", "nan", "-", "sep=;"]
)  # fmt: skip
CELLS = st.one_of(PIECES, st.text(max_size=12), st.just(""))
FUZZ = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _import(engine: Engine, files: dict[str, bytes]) -> ImportReport:
    with tempfile.TemporaryDirectory() as place:
        for name, content in files.items():
            (Path(place) / name).write_bytes(content)
        report = import_folder(engine, Path(place), imported_at=NOW, rejected_path=Path(place) / "rejected.csv")
    for count in report.files:
        assert count.rows == count.taken + count.left_out
        reported = {fault.line for fault in report.faults if fault.file == count.file}
        assert count.left_out <= len(reported)
    return report


@FUZZ
@given(st.binary(max_size=400))
def test_any_bytes_for_clients(sqlite_engine: Engine, content: bytes) -> None:
    """Random bytes are a verdict, not a crash."""
    assert _import(sqlite_engine, {"clients.csv": content}).exit_code in (0, 2, 3)


@FUZZ
@given(st.lists(PIECES, max_size=60), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
def test_any_pieces_of_csv_after_a_good_header(sqlite_engine: Engine, pieces: list[str], charset: str) -> None:
    """Quotes, separators, line ends and controls in any order, in any encoding."""
    text = "client_id,name,email,consent\n" + "".join(pieces)
    _import(sqlite_engine, {"clients.csv": text.encode(charset, "replace")})


@pytest.mark.long
@FUZZ
@given(st.data())
def test_any_cells_in_any_file(sqlite_engine: Engine, data: st.DataObject) -> None:
    """Well-formed files of any cells: as many rows in as records written, each of them taken or reported."""
    files, written, every = {}, {}, list[str]()
    for sheet in SHEETS:
        rows = data.draw(
            st.lists(st.lists(CELLS, min_size=len(sheet.columns), max_size=len(sheet.columns)), max_size=4)
        )
        text = io.StringIO()
        writer = csv.writer(text, quoting=csv.QUOTE_ALL)
        writer.writerow(column.name for column in sheet.columns)
        writer.writerows(rows)
        files[sheet.file] = text.getvalue().encode("utf-8", "replace")
        written[sheet.file] = sum(1 for row in rows if any(row))
        every += [cell for row in rows for cell in row]
    report = _import(sqlite_engine, files)
    for count in report.files:
        # A whole line inside a quoted cell that looks like a record is taken for one; that only makes more of them.
        assert count.rows >= written[count.file]
        assert count.rows == written[count.file] or any(cell.count("\n") + cell.count("\r") > 1 for cell in every)
    with reading(sqlite_engine) as connection:
        clients = SHEETS[0].table
        assert connection.execute(select(func.count()).select_from(clients)).scalar() is not None


@FUZZ
@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["A", "B", ""])), max_size=12))
def test_counts_tell_new_changed_and_unchanged_apart(sqlite_engine: Engine, rows: list[tuple[int, str]]) -> None:
    """Of repeated ids the last usable row counts, whatever was stored before."""
    with reading(sqlite_engine) as connection:
        before = dict(connection.execute(select(SHEETS[0].table.c["client_id", "name"])).tuples().all())
    text = "client_id,name\n" + "".join(f"C{number},{name}\n" for number, name in rows)
    (count,) = _import(sqlite_engine, {"clients.csv": text.encode()}).files
    wanted = {f"C{number}": name for number, name in rows if name}
    assert count.new == len(wanted.keys() - before.keys())
    assert count.changed == sum(before.get(key, name) != name for key, name in wanted.items())
    assert count.left_out == len(rows) - len(wanted)
