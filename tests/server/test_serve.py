"""`make serve` and `make deploy` as somebody meets them who tries this out, on SQLite."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from datetime import date, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from deployments.serve import descendants_of
from models.database.engine import open_engine, upgrade_schema
from models.settings import ROOT
from tests.server.base import FEEDBACK_DAYS, add_delivered
from tests.server.postgres import free_port
from tests.server.stack import Stack, wait_for

pytestmark = pytest.mark.server

DAY = date(2026, 3, 12)


def test_one_command_serves_it_all_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    """Addresses are printed and answer; a day run from the API writes its mails into the folder; nothing is left."""
    engine = open_engine(f"sqlite:///{tmp_path / 'bouwclub.db'}")
    upgrade_schema(engine)
    people = add_delivered(engine, "SV", 5, DAY - timedelta(days=FEEDBACK_DAYS))
    port, web_port = free_port(), free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("BOUWCLUB_", "PREFECT_"))}
    said = tmp_path / "said.txt"
    command = [sys.executable, "-m", "deployments.serve", "--port", str(port), "--web-port", str(web_port)]
    with said.open("w") as out:
        process = subprocess.Popen(
            command, cwd=tmp_path, env=environment | {"PYTHONPATH": str(ROOT)}, stdout=out, stderr=out
        )
    try:
        wait_for(lambda: "Ctrl-C stops everything" in said.read_text() or process.poll() is not None, "make serve", 300)
        assert f"http://127.0.0.1:{port}" in said.read_text(), said.read_text()
        with urllib.request.urlopen(f"http://127.0.0.1:{web_port}/healthz", timeout=10) as answer:
            assert answer.status == 200
        stack = Stack(tmp_path, port, engine, {}, "SQLite")
        run = stack.ended(stack.begin("daily", as_of=f"{DAY}", dry_run=False, confirm=True))
        assert run.state is not None
        assert run.state.is_completed(), run.state.message
        letters = list((tmp_path / "outbox").glob("*.eml"))
        assert len(letters) == len(people)
        text = message_from_bytes(letters[0].read_bytes(), policy=default).get_body(("plain",))
        assert text is not None
        assert f"http://127.0.0.1:{web_port}/" in text.get_content()
        parts = descendants_of(process.pid)
        assert len(parts) >= 3
    finally:
        process.send_signal(signal.SIGINT)
        code = process.wait(120)
        engine.dispose()
    assert code == 0, said.read_text()
    time.sleep(0.5)
    assert [number for number in parts if Path(f"/proc/{number}").exists()] == []


@pytest.mark.parametrize(("url", "told"), [("", "PREFECT_API_URL is not set"), ("http://127.0.0.1:9/api", "answers")])
def test_deploying_without_a_server_says_what_is_missing(url: str, told: str, tmp_path: Path) -> None:
    """One line on stderr, no traceback, and a code that is not zero."""
    environment = os.environ | {"PREFECT_API_URL": url, "PYTHONPATH": str(ROOT), "PREFECT_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "deployments.deploy"], env=environment, cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 1
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("deploy: ")
    assert told in line
