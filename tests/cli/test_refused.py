"""What the system refuses: a database, a folder, a path, a port. One line with what to do, and nothing is lost."""

import errno
import os
import socket
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, OperationalError

from cli.mistakes import USER_ERROR, report_mistake
from models.database.engine import writing
from tests.cli.conftest import Run
from tests.conftest import DATA

pytestmark = pytest.mark.slow


def test_a_database_that_a_newer_version_used(club: Path, run: Run) -> None:
    """Neither read nor upgraded; the line does not send anybody to an upgrade that cannot help."""
    with sqlite3.connect(club / "bouwclub.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    for words in (("plan", "--as-of", "2026-03-02"), ("import", str(DATA / "club"))):
        result = run(*words)
        assert (result.code, result.out, result.err.count("\n")) == (2, "", 1)
        assert "a newer bouwclub has used it. Use that version, or restore the backup of before" in result.err


def test_a_file_that_is_no_database(club: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake that can be mended, and the file stays as it is."""
    (club / "notes.txt").write_text("geen database")
    monkeypatch.setenv("BOUWCLUB_DATABASE_URL", "sqlite:///notes.txt")
    for words in (("plan", "--as-of", "2026-03-02"), ("import", str(DATA / "club"))):
        result = run(*words)
        assert (result.code, result.out, result.err.count("\n")) == (2, "", 1)
        assert "file is not a database. Check BOUWCLUB_DATABASE_URL" in result.err
    assert (club / "notes.txt").read_text() == "geen database"


def test_an_outbox_that_cannot_be_written(club: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line names the setting, and what was to go stays planned."""
    (club / "notes.txt").touch()
    monkeypatch.setenv("BOUWCLUB_OUTBOX_DIR", "notes.txt")
    result = run("run", "daily", "--as-of", "2026-03-02", "--confirm")
    assert (result.code, result.err.rstrip("\n").rpartition("\n")[2][:10]) == (2, "bouwclub: ")
    assert "check BOUWCLUB_OUTBOX_DIR and the disk" in result.err
    assert "accepted" not in run("messages", "--from", "2026-03-02", "--to", "2026-03-02").out


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("database is locked", "another program has been writing to the database for half a minute; let it finish"),
        ("attempt to write a readonly database", "this user may only read the database"),
        ("permission denied for table clients", "this user may only read the database"),
        ("server closed the connection unexpectedly\n\tThis probably means", "the connection to the database was lost"),
        ("the connection is lost", "the connection to the database was lost"),
        ("FATAL:  the database system is starting up", "the connection to the database was lost"),
        ("FATAL:  remaining connection slots are reserved for roles", "the database has no connection left"),
        ("FATAL:  sorry, too many clients already", "the database has no connection left"),
        ('FATAL:  too many connections for role "app"', "the database has no connection left"),
    ],
)
def test_what_a_database_refuses_is_said_with_what_to_do(
    capsys: pytest.CaptureFixture[str], said: str, told: str
) -> None:
    """These are no faults of ours: exit code 2, without a hint for programmers."""
    assert report_mistake(OperationalError("INSERT", {}, Exception(said))) == USER_ERROR
    line = capsys.readouterr().err
    assert line.startswith(f"bouwclub: {told}")
    assert line.endswith(", and give the same command again: what was finished is kept\n")


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("default_transaction_read_only = on", "the database may only be read; name one that may be written"),
        ("statement_timeout = '1ms'", "the database's statement_timeout is too short for this"),
    ],
)
def test_what_postgresql_refuses_for_a_setting(
    postgres_engine: Engine, capsys: pytest.CaptureFixture[str], setting: str, told: str
) -> None:
    """A setting of the server, the database or the role is the operator's to mend: exit code 2, and which it is."""
    with writing(postgres_engine) as connection:
        connection.execute(text(f"SET {setting.replace('default_', '')}"))
        with pytest.raises(DBAPIError) as found:
            connection.execute(text("CREATE TABLE mine AS SELECT 1 AS one FROM pg_sleep(1)"))
        connection.rollback()

    assert report_mistake(found.value) == USER_ERROR
    assert capsys.readouterr().err.startswith(f"bouwclub: {told}")


@pytest.mark.parametrize("code", ["42501", "53100", "57P01"])
def test_postgresql_is_understood_in_any_language(capsys: pytest.CaptureFixture[str], code: str) -> None:
    """A server that runs in Dutch says in Dutch what it refuses; its codes are the same everywhere."""
    refused = type("Refused", (Exception,), {"sqlstate": code})("geen toegang tot tabel klanten")
    assert report_mistake(OperationalError("INSERT", {}, refused)) == USER_ERROR
    assert "the database refused" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOENT, "No such file or directory. Make its folder first, or name another path"),
        (errno.ENOTDIR, "Not a directory. A part of this path is a file; name another"),
        (errno.EACCES, "Permission denied. Give the user who runs this the right to it, or name another path"),
    ],
)
def test_a_path_that_is_refused_says_what_to_do(capsys: pytest.CaptureFixture[str], number: int, words: str) -> None:
    """What the system says alone ("No such file or directory") reads as if a file to read were missing."""
    assert report_mistake(OSError(number, os.strerror(number), "nowhere/x.csv")) == USER_ERROR
    assert capsys.readouterr().err == f"bouwclub: nowhere/x.csv: {words}\n"


def test_a_file_that_cannot_be_put_in_its_place(capsys: pytest.CaptureFixture[str], working_folder: Path) -> None:
    """The path that was asked for is named, and not the file beside it that is written first."""
    (working_folder / "x.csv.new").touch()
    (working_folder / "x.csv").mkdir()
    with pytest.raises(OSError) as found:
        Path("x.csv.new").replace("x.csv")

    report_mistake(found.value)

    assert capsys.readouterr().err == "bouwclub: x.csv: Is a directory. Name a file\n"


def test_a_port_that_another_program_has(club: Path, run: Run) -> None:
    """One line instead of a server's log."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run("web", "--port", str(port))
    assert result.code == 2
    assert f"cannot listen on 127.0.0.1:{port}: Address already in use. Choose another --port" in result.err
