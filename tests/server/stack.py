"""What a single host runs, started for a test session: a Prefect server, the deployments, workers."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import FlowRun
from prefect.settings import PREFECT_API_URL, temporary_settings
from sqlalchemy import Engine

from deployments.lost_runs import WORKER_LABEL
from deployments.serve import Processes, descendants_of, server_environment
from deployments.worker import worker_command
from models.settings import ROOT

Found = TypeVar("Found")

START_SECONDS = 240
RUN_SECONDS = 240  # a run that takes 10 s on an idle machine
POLL_SECONDS = 0.5


@dataclass
class Stack:
    """A running server.

    Attributes:
        environment: of everything that is started: the settings, and the way to the server.
        kind: the database that Prefect itself has.
    """

    folder: Path
    port: int
    engine: Engine
    environment: dict[str, str]
    kind: str
    processes: Processes = field(init=False)

    def __post_init__(self) -> None:
        self.processes = Processes(self.folder / "logs")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start_server(self, database: Mapping[str, str]) -> None:
        own = {**self.environment, **server_environment("127.0.0.1", self.port), **database}
        self.processes.start("server", [sys.executable, "-m", "deployments.prefect_server"], own)
        wait_for(lambda: _answers(f"{self.url}/api/health"), "the Prefect server", START_SECONDS)

    def deploy(self) -> str:
        """As `make deploy` does; returns what it prints."""
        return self.command("deployments.deploy").stdout

    def command(self, module: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env=os.environ | self.environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done

    def start_worker(self, name: str, limit: int = 6, **settings: str) -> "subprocess.Popen[bytes]":
        """A worker; it is ready when the server knows it."""
        self.processes.start(name, worker_command(name, limit), self.environment | settings)
        wait_for(
            lambda: any(one.startswith(f"{name}-") for one in self.workers_online()), f"worker {name}", START_SECONDS
        )
        return self.processes.running[-1][1]

    @contextmanager
    def worker(self, name: str, limit: int = 6, **settings: str) -> "Iterator[subprocess.Popen[bytes]]":
        """A worker that is gone afterwards: one that stays would take the runs of later tests."""
        process = self.start_worker(name, limit, **settings)
        try:
            yield process
        finally:
            self.kill(process)

    def has_worker(self, name: str) -> bool:
        """Whether one that was started by this name is online; each has a suffix of its own."""
        return any(one.startswith(f"{name}-") for one in self.workers_online())

    def workers_online(self) -> set[str]:
        with self.client() as client:
            found = client.request(
                "POST", "/work_pools/{name}/workers/filter", path_params={"name": "bouwclub"}, json={}
            )
            return {one["name"] for one in found.json() if one["status"] == "ONLINE"}

    @contextmanager
    def client(self) -> Iterator[SyncPrefectClient]:
        with temporary_settings({PREFECT_API_URL: f"{self.url}/api"}), get_client(sync_client=True) as client:
            yield client

    def begin(self, flow: str, state: Any = None, **parameters: Any) -> UUID:
        """Start a deployment by the API."""
        with self.client() as client:
            deployment = client.read_deployment_by_name(f"{flow}/{flow}")
            run = client.create_flow_run_from_deployment(deployment.id, parameters=parameters, state=state)
            return run.id

    def ended(self, number: UUID, seconds: float = RUN_SECONDS) -> FlowRun:
        """The run, once it has ended."""
        return wait_for(lambda: _if_final(self.run(number)), f"run {number}", seconds)

    def run(self, number: UUID) -> FlowRun:
        with self.client() as client:
            return client.read_flow_run(number)

    def runs(self, **filters: Any) -> list[FlowRun]:
        with self.client() as client:
            return client.read_flow_runs(flow_run_filter=FlowRunFilter(**filters))

    def artifacts(self, run: FlowRun) -> dict[str, Any]:
        """The artifacts of a run and its sub-runs' tasks, by key."""
        with self.client() as client:
            found = client.request(
                "POST", "/artifacts/filter", json={"artifacts": {"flow_run_id": {"any_": [str(run.id)]}}}
            )
            return {one["key"]: one["data"] for one in found.json()}

    def taken_by(self, number: UUID, name: str) -> bool:
        """Whether a run is under way at the worker that was started by this name."""
        run = self.run(number)
        label = str(run.labels.get(WORKER_LABEL, ""))
        assert not label or label.startswith(f"{name}-"), f"{run.name} was taken by {label}, not by {name}"
        return run.state is not None and run.state.is_running()

    def kill(self, worker: "subprocess.Popen[bytes]") -> None:
        """SIGKILL a worker and all its runs at once, as when its machine is gone. A dead one is left alone."""
        with suppress(ProcessLookupError):
            os.kill(
                worker.pid, signal.SIGSTOP
            )  # else it may see a run of its own end, and report it, before it is killed
        for number in [worker.pid, *descendants_of(worker.pid)]:
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        worker.wait()
        self.processes.running = [pair for pair in self.processes.running if pair[1] is not worker]


def wait_for(found: Callable[[], Found | None], what: str, seconds: float) -> Found:
    """The first truthy answer; fails with what it was waiting for."""
    deadline = time.monotonic() + seconds
    while not (answer := found()):
        assert time.monotonic() < deadline, f"{what}: nothing within {seconds:.0f} s"
        time.sleep(POLL_SECONDS)
    return answer


def _if_final(run: FlowRun) -> FlowRun | None:
    return run if run.state is not None and run.state.is_final() else None


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except OSError:
        return False
