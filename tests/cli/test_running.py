"""run, backfill and demo as they are typed."""

import http.server
import json
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from models.settings import ROOT
from sample.demo import MARK, DemoFolderTaken, make_demo
from tasks.base.workspace import today_in_amsterdam
from tests.cli.conftest import Run

DAY = ("--as-of", "2026-03-02")
PERIOD = ("--from", "2026-02-01", "--to", "2026-02-05", "--flow", "both")
WITHOUT_PREFECT = """
import sys
from click.testing import CliRunner
from cli.__main__ import commands
for line in sys.argv[1:]:
    done = CliRunner().invoke(commands, line.split())
    assert done.exit_code == 0, done.output
    print(done.output)
    print(done.stderr, file=sys.stderr)
print("LOADED", *sorted(name for name in sys.modules if name.partition(".")[0] == "prefect"))
"""


def _without_prefect(folder: Path, *lines: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """These commands in one process without PREFECT_API_URL; its last line names the modules of Prefect."""
    script = [sys.executable, "-c", WITHOUT_PREFECT, *lines]
    environment = _environment(folder) | settings
    return subprocess.run(script, capture_output=True, text=True, cwd=folder, check=False, env=environment)


@pytest.mark.slow
def test_a_day_in_a_process(club: Path, run: Run) -> None:
    """daily, then win-back, then daily again: tables, an outbox, and silence on standard error."""
    daily = run("run", "daily", *DAY)
    assert (daily.code, daily.err) == (0, "")
    assert "delivery: accepted 52" in daily.out
    assert "outbox/index.html" in daily.out
    assert len(list((club / "outbox").glob("*.eml"))) == 52
    win_back = run("run", "win-back", *DAY)
    assert (win_back.code, win_back.err, "delivery: accepted 2" in win_back.out) == (0, "", True)
    again = run("run", "daily", *DAY)
    assert (again.code, "delivery: accepted" in again.out) == (0, False)
    assert "another run of this day has done the work" in again.out


@pytest.mark.long
def test_no_command_imports_prefect(club: Path, demo: subprocess.CompletedProcess[str]) -> None:
    """Without PREFECT_API_URL a run, a backfill and the demo know no Prefect, start nothing and leave nothing."""
    day = " ".join(DAY)
    lines = [f"run daily {day}", f"run win-back --dry-run {day}", f"backfill {' '.join(PERIOD)} --mode plan"]
    done = _without_prefect(club, *lines)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "LOADED"), done.stderr
    assert demo.stdout.splitlines()[-1] == "LOADED"
    assert not (club / ".bouwclub" / "prefect").exists()


def _environment(folder: Path) -> dict[str, str]:
    names = {"BOUWCLUB_DATABASE_URL": f"sqlite:///{folder}/bouwclub.db", "BOUWCLUB_OUTBOX_DIR": f"{folder}/outbox"}
    return {**names, "BOUWCLUB_SECRET_KEY": "a key", "HOME": str(folder), "PYTHONPATH": str(ROOT)}


def test_a_run_that_fails_says_one_line(club: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake found half way ends as one line."""
    blocked = club / "taken"
    blocked.write_text("a file where the outbox should be")
    monkeypatch.setenv("BOUWCLUB_OUTBOX_DIR", str(blocked))
    result = run("run", "daily", *DAY)
    assert result.code == 2
    assert result.err.startswith("bouwclub: ")
    assert result.err.count("\n") == 1


def test_a_backfill(club: Path, run: Run) -> None:
    """A line a run, and the decisions kept."""
    result = run("backfill", *PERIOD, "--mode", "log")
    assert (result.code, result.err) == (0, "")
    assert result.out.count("2026-02-0") >= 10
    assert len(json.loads(run("decisions", "--json").out)) > 10


def test_a_day_to_come_is_looked_at_alone(club: Path, run: Run) -> None:
    """No command sends or logs for tomorrow; a dry run shows it."""
    tomorrow = today_in_amsterdam() + timedelta(days=1)
    for words in (["run", "daily"], ["run", "win-back", "--without-daily"]):
        refused = run(*words, "--as-of", tomorrow)
        assert (refused.code, "is after today" in refused.err) == (2, True)
        assert refused.err.count("\n") == 1
        assert run(*words, "--as-of", tomorrow, "--dry-run").code == 0
    days = ["--from", date(2026, 3, 1), "--to", tomorrow, "--flow", "daily"]
    assert "is after today" in run("backfill", *days, "--mode", "log").err
    assert run("messages", "--json").out.strip() == "[]"


def test_a_backfill_of_win_back_alone_is_told_an_option_that_it_has(run: Run, club: Path) -> None:
    """`--without-daily` is one of `run win-back`."""
    days = ["--from", "2026-02-01", "--to", "2026-02-01"]
    refused = run("backfill", *days, "--flow", "win-back", "--mode", "log")
    assert refused.code == 2
    assert "--flow both" in refused.err
    assert "--without-daily" not in refused.err
    assert run("backfill", *days, "--flow", "both", "--mode", "log").code == 0


class _Prefect(http.server.BaseHTTPRequestHandler):
    """A server that says it is well and can do nothing, as one whose disk is full."""

    def do_GET(self) -> None:
        self._answer(200 if self.path == "/api/health" else 500, b"true")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        self._answer(500, b'{"exception_message": "Internal Server Error"}')

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def ailing_prefect() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Prefect) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/api"
        server.shutdown()


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/api", "http://u:geheim@127.0.0.1:9/api", "nonsense"])
@pytest.mark.parametrize("words", [["run", "daily", *DAY], ["backfill", *PERIOD, "--mode", "log"]])
def test_a_server_that_is_not_there(
    club: Path, run: Run, monkeypatch: pytest.MonkeyPatch, url: str, words: list[str]
) -> None:
    """One line that names the setting and never a password, exit 2, nothing written."""
    monkeypatch.setenv("PREFECT_API_URL", url)
    result = run(*words)
    assert (result.code, result.err.count("\n")) == (2, 1)
    assert "PREFECT_API_URL names" in result.err
    assert "geheim" not in result.err
    monkeypatch.delenv("PREFECT_API_URL")
    assert run("messages", "--json").out.strip() == "[]"


@pytest.mark.long
def test_a_server_that_cannot(club: Path, ailing_prefect: str) -> None:
    """A server that fails every request (a full disk): one line and exit 2, from a process that ends."""
    command = [sys.executable, "-m", "cli", "run", "daily", *DAY]
    environment = {**_environment(club), "PREFECT_API_URL": ailing_prefect, "PREFECT_CLIENT_MAX_RETRIES": "0"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=club, env=environment, timeout=300, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert "PREFECT_API_URL" in done.stderr


@pytest.fixture(scope="module")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def demo(demo_folder: Path) -> subprocess.CompletedProcess[str]:
    """What making a demo said, in a folder whose settings name another database, provider and outbox."""
    mine = {"BOUWCLUB_DATABASE_URL": "sqlite:///mine.db", "BOUWCLUB_OUTBOX_DIR": "mine"}
    return _without_prefect(demo_folder, f"demo {' '.join(DAY)}", BOUWCLUB_DELIVERY="sendgrid", **mine)


@pytest.mark.slow
def test_the_demo(
    run: Run, demo_folder: Path, demo: subprocess.CompletedProcess[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the environment says, the demo is made in its folder alone, and what it tells to type works."""
    assert demo.returncode == 0
    assert "running daily as of 2026-03-02" in demo.stderr
    assert sorted(path.name for path in demo_folder.iterdir()) == ["demo"]
    assert "demo/outbox/index.html" in demo.stdout
    assert len(list((demo_folder / "demo" / "outbox").glob("*.eml"))) > 50
    monkeypatch.chdir(demo_folder / "demo")
    told = [line.split("bouwclub ", 1)[1] for line in demo.stdout.splitlines() if "bouwclub " in line]
    commands = [shlex.split(line.split("   (")[0]) for line in told]
    of_money = ["referrals", "rewards", "settlement", "ledger"]
    assert [words[0] for words in commands] == ["explain", "explain", "explain", "preview", "decisions", *of_money]
    for words in commands:
        result = run(*words)
        assert result.code == 0
        assert "not due any more" not in result.out + result.err  # what came since leaves the day's mails true
    assert Path("mail.html").exists()
    settled = {path.name: path.read_bytes() for path in Path("settlement").iterdir()}
    assert settled["S20260201-1.xml"].count(b"<CdtTrfTxInf>") == 5
    assert b"<Cd>AC04</Cd>" in settled["afschrift.xml"]
    assert settled["jaaroverzicht.pdf"].startswith(b"%PDF-")


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
