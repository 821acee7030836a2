"""Which runs are taken for lost: by their worker, their age, and a sign of life."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from deployments import lost_runs
from deployments.lost_runs import (
    CALLED_OFF,
    SILENCE_SECONDS,
    UNNAMED_SECONDS,
    WORKER_LABEL,
    mark_lost_runs,
    may_be_lost,
    runs_here,
)

pytestmark = pytest.mark.slow  # Prefect takes seconds to import

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
ONLINE, GONE = "here-1a2b3c", "gone-4d5e6f"


def run(worker: str | None = GONE, seconds_ago: float = SILENCE_SECONDS + 1, **changes: Any) -> SimpleNamespace:
    """A running run of a deployment, in its state since so long."""
    from prefect.client.schemas.objects import State, StateType

    state = State(type=StateType.RUNNING, timestamp=NOW - timedelta(seconds=seconds_ago))
    labels = {WORKER_LABEL: worker} if worker else {}
    given = {"id": uuid4(), "name": "daily", "state": state, "labels": labels, "deployment_id": uuid4()}
    return SimpleNamespace(**(given | changes))


class Server:
    """As much of Prefect's client as a sweep uses; `states` is what was set, by run."""

    def __init__(self, *runs: SimpleNamespace, children: tuple[SimpleNamespace, ...] = (), beats: int = 0) -> None:
        self.runs, self.children, self.beats = runs, children, beats
        self.states: dict[object, Any] = {}
        self.now_in: dict[object, Any] = {}
        self.online: tuple[str, ...] = (ONLINE,)

    def read_flow_runs(self, flow_run_filter: Any, limit: int) -> list[SimpleNamespace]:
        return list(self.children if flow_run_filter.parent_flow_run_id else self.runs)

    def read_flow_run(self, number: object) -> SimpleNamespace:
        (found,) = [one for one in self.runs if one.id == number]
        return SimpleNamespace(state=self.now_in.get(number, found.state))

    def set_flow_run_state(self, number: object, state: Any) -> None:
        self.states[number] = state

    def request(self, method: str, path: str, **given: Any) -> SimpleNamespace:
        if path == "/events/filter":
            return SimpleNamespace(json=lambda: {"events": [{}] * self.beats})
        return SimpleNamespace(json=lambda: [{"name": name} for name in self.online])


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (run(), True),
        (run(worker=ONLINE), False),
        (run(seconds_ago=SILENCE_SECONDS - 1), False),
        (run(worker=None), False),
        (run(worker=None, seconds_ago=UNNAMED_SECONDS + 1), True),
    ],
    ids=["its worker is gone", "its worker is there", "only just", "has no name yet", "never had a name"],
)
def test_who_may_be_lost(one: SimpleNamespace, expected: bool) -> None:
    """A run is its worker's to report while that one is online, and young states are left alone."""
    assert may_be_lost(one, {ONLINE}, NOW) is expected


def test_a_lost_run_is_marked_with_the_reason() -> None:
    """Its state says which worker is gone, for whoever reads it in the UI or in an alert."""
    lost, healthy = run(), run(worker=ONLINE)
    server = Server(lost, healthy)

    assert mark_lost_runs(server, NOW) == [lost]

    assert list(server.states) == [lost.id]
    assert server.states[lost.id].is_crashed()
    assert GONE in server.states[lost.id].message


def test_a_heartbeat_outlives_a_worker() -> None:
    """A process on another machine goes on when only its worker was killed; it is left alone while it is heard."""
    server = Server(run(), beats=1)
    assert mark_lost_runs(server, NOW) == []
    assert server.states == {}


def test_a_process_on_this_machine_is_a_sign_of_life() -> None:
    """Also when not one of its heartbeats was kept."""
    one = run()
    command = [sys.executable, "-c", "print(flush=True); input()"]
    environment = os.environ | {"PREFECT__FLOW_RUN_ID": str(one.id)}
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert str(one.id) in runs_here()
        assert mark_lost_runs(Server(one), NOW) == []
        process.kill()
    assert str(one.id) not in runs_here()


def test_a_worker_sees_that_its_own_run_has_ended() -> None:
    """Process and worker could not tell the server, which was away: the worker marks it, and nobody else's."""
    ended, others = run(worker=ONLINE), run(worker="elsewhere-7a8b9c")
    server = Server(ended, others)
    server.online = (ONLINE, "elsewhere-7a8b9c")

    assert mark_lost_runs(server, NOW, ONLINE) == [ended]

    assert "terwijl de server niet te bereiken was" in server.states[ended.id].message


def test_a_worker_leaves_its_own_run_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """While its process is there or was heard just now, and where no process can be seen."""
    own = run(worker=ONLINE)
    assert mark_lost_runs(Server(own, beats=1), NOW, ONLINE) == []
    with monkeypatch.context() as there:
        there.setattr(lost_runs, "runs_here", lambda: {str(own.id)})
        assert mark_lost_runs(Server(own), NOW, ONLINE) == []
    monkeypatch.setattr(lost_runs, "OWN_PROCESS", tmp_path / "no-proc")
    assert mark_lost_runs(Server(own), NOW, ONLINE) == []


@pytest.mark.parametrize("kind", ["SUSPENDED", "COMPLETED"])
def test_a_state_that_changed_meanwhile_wins(kind: str) -> None:
    """A run that began to wait for its go, or ended, while we looked is not touched."""
    from prefect.states import Completed, Suspended

    one = run()
    server = Server(one)
    server.now_in[one.id] = Suspended() if kind == "SUSPENDED" else Completed()
    assert mark_lost_runs(server, NOW) == []
    assert server.states == {}


@pytest.mark.parametrize("worker", [GONE, ONLINE])
def test_what_was_being_cancelled_is_cancelled(worker: str) -> None:
    """The wish was to stop it, and it has stopped: no fault is told, and nothing to start again."""
    from prefect.states import Cancelling

    state = Cancelling()
    one = run(worker, state=state.model_copy(update={"timestamp": NOW - timedelta(hours=1)}))
    server = Server(one)
    mark_lost_runs(server, NOW, ONLINE)
    assert server.states[one.id].is_cancelled()
    assert server.states[one.id].message == CALLED_OFF


def test_sub_runs_in_the_same_process_go_with_it_and_helpers_go_on() -> None:
    """A day of a backfill dies with it; a helper is a run of its own on another worker."""
    day, helper = run(deployment_id=None), run(worker=ONLINE)
    lost = run()
    server = Server(lost, children=(day, helper))
    mark_lost_runs(server, NOW)
    assert set(server.states) == {lost.id, day.id}


def test_runs_that_no_worker_started_are_not_judged() -> None:
    """A command on somebody's machine has no worker to be gone."""
    assert mark_lost_runs(Server(run(worker=None, deployment_id=None)), NOW) == []
