"""Send what is planned for a day; and how a run with many messages asks other workers to help."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import cast
from uuid import UUID

from prefect import get_client, get_run_logger, runtime
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import FlowRun
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectNotFound
from prefect.states import Cancelled, Cancelling

from flows.secrecy import flow, task
from flows.ui import refusals
from flows.ui.artifacts.day import publish_delivery
from programme.words.states import Flow, RunMode
from tasks.base.workspace import open_workspace, today_in_amsterdam
from tasks.runs import steps, workers
from tasks.runs.day import Day, DayRun, Delivered

HELPER = "deliver/deliver"

hold_to_band = task(name="hold-to-band", cache_policy=NO_CACHE)(refusals.hold_to_band)
drain = task(name="deliver", retries=0, cache_policy=NO_CACHE)(steps.deliver)  # the table decides what goes again
count_planned = task(name="count-planned", cache_policy=NO_CACHE)(steps.count_planned)


def _run_name() -> str:
    given = runtime.flow_run.parameters
    name = f"deliver-{given.get('as_of') or today_in_amsterdam()}"
    return f"{name}-{given['part']}" if given.get("part") else name


@flow(name="deliver", flow_run_name=_run_name)
def deliver(
    as_of: date | None = None, dry_run: bool = True, confirm: bool = False, run_id: str = "", part: int = 0
) -> Delivered:
    """Verstuurt wat voor een dag klaarstaat; andere runs roepen deze te hulp bij veel berichten.

    Args:
        as_of: De dag waarvan de berichten worden verstuurd; leeg is vandaag (Amsterdam).
        dry_run: Alleen kijken hoeveel er klaarstaan.
        confirm: Ook versturen als het er veel meer zijn dan gewoonlijk, of voor een dag die al voorbij is.
        run_id: De run die hulp vroeg; leeg laten.
        part: De hoeveelste hulp; leeg laten.
    """
    today = today_in_amsterdam()
    mode = RunMode.PLAN if dry_run else RunMode.SEND
    day = Day(open_workspace(with_templates=True), Flow.DAILY, as_of or today, mode, today, confirm)
    if not run_id:  # the run that asked for help has asked this already
        refusals.check_days([day])
    run = workers.join_run(day, run_id or None)
    if dry_run:
        return publish_delivery(day.as_of, Counter(left=count_planned(run)))
    if not run_id:
        hold_to_band(run)
    return publish_delivery(day.as_of, drain(run))


def deliver_together(run: DayRun) -> Delivered:
    """Send what is planned for the day, with helpers when it is much and this run is a worker's.

    This process delivers as well, so nothing waits for a helper to begin, and losing all of them loses nothing.
    Raises DeliveryStopped; what was not sent stays planned.
    """
    helpers = _call_helpers(run)
    try:
        delivered = steps.deliver(run)
    finally:
        _dismiss(helpers)
    if not helpers:
        return delivered
    workers.await_requests(run)
    rest = steps.deliver(run)  # what a helper held when it died
    return workers.count_together(run, rest)


def _call_helpers(run: DayRun) -> list[UUID]:
    """Start the helping runs. In a process of its own (a command) there is nobody to call."""
    wanted = workers.helpers_for(run) if runtime.deployment.id else 0
    called: list[UUID] = []
    for part in range(1, wanted + 1):
        parameters = {
            "as_of": run.as_of.isoformat(),
            "dry_run": False,
            "confirm": True,
            "run_id": run.run_id,
            "part": part,
        }
        try:
            key = f"{run.run_id}-{part}"
            helper = run_deployment(HELPER, parameters=parameters, timeout=0, idempotency_key=key, tags=["hulp"])
        except ObjectNotFound:
            get_run_logger().warning("deployment=%s missing=true: delivering alone; run make deploy", HELPER)
            return called
        called.append(cast("FlowRun", helper).id)
    return called


def _dismiss(helpers: Sequence[UUID]) -> None:
    """Cancel those that no worker had room for; what they were called for is done.

    When somebody cancels this run, those that are at work are cancelled with it: whoever stops it means all of it.
    """
    if not helpers:
        return
    with get_client(sync_client=True) as client:
        own = client.read_flow_run(UUID(str(runtime.flow_run.id))).state
        for number in helpers:
            state = client.read_flow_run(number).state
            if state is None or state.is_final():
                continue
            if state.is_scheduled():
                client.set_flow_run_state(number, Cancelled(message="Het werk was klaar voordat deze begon."))
            elif own is not None and own.is_cancelling():
                client.set_flow_run_state(number, Cancelling(message="De run die om hulp vroeg, is geannuleerd."))
