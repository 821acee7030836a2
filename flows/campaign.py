"""A campaign: a marketer says what, to whom and when; looks at it; and lets it go."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, cast

from prefect import runtime
from prefect.client.schemas.objects import FlowRun, State
from prefect.deployments import run_deployment
from prefect.states import Completed
from prefect.utilities.annotations import NotSet
from pydantic import Field
from pydantic_core import to_jsonable_python

from flows.campaign_go import (
    ask_for_go,
    ask_on_desk,
    go_of_run,
    has_desk,
    record_given,
    record_go,
    require_leave,
    tell_lost,
)
from flows.campaign_steps import steps_of
from flows.day import run_day
from flows.day_tasks import as_tasks, step
from flows.secrecy import flow
from flows.ui.artifacts.campaign import publish_campaign, publish_faults, publish_plan
from flows.ui.artifacts.day import publish_state
from flows.ui.campaign_form import AT_ONCE, EVERYONE, AudienceForm, MessageForm, SendingForm, plain
from programme.campaigns.campaign import Campaign
from programme.campaigns.form.form_words import GROUPS
from programme.campaigns.names import name_of
from programme.sending.report import DayReport
from programme.words.states import HandFlow, RunMode
from tasks.base.workspace import Workspace, now_in_amsterdam, open_workspace
from tasks.campaigns import mails as campaign_mails
from tasks.campaigns import register as campaign_register
from tasks.campaigns import steps as campaign_steps
from tasks.campaigns.checks import AcceptedOrder, OrderRefused, check_order
from tasks.campaigns.goes.keeping import without_test_address
from tasks.campaigns.goes.leave import LeaveVerdict
from tasks.campaigns.goes.starting import DEPLOYMENT, tags_of
from tasks.runs.day import Day

plan = step("plan", campaign_steps.plan)
compose_samples = step("compose-samples", campaign_mails.compose_samples)
register = step("register", campaign_register.register, retries=2, retry_delay_seconds=1)
# Kept with the run, so that a run which goes on after a go or a crash sends no second test mail.
send_test = step(
    "send-test",
    campaign_mails.send_test,
    retries=0,
    cache_policy=NotSet,
    persist_result=True,
    cache_key_fn=lambda context, _: f"campaign-test-{context.task_run.flow_run_id}",
)


def _run_name() -> str:
    given = runtime.flow_run.parameters
    message = plain(given.get("message"))
    name = name_of(message.get("name") if isinstance(message, Mapping) else "") or "zonder-naam"
    return f"campaign-{name[:60]}{'' if given.get('dry_run') is False else '-proef'}"


@flow(name="campaign", flow_run_name=_run_name, validate_parameters=False, persist_result=True)
def campaign(
    *,  # by name alone: the form shows them in this order, and trying comes first
    dry_run: Annotated[bool, Field(json_schema_extra={"title": GROUPS["dry_run"].label})] = True,
    message: Annotated[MessageForm, Field(json_schema_extra={"title": GROUPS["message"].label})],
    audience: Annotated[AudienceForm, Field(json_schema_extra={"title": GROUPS["audience"].label})] = EVERYONE,
    sending: Annotated[SendingForm, Field(json_schema_extra={"title": GROUPS["sending"].label})] = AT_ONCE,
) -> DayReport | State[Any]:
    """Verstuurt een mail die u zelf schrijft aan een doelgroep die u zelf kiest; eerst als proef.

    Args:
        dry_run: Alleen kijken: hoeveel, wie, waarom anderen niet, en drie voorbeelden. Zet uit om echt te versturen.
        message: Wat u verstuurt. Vul in wat bij het sjabloon hoort; laat de rest leeg.
        audience: Wie het krijgt. Niets ingevuld is iedereen.
        sending: Wanneer, en waar de proefmail heen gaat.
    """
    now = now_in_amsterdam()
    workspace = open_workspace(with_templates=True)
    form = {"message": plain(message), "audience": plain(audience), "sending": plain(sending)}
    order = _checked(workspace, form, now)
    mailing, as_of = order.campaign, _goes_on(order, now)
    count = plan(workspace, mailing, as_of)
    samples = compose_samples(workspace, mailing, count.samples, as_of)
    sent = send_test(workspace, mailing, order.test_address, as_of) if order.test_address else None
    publish_plan(workspace.programme, order, count, samples, sent, dry_run)
    if dry_run is not False:
        return campaign_steps.report_of_plan(count, mailing, now.date())

    leave = require_leave(workspace, order, count.to_send, now)
    if leave.verdict == LeaveVerdict.ASKS and has_desk(workspace):
        return ask_on_desk(workspace, form, order, count, leave.people, now)
    register(workspace.engine, mailing, order.moment, without_test_address(form))
    record_given(workspace, mailing, leave)
    go_by = leave.go_by
    if leave.verdict == LeaveVerdict.ASKS:
        go = ask_for_go(workspace, mailing, count, leave.people)
        if not go.is_yes:
            return Completed(name="Afgewezen", message=f"{go.approved_by} heeft nee gezegd; er is niets verstuurd.")
        record_go(workspace.engine, mailing.name, go_by := go.approved_by, count.to_send)
    if order.moment and order.moment > now:
        return _schedule(form, mailing, order.moment)

    steps = as_tasks(steps_of(mailing))
    report = run_day(steps, Day(workspace, HandFlow.CAMPAIGN, now.date(), RunMode.SEND, now.date()))
    publish_state(workspace, now.date())
    counts = campaign_steps.count_messages(workspace, mailing)
    return publish_campaign(report, workspace.programme, mailing, counts, go_by)


def _checked(workspace: Workspace, form: Mapping[str, Any], now: datetime) -> AcceptedOrder:
    """The order, or the run fails with all that is wrong, which also stands in an artifact."""
    try:
        return check_order(workspace, form, now)
    except OrderRefused as refusal:
        publish_faults(refusal.faults)
        tell_lost(workspace, " ".join(refusal.faults), now)
        raise


def _goes_on(order: AcceptedOrder, now: datetime) -> date:
    """The day to plan for: that of its moment, or today."""
    return max(order.moment.date(), now.date()) if order.moment else now.date()


def _schedule(form: Mapping[str, Any], mailing: Campaign, moment: datetime) -> State[Any]:
    """Start the same campaign again at its moment; doing so twice makes one run."""
    sending = {**(form["sending"] or {}), "test_address": ""}
    parameters = to_jsonable_python({**form, "sending": sending, "dry_run": False})
    key = f"campaign-{mailing.name}-{moment.isoformat()}{f'-{go_of_run()}' if go_of_run() else ''}"
    run = _scheduled(parameters, moment, key, mailing.name)
    if run.state is not None and run.state.is_final():  # somebody cancelled the earlier one
        run = _scheduled(parameters, moment, f"{key}-{runtime.flow_run.id}", mailing.name)
    return Completed(name="Ingepland", message=f"Gaat uit op {moment:%d-%m-%Y} om {moment:%H.%M} uur, als {run.name}.")


def _scheduled(parameters: dict[str, Any], moment: datetime, key: str, name: str) -> FlowRun:
    run = run_deployment(
        DEPLOYMENT,
        parameters=parameters,
        scheduled_time=moment,
        timeout=0,
        idempotency_key=key,
        as_subflow=False,
        tags=["gepland", *tags_of(name, go_of_run())],
    )
    return cast("FlowRun", run)  # not a coroutine: this flow is no async one
