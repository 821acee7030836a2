"""`make serve` on a disk that is full, or fills up: one line that says where, and the code of what can be mended."""

import shutil
import socket
import sys
import threading
from collections import namedtuple
from ipaddress import ip_address
from pathlib import Path

import pytest

from deployments import serve

Usage = namedtuple("Usage", "total used free")


def test_it_does_not_start_on_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Told before anything is written or started; Prefect's own folder may lie on another disk."""
    elsewhere = tmp_path / "prefect-disk"
    elsewhere.mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PREFECT_HOME", str(elsewhere))
    monkeypatch.setattr(sys, "argv", ["serve"])
    monkeypatch.setattr(shutil, "disk_usage", lambda place: Usage(0, 0, 3 * 1024**2 if place == elsewhere else 2**40))
    with pytest.raises(SystemExit) as ended:
        serve.main()
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert said.count("\n") == 1
    assert said.startswith(f"serve: {elsewhere}: the disk is full (3 MB free, 100 MB needed); make room")
    assert not (tmp_path / "bouwclub.db").exists()


def test_it_stops_when_the_disk_fills_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While there is still room to stop in order; Prefect's server would go on and answer 500."""
    processes = serve.Processes(tmp_path / "logs")
    processes.start("sleeper", [sys.executable, "-c", "import time; time.sleep(60)"], {})
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, 2 * 1024**2))
    try:
        with pytest.raises(serve.ServeFailed, match="the disk is full"):
            serve._watch(processes, threading.Event(), [tmp_path])
    finally:
        processes.stop()


@pytest.mark.parametrize(("name", "starts"), [("worker", 3), ("server", 1)])
def test_a_worker_that_ends_is_started_again_and_a_server_is_not(
    name: str, starts: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a worker no run would start; one that ends each time ends it all with the name of its log."""
    ends_at_once = [sys.executable, "-c", "print('here')"]
    monkeypatch.setattr(serve, "worker_command", lambda _: ends_at_once)
    monkeypatch.setattr(serve, "WATCH_SECONDS", 0.01)
    monkeypatch.setattr(serve, "MOST_RESTARTS", 2)
    processes = serve.Processes(tmp_path / "logs")
    processes.start(name, ends_at_once, {})
    with pytest.raises(serve.ServeFailed, match=f"{name} ended by itself"):
        serve._watch(processes, threading.Event(), [tmp_path])
    assert (tmp_path / "logs" / f"{name}.log").read_text().count("here") == starts
    assert capsys.readouterr().out.count("is started again") == starts - 1


@pytest.mark.parametrize(("host", "named"), [("127.0.0.1", "127.0.0.1"), ("bouw.local", "bouw.local")])
def test_links_name_the_address_that_was_asked_for(host: str, named: str) -> None:
    assert serve.server_environment(host, 4200)["PREFECT_SERVER_UI_API_URL"] == f"http://{named}:4200/api"


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_no_link_names_all_addresses_at_once(host: str) -> None:
    """No browser opens 0.0.0.0 of another machine: this machine's own address stands there."""
    named = serve.name_of(host)
    assert not ip_address(named).is_unspecified
    assert serve.server_environment(host, 4200)["PREFECT_SERVER_UI_API_URL"] == f"http://{named}:4200/api"
    with socket.socket() as probe:
        probe.bind((named, 0))  # it is one of ours
