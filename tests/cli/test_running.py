"""run, backfill and demo as they are typed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.prefect_here import run_prefect_here
from models.settings import ROOT
from sample.demo import MARK, DemoFolderTaken, make_demo
from tests.cli.conftest import Result, Run


def in_a_process(folder: Path, *words: str, **environment: str) -> Result:
    """With a Prefect server of its own, that nobody else sees."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "BOUWCLUB_"))}
    done = subprocess.run(
        [sys.executable, "-m", "cli", *words],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**plain, "PYTHONPATH": str(ROOT), **environment},
        timeout=300,
        check=False,
    )
    return Result(done.returncode, done.stdout, done.stderr)


@pytest.mark.slow
def test_a_day_as_flows(club: Path) -> None:
    """daily, then win-back, then daily again: tables, an outbox, and silence on standard error."""
    daily = in_a_process(club, "run", "daily", "--as-of", "2026-03-02")
    assert (daily.code, daily.err) == (0, "")
    assert "delivery: accepted 52" in daily.out
    assert "outbox/index.html" in daily.out
    assert len(list((club / "outbox").glob("*.eml"))) == 52
    assert (club / ".bouwclub" / "prefect").is_dir()
    win_back = in_a_process(club, "run", "win-back", "--as-of", "2026-03-02")
    assert (win_back.code, win_back.err, "delivery: accepted 2" in win_back.out) == (0, "", True)
    again = in_a_process(club, "run", "daily", "--as-of", "2026-03-02")
    assert (again.code, "delivery: accepted" in again.out) == (0, False)


@pytest.mark.slow
def test_a_flow_that_fails_says_one_line(club: Path) -> None:
    """A mistake found inside the flow ends as one line, without Prefect's traceback."""
    blocked = club / "taken"
    blocked.write_text("a file where the outbox should be")
    result = in_a_process(club, "run", "daily", "--as-of", "2026-03-02", BOUWCLUB_OUTBOX_DIR=str(blocked))
    assert result.code == 2
    assert result.err.startswith("bouwclub: ")
    assert result.err.count("\n") == 1


@pytest.mark.slow
def test_a_backfill_as_a_flow(club: Path) -> None:
    """A line a run, and the decisions kept."""
    words = ["backfill", "--from", "2026-02-01", "--to", "2026-02-02", "--flow", "both", "--mode", "log"]
    result = in_a_process(club, *words)
    assert (result.code, result.err) == (0, "")
    assert result.out.count("2026-02-0") >= 4
    assert len(json.loads(in_a_process(club, "decisions", "--json").out)) > 10


@pytest.mark.parametrize("name", ["PREFECT_API_URL", "PREFECT_HOME", "PREFECT_PROFILE"])
def test_a_server_of_the_user_is_left_alone(working_folder: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Whoever has his own server, home or profile keeps it; without any, ours stays in the working folder."""
    for each in ("PREFECT_API_URL", "PREFECT_HOME", "PREFECT_PROFILE", "PREFECT_PROFILES_PATH"):
        monkeypatch.delenv(each, raising=False)
    for silent in ("PREFECT_LOGGING_LEVEL", "PREFECT_SERVER_LOGGING_LEVEL", "PREFECT_LOGGING_TO_API_ENABLED"):
        monkeypatch.setenv(silent, "INFO" if "LEVEL" in silent else "true")
    monkeypatch.setenv("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
    monkeypatch.setenv("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "60")
    monkeypatch.setenv(name, "mine")
    run_prefect_here()
    assert os.environ[name] == "mine"
    assert os.environ["PREFECT_LOGGING_LEVEL"] == "INFO"
    if name != "PREFECT_HOME":
        assert "PREFECT_HOME" not in os.environ
    monkeypatch.delenv(name)
    run_prefect_here()
    assert os.environ["PREFECT_HOME"] == str(working_folder / ".bouwclub" / "prefect")
    monkeypatch.delenv("PREFECT_HOME")


@pytest.mark.slow
def test_the_demo(run: Run, working_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the environment says, the demo is made in its folder alone, and what it tells to type works."""
    monkeypatch.setenv("BOUWCLUB_DATABASE_URL", "sqlite:///mine.db")
    monkeypatch.setenv("BOUWCLUB_DELIVERY", "sendgrid")
    monkeypatch.setenv("BOUWCLUB_OUTBOX_DIR", "mine")
    result = run("demo")
    assert result.code == 0
    assert sorted(path.name for path in working_folder.iterdir()) == ["demo"]
    assert "demo/outbox/index.html" in result.out
    assert len(list((working_folder / "demo" / "outbox").glob("*.eml"))) > 50
    for name in ("BOUWCLUB_DATABASE_URL", "BOUWCLUB_DELIVERY", "BOUWCLUB_OUTBOX_DIR"):
        monkeypatch.delenv(name)
    monkeypatch.chdir(working_folder / "demo")
    told = [line.split("bouwclub ", 1)[1] for line in result.out.splitlines() if "bouwclub " in line]
    commands = [line.split("   (")[0].split() for line in told]
    assert [words[0] for words in commands] == ["explain", "explain", "explain", "preview", "decisions"]
    for words in commands:
        assert run(*words).code == 0
    assert (working_folder / "demo" / "mail.html").exists()


def test_a_demo_is_made_anew_and_touches_nothing_else(working_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last demo goes, what somebody added stays, and a folder that no demo has made is refused."""
    folder = working_folder / "demo"
    (folder / "outbox").mkdir(parents=True)
    (folder / "outbox" / "precious.eml").touch()
    with pytest.raises(DemoFolderTaken, match="holds files that no demo has made"):
        make_demo(folder)
    assert (folder / "outbox" / "precious.eml").exists()
    (folder / MARK).touch()
    (folder / "mine.html").touch()
    elsewhere = working_folder / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "mine.txt").touch()
    (folder / "export").symlink_to(elsewhere)
    monkeypatch.setattr("sample.demo.write_sample", _stop)
    with pytest.raises(KeyboardInterrupt):
        make_demo(folder)
    assert (folder / "mine.html").exists()
    assert (elsewhere / "mine.txt").exists()
    assert not (folder / "outbox").exists()


def _stop(*_: object) -> None:
    raise KeyboardInterrupt
