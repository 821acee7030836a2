"""Everything on one machine, for trying out: server, work pool, one worker, web part, deployments. `make serve`.

Ctrl-C stops all of it. Prefect's own files lie in .bouwclub/prefect of the folder; nothing outside is touched.
"""

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

from deployments.worker import PRIVATE, worker_command
from models.database.engine import DatabaseUnusable, open_engine, upgrade_schema
from models.secrecy import scrubbed
from models.settings import OWN_FOLDER, SettingsInvalid, read_settings
from programme.words.states import Role
from tasks.base.programme_file import load_programme
from tasks.base.workspace import present_moment
from tasks.desk.sessions import make_link

USER_ERROR = 2  # as commands end when somebody can mend it
STARTUP_SECONDS = 180  # a new database takes some 20 s on two cores
STOP_SECONDS = 20  # then it is killed
ROOM_TO_START = 100 * 1024**2  # bytes; Prefect's new database takes 5 MB, its logs and ours grow by some MB a day
ROOM_TO_GO_ON = 8 * 1024**2  # bytes; with less everything stops while it can still do so in order
WATCH_SECONDS = 1.0
MOST_RESTARTS = 10  # of the worker, as compose does without end; one that ends each time has something to mend
LOOPBACK = "127.0.0.1"
LATE_SECONDS = 600  # before a run that no worker took is called late, and told


class ServeFailed(Exception):
    """Something did not start; the message says what, and where its log is."""


def server_environment(host: str, port: int) -> dict[str, str]:
    """What the Prefect server has to be told, beside where its database is."""
    return {
        "PREFECT_SERVER_API_HOST": host,
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_SERVER_UI_API_URL": f"http://{name_of(host)}:{port}/api",
        "PREFECT_UI_URL": f"http://{name_of(host)}:{port}",  # in what is told of runs that failed
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_SERVER_SERVICES_LATE_RUNS_AFTER_SECONDS": str(LATE_SECONDS),
        # In memory, by default: a restarted server would know of no lease, and the runs that hold one would be stopped.
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",  # runs older than 90 days go
        "DO_NOT_TRACK": "1",
    }


def name_of(host: str) -> str:
    """What links say for the address listened on: for "0.0.0.0", which is no place, this machine's in its network."""
    if not _is_everywhere(host):
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(("192.0.2.1", 9))  # sends nothing, only finds the way out; the address is nobody's (RFC 5737)
        return str(probe.getsockname()[0])
    return LOOPBACK


def own_name_of(host: str) -> str:
    """Where our own parts find each other, also when the machine changes its network."""
    return LOOPBACK if _is_everywhere(host) else host


def _is_everywhere(host: str) -> bool:
    with suppress(ValueError):
        return ip_address(host).is_unspecified
    return False


@dataclass
class Processes:
    """What was started, in order; stopped in the opposite order, the worker before its server."""

    logs: Path
    running: list[tuple[str, subprocess.Popen[bytes]]] = field(default_factory=list)

    def start(self, name: str, command: Sequence[str], environment: dict[str, str]) -> None:
        self.logs.mkdir(parents=True, exist_ok=True)
        with open(self.logs / f"{name}.log", "ab") as log:
            # A session of its own: Ctrl-C in the terminal reaches us alone, and we stop the parts in order.
            started = subprocess.Popen(
                command,
                env=os.environ | environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.running.append((name, started))

    def start_again(self, name: str, command: Sequence[str]) -> None:
        """A part that has ended; its log goes on."""
        self.running = [pair for pair in self.running if pair[0] != name]
        self.start(name, command, {})

    def ended(self) -> str | None:
        """The name of a part that is no longer there."""
        return next((name for name, process in self.running if process.poll() is not None), None)

    def stop(self) -> None:
        for _, process in reversed(self.running):
            below = descendants_of(process.pid)
            _signal_group(process, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(STOP_SECONDS)
            _signal_group(process, signal.SIGKILL)
            process.wait()
            for number in below:  # a worker's runs have sessions of their own, and outlive it
                with suppress(ProcessLookupError):
                    os.kill(number, signal.SIGKILL)


def descendants_of(pid: int) -> list[int]:
    """The processes below one, the nearest first; empty where there is no /proc to read them from."""
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            after_name = status.read_text().rpartition(")")[2].split()
            children.setdefault(int(after_name[1]), []).append(int(status.parent.name))
    found = list(children.get(pid, []))
    for number in found:  # grows while it is walked
        found += children.get(number, [])
    return found


def serve(host: str, port: int, web_port: int, stopped: threading.Event) -> None:
    """Start everything, tell the addresses, and stop it all when `stopped` is set. Raises ServeFailed."""
    home = OWN_FOLDER.resolve() / "prefect"
    home.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("PREFECT_HOME", str(home))
    places = (Path.cwd(), home, Path(os.environ["PREFECT_HOME"]))
    _require_room(places, ROOM_TO_START)
    _prepare_database()
    for number in (port, web_port):
        _require_free(host, number)
    os.environ["PREFECT_API_URL"] = f"http://{own_name_of(host)}:{port}/api"
    name = name_of(host)
    if "base_url" not in read_settings().model_fields_set:  # else links would lead past the login, or past our port
        os.environ["BOUWCLUB_BASE_URL"] = f"http://{name}:{web_port}"
    processes = Processes(home.parent / "logs")
    try:
        _start_all(processes, host, port, web_port, stopped)
        if not stopped.is_set():
            _tell(f"Prefect   http://{name}:{port}      marketers and engineers start and read runs here")
            _tell(f"web part  http://{name}:{web_port}      what the mails link to")
            _tell_desk(f"http://{name}:{web_port}")
            _tell(f"logs      {processes.logs}")
            _tell("Ctrl-C stops everything.")
        _watch(processes, stopped, places)
    except ServeFailed:
        _require_room(places, ROOM_TO_GO_ON)  # a part that ended may have said why only in a log without room
        raise
    finally:
        _tell("stopping")
        processes.stop()


def _start_all(processes: Processes, host: str, port: int, web_port: int, stopped: threading.Event) -> None:
    _tell("starting the Prefect server (some 20 s the first time)")
    server = [sys.executable, "-m", "deployments.prefect_server"]
    processes.start("server", server, server_environment(host, port))
    _await_url(f"http://{own_name_of(host)}:{port}/api/health", processes, stopped)
    _tell("registering the clock")
    _deploy(stopped)
    processes.start("worker", worker_command("serve"), {})
    web = [sys.executable, "-m", "cli", "web", "--host", host, "--port", str(web_port)]
    processes.start("web", web, {})
    _await_url(f"http://{own_name_of(host)}:{web_port}/healthz", processes, stopped)


def _tell_desk(address: str) -> None:
    """A login link for the desk, where the folder's settings open it."""
    settings = read_settings()
    people = load_programme(settings.programme).people if settings.desk != "off" else ()
    for person in sorted(people, key=lambda each: Role.MANAGER not in each.roles)[:1]:
        token = make_link(open_engine(settings.database_url), person, present_moment())
        if token:
            _tell(f"desk      {address}/desk/in/{token}")
            _tell(f"          logs you in as {person.name}, once, within 15 minutes; another: bouwclub desk link NAME")


def _deploy(stopped: threading.Event) -> None:
    """In a process of its own: Prefect reads PREFECT_API_URL once, when it is imported."""
    done = subprocess.run([sys.executable, "-m", "deployments.deploy"], capture_output=True, text=True)
    if done.returncode and not stopped.is_set():
        raise ServeFailed(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "deploying failed")
    _tell("  " + done.stdout.strip().replace("\n", "\n  "))


def _prepare_database() -> None:
    """Our own database at the newest schema; an empty one works, it only has nobody to mail."""
    settings = read_settings()
    settings.key()
    upgrade_schema(open_engine(settings.database_url))


def _require_room(places: Sequence[Path], wanted: int) -> None:
    for place in places:
        if place.exists() and (free := shutil.disk_usage(place).free) < wanted:
            raise ServeFailed(
                f"{place}: the disk is full ({free // 1024**2} MB free, {wanted // 1024**2} MB needed); make room and "
                "start again: what was finished is kept"
            )


def _require_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ServeFailed(f"{host}:{port}: {error.strerror}; choose another port, see --help") from None


def _await_url(url: str, processes: Processes, stopped: threading.Event) -> None:
    deadline = time.monotonic() + STARTUP_SECONDS
    while not stopped.is_set():
        if name := processes.ended():
            raise ServeFailed(f"{name} ended by itself; see {processes.logs / name}.log")
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise ServeFailed(f"{url} did not answer within {STARTUP_SECONDS} s; see {processes.logs}") from None
        stopped.wait(0.5)


def _watch(processes: Processes, stopped: threading.Event, places: Sequence[Path]) -> None:
    restarts = 0
    while not stopped.wait(WATCH_SECONDS):
        _require_room(places, ROOM_TO_GO_ON)
        name = processes.ended()
        if name == "worker" and restarts < MOST_RESTARTS:
            restarts += 1
            _tell(f"worker ended by itself and is started again; see {processes.logs / name}.log")
            processes.start_again(name, worker_command("serve"))
        elif name:
            raise ServeFailed(f"{name} ended by itself; see {processes.logs / name}.log")


def _signal_group(process: subprocess.Popen[bytes], number: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _tell(line: str) -> None:
    print(line, flush=True)  # noqa: T201  # a command of its own


def main() -> None:
    parser = argparse.ArgumentParser(prog="make serve", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--host", default=LOOPBACK)
    parser.add_argument("--port", type=int, default=4200, help="of the Prefect server and its UI")
    parser.add_argument("--web-port", type=int, default=8000, help="of the web part")
    asked = parser.parse_args()
    os.umask(PRIVATE)  # and so do all that it starts
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    try:
        serve(asked.host, asked.port, asked.web_port, stopped)
    except (ServeFailed, SettingsInvalid, DatabaseUnusable, OSError) as mistake:
        print(f"serve: {scrubbed(str(mistake))}", file=sys.stderr)  # noqa: T201
        sys.exit(USER_ERROR)


if __name__ == "__main__":
    main()
