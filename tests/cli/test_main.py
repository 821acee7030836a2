"""The command line itself: it starts fast, says one line when something is wrong, and never a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from cli.__main__ import COMMANDS, commands
from cli.guard import OURS, ForeignModule, ensure_own_modules
from cli.mistakes import report_mistake
from models.settings import ROOT
from tests.cli.conftest import Run
from tests.conftest import DATA

pytestmark = pytest.mark.slow

HEAVY = ("prefect", "pandas", "mjml", "sendgrid", "fastapi", "alembic")
UNASKED = ("models.settlements", "models.people", "models.figures")  # tables that a plan has no question for


def typed(*words: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "cli", *words],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        timeout=120,
        check=False,
    )


def loaded_by(*words: str, folder: Path) -> set[str]:
    """The heavy packages and tables that a command loads."""
    code = (
        "import sys\n"
        "from cli.__main__ import main\n"
        f"sys.argv = ['bouwclub', *{words!r}]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print('LOADED', *[name for name in {HEAVY + UNASKED!r} + ('sqlmodel',) if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=120,
        check=True,
    )
    return set(done.stdout.split("LOADED")[1].split())


def test_the_overview_names_every_command(run: Run) -> None:
    """--help, -h and no words at all print it and exit 0."""
    for words in (["--help"], ["-h"], []):
        result = run(*words)
        assert (result.code, result.err) == (0, "")
        assert all(f"  {name} " in result.out for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(run: Run, name: str) -> None:
    """Each command of the table is there and explains itself; so does each subcommand of a group."""
    result = run(name, "--help")
    assert (result.code, result.err) == (0, "")
    assert f"Usage: bouwclub {name}" in result.out
    command = commands.get_command(click.Context(commands), name)
    for inner in command.commands if isinstance(command, click.Group) else ():
        assert run(name, inner, "--help").code == 0


def test_the_overview_loads_next_to_nothing(tmp_path: Path) -> None:
    """Not even the database's library."""
    assert loaded_by("--help", folder=tmp_path) == set()


@pytest.mark.long
def test_what_is_written_is_the_owners_alone(tmp_path: Path) -> None:
    """The database, its log and the report of an import are 0600 and folders 0700, whatever the umask."""
    command = ["sh", "-c", f"umask 0; {sys.executable} -m cli import {DATA / 'club'} && {sys.executable} -m cli preview"
               " check_in --client C001 --as-of 2026-03-02 --out new/mail.html"]  # fmt: skip
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BOUWCLUB_")}
    subprocess.run(command, cwd=tmp_path, env=environment | {"PYTHONPATH": str(ROOT)}, capture_output=True, check=False)
    found = {path: path.stat().st_mode & 0o777 for path in tmp_path.rglob("*")}
    assert (tmp_path / "bouwclub.db") in found
    assert {mode for path, mode in found.items() if path.is_file()} == {0o600}
    assert {mode for path, mode in found.items() if path.is_dir()} <= {0o700}


@pytest.mark.long
def test_a_plan_loads_nothing_heavy(club: Path) -> None:
    """A cold plan pays for the database's library and for the tables that it reads, an explanation for those alone."""
    assert loaded_by("plan", "--as-of", "2026-03-02", folder=club) == {"sqlmodel"}
    assert loaded_by("explain", "C00070", folder=club) - {*UNASKED} == {"sqlmodel"}


# What a user can do wrong, and the beginning of the one line that says so.
MISTAKES = [
    (["plna"], "bouwclub: No such command 'plna'"),
    (["--loud"], "bouwclub: No such option '--loud'"),
    (["plan"], "bouwclub: Missing option '--as-of'"),
    (["plan", "--as-of", "2026-3-1"], "bouwclub: Invalid value for '--as-of': '2026-3-1' is not a day; write it as"),
    (
        ["plan", "--as-of", "01-03-2026"],
        "bouwclub: Invalid value for '--as-of': '01-03-2026' is not a day; write",
    ),
    (["plan", "--as-of", "2026-02-30"], "bouwclub: Invalid value for '--as-of': '2026-02-30' is not a day of the"),
    (["plan", "--as-of", "0026-03-01"], "bouwclub: Invalid value for '--as-of': '0026-03-01' lies outside"),
    (
        ["plan", "--as-of", "2026-03-02", "--flow", "weekly"],
        "bouwclub: Invalid value for '--flow': 'weekly' is not",
    ),
    (["plan", "--as-of", "2026-03-02", "extra"], "bouwclub: Got unexpected extra argument (extra)"),
    (["decisions", "--from", "2026-03-02", "--to", "2026-03-01"], "bouwclub: --to 2026-03-01 lies before --from"),
    (["messages", "--status", "acepted"], "bouwclub: Invalid value for --status: 'acepted' is no status. Did you mean"),
    (["explain", "C0007x"], "bouwclub: there is no client 'C0007x'. Did you mean"),
    (["explain", "zzz"], "bouwclub: there is no client 'zzz'. None of the 250 clients is like it"),
    (["health", "--as-of", "2026-03-02", "--client", "zzz"], "bouwclub: there is no client 'zzz'."),
    (
        ["preview", "win-back", "--client", "C00070", "--as-of", "2026-03-02", "--out", "a.html"],
        "bouwclub: the programme has no touchpoint 'win-back'. Did you mean win_back?",
    ),
    (
        ["preview", "seizoen", "--client", "C00070", "--as-of", "2026-03-02", "--out", "a.html"],
        "bouwclub: the programme has no touchpoint 'seizoen'. Did you mean seasonal?",
    ),
    (
        ["preview", "quote_rejected", "--client", "C00070", "--as-of", "2026-03-02", "--out", "a.html"],
        "bouwclub: C00070 has no occasion for quote_rejected by 2026-03-02: it counts from a quote that was rejected",
    ),
    (
        ["preview", "check_in", "--client", "C00070", "--as-of", "2026-03-02", "--out", "a.html", "--occasion", "P9"],
        "bouwclub: C00070 has no occasion 'P9' for check_in by 2026-03-02; those it has: P00070-1",
    ),
    (
        ["preview", "check_in", "--client", "C00070", "--as-of", "2026-03-02", "--out", "a.pdf"],
        "bouwclub: Invalid value for '--out': 'a.pdf' must end in .html, .eml or .txt",
    ),
    (
        ["preview", "check_in", "--client", "C00070", "--as-of", "2026-03-02", "--out", "bouwclub.db/a.html"],
        "bouwclub: Invalid value for '--out': ",
    ),
    (
        ["calendar", "--from", "2026-03-02", "--days", "1", "--csv", ""],
        "bouwclub: Invalid value for '--csv': '' is a folder",
    ),
    (["cases", "--client", "C0007"], "bouwclub: there is no client 'C0007'. Did you mean C00070"),
    (["decisions", "--client", "c00070"], "bouwclub: there is no client 'c00070'. Did you mean C00070"),
    (["programme", "check", "."], ".: cannot be read (Is a directory: .)"),
    (["run"], "Usage: bouwclub run"),
    (["run", "win-back", "--as-of", "2026-03-02"], "bouwclub: no daily run of 2026-03-02 has finished"),
    (["run", "monthly"], "bouwclub: No such command 'monthly'"),
    (["backfill", "--from", "2026-03-01"], "bouwclub: Missing option '--to'"),
    (
        ["backfill", "--from", "2026-03-01", "--to", "2026-03-02", "--mode", "plan"],
        "bouwclub: Missing option '--flow'. Choose from: daily, win-back, both (see: bouwclub backfill --help)",
    ),
    (
        ["backfill", "--from", "2026-03-02", "--to", "2026-03-01", "--flow", "both", "--mode", "log"],
        "bouwclub: --to 2026-03-01 lies before --from 2026-03-02",
    ),
    (["demo", "--dir", "bouwclub.db"], "bouwclub: "),
    (["import"], "bouwclub: name the folder that holds the export: bouwclub import DIR"),
]


@pytest.mark.parametrize(("words", "line"), MISTAKES, ids=[" ".join(words) for words, _ in MISTAKES])
def test_a_mistake_gets_one_line(club: Path, run: Run, words: list[str], line: str) -> None:
    """Exit code 2, nothing on standard output, one line on standard error that says what to do."""
    result = run(*words)
    if words == ["run"]:  # a group without a subcommand shows what it has
        assert result.out.startswith(line)
        return
    assert result.code == 2
    assert result.out == ""
    assert result.err.startswith(line)
    assert result.err.count("\n") == 1
    assert "Traceback" not in result.err


def test_without_a_database(run: Run, working_folder: Path) -> None:
    """Commands say what to load first, and leave no empty file behind."""
    lift = ["suppressions", "lift", "a@voorbeeld.nl", "--by", "Anke", "--proof", "mail of 3 March"]
    reading = (["plan", "--as-of", "2026-03-02"], ["decisions"], ["messages"], ["explain", "C1"])
    for words in (*reading, lift, ["suppressions", "sync"], ["web"]):
        result = run(*words)
        assert (result.code, result.out) == (2, "")
        assert "load a CRM export first (bouwclub import DIR)" in result.err
    assert list(working_folder.iterdir()) == []


# Settings that cannot be used, and a part of the one line about each.
SETTINGS = [
    ("BOUWCLUB_DATABASE_URL", "no address", "BOUWCLUB_DATABASE_URL is not a database address"),
    ("BOUWCLUB_DATABASE_URL", "sqlite:////nowhere/at/all.db", "there is no database /nowhere/at/all.db"),
    ("BOUWCLUB_DATABASE_URL", "postgresql+psycopg://x@127.0.0.1:1/x", "cannot be opened"),
    ("BOUWCLUB_DATABASE_URL", "oracle://x", "BOUWCLUB_DATABASE_URL is not a database address"),
    ("BOUWCLUB_SEND_BATCH", "2000", "BOUWCLUB_SEND_BATCH: "),
    ("BOUWCLUB_DELIVERY", "pigeon", "BOUWCLUB_DELIVERY: "),
    ("BOUWCLUB_PROGRAMME", "missing.toml", "missing.toml: cannot be read"),
]


@pytest.mark.parametrize(("name", "value", "part"), SETTINGS)
def test_a_bad_setting_gets_one_line(
    club: Path, run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str, part: str
) -> None:
    """Exit code 2 and one line with the setting's name and what is allowed."""
    monkeypatch.setenv(name, value)
    result = run("plan", "--as-of", "2026-03-02")
    assert (result.code, result.out) == (2, "")
    assert part in result.err
    assert result.err.count("\n") == 1


def test_a_faulty_programme_gets_one_line(club: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first fault, and how many more there are."""
    (club / "mine.toml").write_text("[brand]\nname = 3\n")
    monkeypatch.setenv("BOUWCLUB_PROGRAMME", "mine.toml")
    result = run("plan", "--as-of", "2026-03-02")
    assert (result.code, result.out, result.err.count("\n")) == (2, "", 1)
    assert result.err.startswith("bouwclub: mine.toml: ")
    assert " more)" in result.err


def test_a_database_of_another_version(club: Path, run: Run) -> None:
    """A database that stands at another migration is not read."""
    import sqlite3

    with sqlite3.connect(club / "bouwclub.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    result = run("plan", "--as-of", "2026-03-02")
    assert (result.code, result.err.count("\n")) == (2, 1)
    assert "stands at migration 0001" in result.err


def test_a_fault_of_ours_is_one_line_too(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 1, and how to see the traceback; BOUWCLUB_DEBUG shows it."""
    monkeypatch.setattr("tasks.base.workspace.open_workspace", lambda: {}["missing"])
    result = run("plan", "--as-of", "2026-03-02")
    line = "bouwclub: internal error: KeyError: 'missing' (run with BOUWCLUB_DEBUG=1 for the traceback)\n"
    assert (result.code, result.err) == (1, line)
    monkeypatch.setenv("BOUWCLUB_DEBUG", "1")
    assert "Traceback" in run("plan", "--as-of", "2026-03-02").err


def test_stopped_by_hand(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control-C ends with one line and the exit code of shells."""

    def stop() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tasks.base.workspace.open_workspace", stop)
    result = run("plan", "--as-of", "2026-03-02")
    assert (result.code, result.err.count("\n")) == (130, 1)


def test_hostile_words_do_not_reach_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Control characters in an error's text are replaced."""
    assert report_mistake(click.ClickException("no client '\x1b[2J\x07'")) == 2
    assert capsys.readouterr().err == "bouwclub: no client '\ufffd[2J\ufffd'\n"


def test_a_reader_that_goes_away(club: Path) -> None:
    """`bouwclub … | head -1` says nothing on standard error."""
    command = f"{sys.executable} -m cli plan --as-of 2026-03-02 --json | head -c 5"
    done = subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        text=True,
        cwd=club,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=120,
        check=False,
    )
    assert done.stdout.startswith('{"as')
    assert done.stderr == ""


@pytest.mark.long
def test_a_process_of_its_own(club: Path) -> None:
    """As a module and with standard input closed: JSON alone, and UTF-8 in a terminal that speaks ASCII."""
    done = typed("explain", "C00070", "--json", folder=club, PYTHONIOENCODING="ascii", LC_ALL="C")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith('{"client_id": "C00070"')
    shown = typed("explain", "C00070", folder=club, PYTHONIOENCODING="ascii", LC_ALL="C")
    assert shown.returncode == 0


def test_our_modules_are_ours() -> None:
    """The guard passes in this checkout."""
    ensure_own_modules()


def test_a_stranger_with_one_of_our_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package of another distribution under one of our names is refused, with its place."""
    (tmp_path / "ours" / "json").mkdir(parents=True)
    (tmp_path / "ours" / "json" / "__init__.py").touch()
    with pytest.raises(ForeignModule, match=r"json was imported from another distribution \(.*json.*\)\. Use a fresh"):
        ensure_own_modules(tmp_path / "ours", ("json",))
    assert set(OURS) >= {"programme", "models", "tasks", "flows", "cli"}


def test_a_foreign_package_stops_the_command(tmp_path: Path) -> None:
    """A `models` that comes first on the path is never run; one line says whose it is."""
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "__init__.py").write_text("raise SystemExit('theirs ran')\n")
    done = typed("plan", "--as-of", "2026-03-02", folder=tmp_path, PYTHONPATH=f"{tmp_path}:{ROOT}")
    assert done.returncode == 2
    assert done.stderr.startswith("bouwclub: models was imported from another distribution (")
    assert done.stderr.count("\n") == 1
