"""Import is an upsert by id, on both databases."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from unittest.mock import MagicMock, Mock
from zlib import crc32

import pytest
from sqlalchemy import Engine, event, select, text, update

from models.database.engine import reading, writing
from models.suppressions import lift
from models.tables import clients, feedback, metadata
from tasks.importing import folder as importing
from tasks.importing.folder import import_folder
from tasks.importing.reading.places import FolderUnusable
from tasks.importing.report import ImportReport
from tests.conftest import DATA
from tests.tasks.importing.conftest import NOW

pytestmark = pytest.mark.slow

Load = Callable[..., ImportReport]
Export = Callable[..., Path]

AFTER_ALL = datetime(2028, 1, 1, tzinfo=UTC)  # later than every day in the sample, so none of them lies ahead
TEMPORARY = re.compile("staged_|refused_|lacking_|news_of")

CLIENTS = "client_id,name,email,consent,iban\nC1,Anna,Anna@example.nl,yes,NL91ABNA0417164300\nC2,Bert,,,\n"
PROJECTS = "project_id,client_id,type,value_eur,ordered_on,delivered_on,monument\nP1,C1,uitbouw,100,2024-01-01,,ja\n"


def _all(engine: Engine, name: str) -> list[dict[str, object]]:
    table = metadata.tables[name]
    with reading(engine) as connection:
        rows = connection.execute(select(table).order_by(*table.primary_key.columns))
        return [dict(row) for row in rows.mappings()]


def _dump(engine: Engine) -> dict[str, list[dict[str, object]]]:
    return {name: _all(engine, name) for name in sorted(metadata.tables)}


def test_the_sample_club_is_taken_over_completely_and_twice_without_change(engine: Engine, load: Load) -> None:
    """Exit code 0 and every row new; the same folder again changes nothing in any table."""
    first = load(engine, DATA / "club", AFTER_ALL)
    assert (first.exit_code, first.faults, first.warnings) == (0, [], [])
    assert {each.file: (each.rows, each.new) for each in first.files} == {
        "clients.csv": (250, 250),
        "projects.csv": (337, 337),
        "quotes.csv": (143, 143),
        "interactions.csv": (133, 133),
        "feedback.csv": (127, 127),
        "invoices.csv": (61, 61),
        "referrals.csv": (62, 62),
        "suppressions.csv": (9, 9),
    }
    before = _dump(engine)
    second = load(engine, DATA / "club", AFTER_ALL)
    assert all(each.unchanged == each.rows for each in second.files)
    assert _dump(engine) == before


def test_a_second_import_writes_no_row(sqlite_engine: Engine, load: Load) -> None:
    """Not one row of a permanent table is written again (the database counts)."""
    load(sqlite_engine, DATA / "club")
    written = []

    @event.listens_for(sqlite_engine, "after_cursor_execute")
    def _count(_connection, cursor, statement, *_rest) -> None:  # type: ignore[no-untyped-def]
        verb, _, target = statement.partition(" ")
        if verb in ("INSERT", "UPDATE", "DELETE") and not TEMPORARY.search(target.split("(")[0].split("WHERE")[0]):
            written.append((statement, cursor.rowcount))

    load(sqlite_engine, DATA / "club")
    assert sum(max(count, 0) for _, count in written) == 0


def test_values_arrive_in_their_columns(engine: Engine, load: Load, export: Export) -> None:
    """Types, defaults, the recipient and the checksum of the id."""
    load(engine, export(clients=CLIENTS, projects=PROJECTS))
    anna, bert = _all(engine, "clients")
    assert (anna["email"], anna["recipient"], anna["consent"]) == ("Anna@example.nl", "anna@example.nl", "yes")
    assert (bert["email"], bert["recipient"], bert["consent"], bert["kind"]) == (None, "", "unknown", "consument")
    assert anna["id_crc32"] == crc32(b"C1")
    (project,) = _all(engine, "projects")
    assert (project["value_cents"], project["ordered_on"], project["monument"]) == (10000, date(2024, 1, 1), True)


def test_only_what_differs_is_changed(engine: Engine, load: Load, export: Export) -> None:
    """New, changed and unchanged rows are told apart."""
    folder = export(clients=CLIENTS)
    load(engine, folder)
    report = load(engine, export(clients=CLIENTS.replace("Bert", "Berta") + "C3,Cor,,,\n"))
    (count,) = report.files
    assert (count.new, count.changed, count.unchanged, count.left_out) == (1, 1, 1, 0)
    assert [row["name"] for row in _all(engine, "clients")] == ["Anna", "Berta", "Cor"]


def test_an_absent_column_leaves_what_is_stored_and_an_empty_cell_does_not(
    engine: Engine, load: Load, export: Export
) -> None:
    """A column that the file lacks says nothing; an empty cell says unknown."""
    load(engine, export(clients=CLIENTS))
    load(engine, export(clients="client_id,name\nC1,Anna\n"))
    (anna, _) = _all(engine, "clients")
    assert (anna["recipient"], anna["consent"], anna["iban"]) == ("anna@example.nl", "yes", "NL91ABNA0417164300")
    load(engine, export(clients="client_id,name,email,consent,iban\nC1,Anna,,,\n"))
    (anna, _) = _all(engine, "clients")
    assert (anna["email"], anna["recipient"], anna["consent"], anna["iban"]) == (None, "", "unknown", None)


def test_facts_may_refer_to_clients_and_projects_of_an_earlier_import(
    engine: Engine, load: Load, export: Export
) -> None:
    """A reference is good when the row is in the file or in the database."""
    load(engine, export(clients=CLIENTS, projects=PROJECTS))
    report = load(
        engine,
        export(
            clients="client_id,name\nC9,Nieuw\n",
            projects=PROJECTS.replace("P1,C1", "P2,C2"),
            feedback="feedback_id,client_id,project_id,given_on,kind\nF1,C1,P1,2024-01-02,nps\n",
        ),
    )
    assert report.exit_code == 0
    assert _all(engine, "feedback")[0]["project_id"] == "P1"


def test_a_client_missing_from_a_later_export_stays(engine: Engine, load: Load, export: Export) -> None:
    """Import adds and changes; it never deletes."""
    load(engine, export(clients=CLIENTS))
    load(engine, export(clients="client_id,name\nC2,Bert\n"))
    assert len(_all(engine, "clients")) == 2


def test_rows_of_an_erased_client_are_left_out_and_reported(engine: Engine, load: Load, export: Export) -> None:
    """Neither the client nor his facts come back, and the rest of the file does."""
    folder = export(clients=CLIENTS, projects=PROJECTS + "P2,C2,uitbouw,1,2024-01-01,,\n")
    load(engine, folder)
    with writing(engine) as connection:
        connection.execute(
            update(clients).where(clients.c.client_id == "C1").values(erased_on=date(2026, 1, 1), name="", recipient="")
        )
    report = load(engine, export(projects=PROJECTS.replace("100", "200") + "P2,C2,uitbouw,2,2024-01-01,,\n"))
    assert report.exit_code == 3
    assert {(fault.file, fault.line) for fault in report.faults} == {("clients.csv", 2), ("projects.csv", 2)}
    assert all("erased" in fault.reason for fault in report.faults)
    assert _all(engine, "clients")[0]["name"] == ""
    assert [row["value_cents"] for row in _all(engine, "projects")] == [10000, 200]


def test_an_answer_of_our_own_pages_keeps_its_origin(engine: Engine, load: Load, export: Export) -> None:
    """The import does not touch feedback that it does not name, and marks its own."""
    folder = export(clients=CLIENTS, feedback="feedback_id,client_id,given_on,kind\nF1,C1,2024-01-02,nps\n")
    load(engine, folder)
    with writing(engine) as connection:
        row = {"feedback_id": "A1", "client_id": "C1", "given_on": date(2025, 1, 1), "kind": "nps", "origin": "page"}
        connection.execute(feedback.insert().values(row))
    load(engine, folder)
    assert [(row["feedback_id"], row["origin"]) for row in _all(engine, "feedback")] == [
        ("A1", "page"),
        ("F1", "import"),
    ]


@pytest.mark.parametrize(
    ("since", "kept", "counts"),
    [("2024-01-01", date(2024, 1, 1), (0, 1, 0)), ("2025-01-01", date(2024, 6, 1), (0, 0, 1))],
)
def test_the_earliest_suppression_is_kept(
    engine: Engine, load: Load, export: Export, since: str, kept: date, counts: tuple[int, int, int]
) -> None:
    """An earlier date replaces the stored one, with its reason; a later one does nothing; nothing is removed."""
    load(engine, export(clients=CLIENTS, suppressions="email,reason,since\na@b.nl,manual,2024-06-01\n"))
    report = load(engine, export(suppressions=f"email,reason,since\nA@B.nl,bounce,{since}\n"))
    (row,) = _all(engine, "suppressions")
    assert row["since"] == kept
    assert row["reason"] == ("bounce" if kept.isoformat() == since else "manual")
    assert (report.files[-1].new, report.files[-1].changed, report.files[-1].unchanged) == counts
    load(engine, export(suppressions="email,reason,since\n"))
    assert len(_all(engine, "suppressions")) == 1


def test_a_lifted_suppression_does_not_come_back(engine: Engine, load: Load, export: Export) -> None:
    """What a person took off the list by name stays off, although the CRM still has it."""
    folder = export(clients=CLIENTS, suppressions="email,reason,since\na@b.nl,unsubscribe,2024-06-01\n")
    load(engine, folder)
    with writing(engine) as connection:
        assert lift(connection, "a@b.nl", "Piet", "mail of 3 May", NOW)
    report = load(engine, folder)
    assert _all(engine, "suppressions") == []
    assert (report.exit_code, report.files[-1].unchanged) == (0, 1)


def test_after_a_crash_the_next_import_goes_on(
    engine: Engine, load: Load, export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL has one transaction, so the first steps left nothing; SQLite keeps its parts; then both are whole."""
    folder = export(clients=CLIENTS, projects=PROJECTS)
    with monkeypatch.context() as patched:
        patched.setattr(importing, "sync_activity", lambda _parts: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            load(engine, folder)
    assert len(_all(engine, "clients")) == (2 if engine.dialect.name == "sqlite" else 0)
    assert load(engine, folder).exit_code == 0
    assert len(_all(engine, "projects")) == len(_all(engine, "activity")) == 1


def test_faults_that_cannot_be_written_stop_the_import(engine: Engine, export: Export, tmp_path: Path) -> None:
    """No rejected.csv, no import: a loss must not go unsaid."""
    folder = export(clients=CLIENTS + "C3,,,,\n")
    with pytest.raises(OSError):
        import_folder(engine, folder, imported_at=NOW, rejected_path=tmp_path / "nowhere" / "rejected.csv")
    assert _all(engine, "clients") == []


def test_an_empty_database_gets_its_schema_first(tmp_path: Path, load: Load, export: Export) -> None:
    """Import is the first command of a new installation."""
    from models.database.engine import open_engine

    fresh = open_engine(f"sqlite:///{tmp_path}/new.db")
    assert load(fresh, export(clients=CLIENTS)).exit_code == 0


def test_blocks_meet_without_a_seam(
    engine: Engine, load: Load, export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The size of a block shows nowhere: not in counts, lines or repeated ids."""
    monkeypatch.setattr(importing, "RECORDS_A_BLOCK", 3)
    rows = "".join(f"C{number},N{number}\n" for number in range(10))
    report = load(engine, export(clients=f"client_id,name\n{rows}C0,Later\nC10,\n"))
    assert (report.files[0].rows, report.files[0].new, report.files[0].left_out) == (12, 10, 2)
    assert [fault.line for fault in report.faults] == [2, 13]
    assert _all(engine, "clients")[0]["name"] == "Later"


def test_progress_is_told_by_file_and_bytes(engine: Engine, export: Export, rejected: Path) -> None:
    """The last word on a file is that all of it was read."""
    told: list[tuple[str, int, int]] = []
    folder = export(clients=CLIENTS)
    import_folder(engine, folder, imported_at=NOW, rejected_path=rejected, progress=lambda *step: told.append(step))
    assert told[-1] == ("clients.csv", len(CLIENTS), len(CLIENTS))


def test_a_place_without_an_export_is_named(sqlite_engine: Engine, load: Load, tmp_path: Path, export: Export) -> None:
    """No folder, a file, an empty folder, a folder of other things: one clear line each."""
    with pytest.raises(FolderUnusable, match="does not exist"):
        load(sqlite_engine, tmp_path / "nope")
    with pytest.raises(FolderUnusable, match="is a file"):
        load(sqlite_engine, Path(__file__))
    with pytest.raises(FolderUnusable, match="no CSV files"):
        load(sqlite_engine, export())
    with pytest.raises(FolderUnusable, match=r"holds no clients.csv \(it has klanten.csv\)"):
        load(sqlite_engine, export(klanten="x\n"))


def test_a_folder_where_a_file_should_be_costs_that_file(sqlite_engine: Engine, load: Load, export: Export) -> None:
    """What cannot be opened is a fault, not a crash."""
    folder = export(clients=CLIENTS)
    (folder / "projects.csv").mkdir()
    report = load(sqlite_engine, folder)
    assert report.exit_code == 3
    assert report.files[1].fault == "is not a file"


def test_a_list_of_opt_outs_is_never_overlooked(
    sqlite_engine: Engine, load: Load, export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In capitals it is taken; a link to what is gone, and a share that goes away midway, cost the file by name."""
    folder = export(clients=CLIENTS)
    (folder / "Suppressions.CSV").write_text("email,reason,since\na@b.nl,unsubscribe,2026-01-01\n")
    assert (load(sqlite_engine, folder).exit_code, len(_all(sqlite_engine, "suppressions"))) == (0, 1)
    (folder / "Suppressions.CSV").unlink()
    (folder / "suppressions.csv").symlink_to(tmp_path / "gone.csv")
    report = load(sqlite_engine, folder)
    assert (report.exit_code, report.files[1].fault) == (3, "cannot be read: No such file or directory")
    stale = OSError(116, "Stale file handle")
    stream = MagicMock(readline=Mock(side_effect=stale), __exit__=Mock(return_value=False))
    monkeypatch.setattr("io.TextIOWrapper", lambda *_, **__: stream)
    report = load(sqlite_engine, folder)
    assert (report.exit_code, report.files[0].fault) == (2, "cannot be read to its end: Stale file handle")


def test_a_line_too_long_to_be_true_costs_itself(
    sqlite_engine: Engine, load: Load, export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory does not grow with a line that never ends, and the lines after it keep their numbers."""
    monkeypatch.setattr("tasks.importing.reading.files.LONGEST_LINE", 1000)
    folder = export(clients=f"client_id,name\nC1,{'a' * 5000}\nC2,Bert\nC3,\n")
    report = load(sqlite_engine, folder)
    assert [(fault.line, fault.column) for fault in report.faults] == [(2, ""), (4, "name")]
    assert [row["client_id"] for row in _all(sqlite_engine, "clients")] == ["C2"]


def test_a_cell_of_ten_megabytes_is_refused_and_its_row_stays(
    sqlite_engine: Engine, load: Load, export: Export
) -> None:
    """An optional cell that is too large is unknown; the CSV reader's own limit is no traceback."""
    folder = export(
        clients=CLIENTS,
        feedback=f'feedback_id,client_id,given_on,kind,comment\nF1,C1,2024-01-01,nps,"{"x" * 10_000_000}"\n',
    )
    report = load(sqlite_engine, folder)
    (fault,) = report.faults
    assert (fault.column, fault.line, len(fault.value)) == ("comment", 2, 201)
    assert _all(sqlite_engine, "feedback")[0]["comment"] is None


def test_temporary_tables_are_gone_afterwards(engine: Engine, load: Load) -> None:
    """A connection that goes back to the pool carries nothing over."""
    load(engine, DATA / "club")
    listed = "SELECT count(*) FROM {} WHERE {} LIKE 'staged%'"
    source = ("sqlite_temp_master", "name") if engine.dialect.name == "sqlite" else ("pg_class", "relname")
    with reading(engine) as connection:
        assert connection.execute(text(listed.format(*source))).scalar() == 0
