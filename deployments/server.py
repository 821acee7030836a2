"""Finding the Prefect server that PREFECT_API_URL names, and saying clearly what is missing when there is none."""

import time
from collections.abc import Sequence
from typing import Any

POOL = "bouwclub"
SCHEDULER_SECONDS = 120  # its loop takes a minute at most


class ServerMissing(Exception):
    """There is no server to work with, or it does not do its part; the message says what to do."""


def require_server() -> str:
    """The address of a server that answers. Raises ServerMissing."""
    from prefect import get_client
    from prefect.exceptions import PrefectHTTPStatusError
    from prefect.settings import PREFECT_API_URL

    url = PREFECT_API_URL.value()
    if not url:
        raise ServerMissing(
            "PREFECT_API_URL is not set, so there is no Prefect server to register with; start one "
            "(make serve, or deployments/compose.yaml) and set PREFECT_API_URL=http://127.0.0.1:4200/api"
        )
    with get_client(sync_client=True) as client:
        fault = client.api_healthcheck()
        if fault is not None:
            raise ServerMissing(
                f"no Prefect server answers at PREFECT_API_URL={url} ({type(fault).__name__}); start it, or mend that"
            )
        try:
            client.read_work_pools()
        except PrefectHTTPStatusError as refusal:
            raise ServerMissing(
                f"the Prefect server at {url} answers {refusal.response.status_code}; when it asks for a password, "
                "set PREFECT_API_AUTH_STRING=name:password"
            ) from None
    return str(url)


def ensure_pool() -> None:
    """The work pool whose workers run everything, as processes. Left alone when it is there."""
    from prefect import get_client
    from prefect.client.schemas.actions import WorkPoolCreate
    from prefect.exceptions import ObjectNotFound

    with get_client(sync_client=True) as client:
        try:
            client.read_work_pool(POOL)
        except ObjectNotFound:
            client.create_work_pool(WorkPoolCreate(name=POOL, type="process", description="De workers van de Bouwclub"))


def what_holds_the_pool() -> list[str]:
    """A line for each thing that keeps its workers from taking runs: left as it is, because somebody chose it."""
    from prefect import get_client

    with get_client(sync_client=True) as client:
        pool = client.read_work_pool(POOL)
        names = {"work_pool_name": POOL}
        queues = client.request("POST", "/work_pools/{work_pool_name}/queues/filter", path_params=names, json={}).json()
    held = {f"work pool {POOL}": (pool.is_paused, pool.concurrency_limit)}
    for queue in queues:
        if queue["id"] == str(pool.default_queue_id):  # which can be given another name
            held[f"its queue {queue['name']}"] = (queue["is_paused"], queue["concurrency_limit"])
    paused = "is paused: no run starts until it is switched on in the UI"
    limited = "has a concurrency limit: no more than"
    return [
        *(f"{name} {paused}" for name, (is_paused, _) in held.items() if is_paused),
        *(f"{name} {limited} {most} runs at once" for name, (_, most) in held.items() if most is not None),
    ]


def registered(name: str) -> Any:
    """What the server has under this name of a flow and its deployment; None when it has nothing."""
    from prefect import get_client
    from prefect.exceptions import ObjectNotFound

    with get_client(sync_client=True) as client:
        try:
            return client.read_deployment_by_name(f"{name}/{name}")
        except ObjectNotFound:
            return None


def give_back_limit(found: Any) -> str:
    """Make a deployment's limit its own again, before it is registered; returns what it had otherwise, "" for nothing.

    The UI can take the limit away or give the deployment another's. Prefect then makes a second limit of the same name,
    which its database refuses, or it changes and deletes the other deployment's.
    """
    from prefect import get_client
    from prefect.client.schemas.actions import GlobalConcurrencyLimitUpdate
    from prefect.exceptions import ObjectNotFound

    name, has = f"deployment:{found.id}", found.global_concurrency_limit
    with get_client(sync_client=True) as client:
        try:
            own = client.read_global_concurrency_limit_by_name(name)
        except ObjectNotFound:
            own = None
        if own and not own.active:
            client.update_global_concurrency_limit(name, GlobalConcurrencyLimitUpdate(active=True))
        if (has and has.id) == (own and own.id):
            return "a limit that was switched off" if own and not own.active else ""
        given = {"global_concurrency_limit_id": str(own.id) if own else None}
        client.request("PATCH", "/deployments/{id}", path_params={"id": found.id}, json=given)
    return f"the limit of {has.name}" if has else "no limit of runs at once"


def remove_others(names: Sequence[str], tag: str) -> list[str]:
    """Delete the deployments of our pool with this tag that carry none of these names; returns their names."""
    from prefect import get_client
    from prefect.client.schemas.filters import DeploymentFilter, WorkPoolFilter

    with get_client(sync_client=True) as client:
        found = client.read_deployments(
            work_pool_filter=WorkPoolFilter(name={"any_": [POOL]}),
            deployment_filter=DeploymentFilter(tags={"all_": [tag]}),
        )
        old = [deployment for deployment in found if deployment.name not in names]
        for deployment in old:
            client.delete_deployment(deployment.id)
    return sorted(deployment.name for deployment in old)


def require_scheduled_runs(names: Sequence[str], patience_seconds: float = SCHEDULER_SECONDS) -> None:
    """Wait until each deployment has a run to come.

    Raises ServerMissing: with some versions of its libraries a server accepts schedules and silently makes no runs.
    """
    deadline = time.monotonic() + patience_seconds
    missing = [name for name in names if not _has_scheduled_run(name)]
    while missing and time.monotonic() < deadline:
        time.sleep(1.0)
        missing = [name for name in missing if not _has_scheduled_run(name)]
    if missing:
        raise ServerMissing(
            f"registered, but after {patience_seconds:.0f} s the server has made no run for {', '.join(missing)}: its "
            "scheduler does not work. Look in its log; with SQLAlchemy 2.1 or newer on the server this happens silently"
        )


def _has_scheduled_run(name: str) -> bool:
    from prefect import get_client
    from prefect.client.schemas.filters import DeploymentFilter, FlowRunFilter
    from prefect.client.schemas.objects import StateType

    with get_client(sync_client=True) as client:
        runs = client.read_flow_runs(
            deployment_filter=DeploymentFilter(name={"any_": [name]}),
            flow_run_filter=FlowRunFilter(state={"type": {"any_": [StateType.SCHEDULED]}}),
            limit=1,
        )
    return bool(runs)
