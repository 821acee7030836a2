"""Runs whose worker is gone, found by what the server and the machine say now, and marked as crashed.

Prefect's own way is an automation over events. Its server on SQLite loses events under load: a dead run then looks busy
for good and holds up the next one, or a campaign that waits for its go is taken for dead. So every worker looks at the
states themselves, twice a minute; docs/decisions/0008 has the reasons.
"""

import logging
import threading
from collections.abc import Collection
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from deployments.server import POOL

OWN_PROCESS = Path("/proc/self/environ")
SWEEP_SECONDS = 30.0
HEARTBEAT_SECONDS = 30  # of a run; the shortest that Prefect allows
SILENCE_SECONDS = 90  # three heartbeats
UNNAMED_SECONDS = 600  # until a worker has written its name: on a busy machine it took three minutes
WORKER_HEARTBEAT_SECONDS = 20  # the server calls a worker offline after three, within the silence above
WORKER_LABEL = "prefect.worker.name"  # Prefect gives it to each run that a worker takes
LOST = "De worker {worker} is weg en de run geeft geen hartslag meer: het proces of de machine is gestopt."

UNHEARD = (
    "Het proces van de run is gestopt terwijl de server niet te bereiken was; waarom, staat in het log van de worker. "
    "Start de run opnieuw."
)
CALLED_OFF = "De run is geannuleerd, en het proces is gestopt. Wat klaar was, is bewaard."

logger = logging.getLogger("prefect.bouwclub.lost-runs")


def watch(stopped: threading.Event, worker: str) -> None:
    """Sweep until stopped; a server that does not answer is asked again the next time.

    Args:
        worker: the name of the worker that looks, which is this process.
    """
    from httpx import HTTPError
    from prefect import get_client
    from prefect.exceptions import PrefectException

    while not stopped.wait(SWEEP_SECONDS):
        try:
            with get_client(sync_client=True) as client:
                for run in mark_lost_runs(client, datetime.now(UTC), worker):
                    logger.warning("flow_run=%s name=%s crashed=lost", run.id, run.name)
        except (HTTPError, PrefectException, OSError) as error:
            logger.warning("sweep=failed error=%s", type(error).__name__)


def mark_lost_runs(client: Any, now: datetime, worker: str = "") -> list[Any]:
    """Mark what is lost; what is left of such a run's own sub-runs goes with it. Safe to do twice and by several.

    Args:
        client: Prefect's sync client.
        now: aware.
        worker: the one that looks. Its own runs it sees as processes: one that ended while the server was away told
            nobody, and would look busy for as long as its worker is there.

    Returns:
        The runs of deployments that were marked.
    """
    running = [run for run in _under_way(client) if run.deployment_id]
    online = _workers_online(client) if running else set()
    if OWN_PROCESS.exists():  # else no process can be seen, and every run would seem to be without
        online -= {worker}
    lost = [run for run in running if may_be_lost(run, online, now) and not _shows_life(client, run, now)]
    return [run for run in lost if _mark(client, run, worker)]


def may_be_lost(run: Any, online: Collection[str], now: datetime) -> bool:
    """Whether nobody who is there answers for this run, and it has been so for a while.

    A run between states, and one whose worker is online, is that worker's to report. A run without a worker's name was
    taken by one that died before it could write it, or that is slow.
    """
    taken_by = run.labels.get(WORKER_LABEL)
    silence = timedelta(seconds=SILENCE_SECONDS if taken_by else UNNAMED_SECONDS)
    return now - run.state.timestamp > silence and taken_by not in online


def runs_here() -> set[str]:
    """The runs that have a living process on this machine; empty where there is no /proc."""
    found = set()
    for place in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            for variable in place.read_bytes().split(b"\0"):
                if variable.startswith(b"PREFECT__FLOW_RUN_ID="):
                    found.add(variable.partition(b"=")[2].decode(errors="replace"))
    return found


def _shows_life(client: Any, run: Any, now: datetime) -> bool:
    """A process that outlived its worker goes on, and so do its heartbeats."""
    if str(run.id) in runs_here():
        return True
    wanted = {
        "occurred": {"since": (now - timedelta(seconds=SILENCE_SECONDS)).isoformat(), "until": now.isoformat()},
        "event": {"name": ["prefect.flow-run.heartbeat"]},
        "resource": {"id": [f"prefect.flow-run.{run.id}"]},
    }
    return bool(client.request("POST", "/events/filter", json={"filter": wanted, "limit": 1}).json()["events"])


def _mark(client: Any, run: Any, worker: str) -> bool:
    """Unless its state changed while we looked. A run that was being cancelled is cancelled by this."""
    from prefect.states import Cancelled, Crashed

    seen = client.read_flow_run(run.id).state
    if seen is None or seen.id != run.state.id:
        return False
    taken_by = run.labels.get(WORKER_LABEL, "(onbekend)")
    gone: Any = Crashed(message=UNHEARD if taken_by == worker else LOST.format(worker=taken_by))
    if seen.is_cancelling():  # perhaps after its end: a page that is not up to date still offers Cancel
        gone = Cancelled(message=CALLED_OFF)
    client.set_flow_run_state(run.id, gone)
    for child in _under_way(client, run.id):
        if child.deployment_id is None:  # others have a process of their own, and go on
            client.set_flow_run_state(child.id, gone)
    return True


def _under_way(client: Any, parent: UUID | None = None) -> list[Any]:
    from prefect.client.schemas.filters import FlowRunFilter

    asked: dict[str, Any] = {"state": {"type": {"any_": ["RUNNING", "PENDING", "CANCELLING"]}}}
    if parent:
        asked["parent_flow_run_id"] = {"any_": [parent]}
    found: list[Any] = client.read_flow_runs(flow_run_filter=FlowRunFilter(**asked), limit=200)
    return found


def _workers_online(client: Any) -> set[str]:
    asked = {"workers": {"status": {"any_": ["ONLINE"]}}}
    found = client.request("POST", "/work_pools/{name}/workers/filter", path_params={"name": POOL}, json=asked)
    return {one["name"] for one in found.json()}
