"""A campaign: a marketer says what, to whom and when; looks at it; and lets it go."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import Annotated, Any, cast

from prefect import runtime
from prefect.client.schemas.objects import FlowRun, State
from prefect.deployments import run_deployment
from prefect.flow_runs import suspend_flow_run
from prefect.states import Completed
from prefect.utilities.annotations import NotSet
from pydantic import Field
from pydantic_core import to_jsonable_python

from flows.day import DaySteps, run_day
from flows.day_tasks import as_tasks, step
from flows.secrecy import flow
from flows.ui.campaign_artifacts import publish_campaign, publish_faults, publish_plan
from flows.ui.campaign_form import AT_ONCE, EVERYONE, AudienceForm, Go, MessageForm, SendingForm, go_question, plain
from flows.ui.today import publish_today
from programme.campaigns.campaign import Campaign, CampaignCount, needs_go
from programme.campaigns.form_words import GROUPS
from programme.campaigns.order import name_of
from programme.sending.report import DayReport
from programme.words.states import HandFlow, RunMode
from tasks.base.workspace import Workspace, now_in_amsterdam, open_workspace
from tasks.campaigns import mails as campaign_mails
from tasks.campaigns import register as campaign_register
from tasks.campaigns import steps as campaign_steps
from tasks.campaigns.checks import AcceptedOrder, OrderRefused, check_order
from tasks.runs.day import Day

DEPLOYMENT = "campaign/campaign"
GO_TIMEOUT_SECONDS = 3 * 24 * 3600  # over a weekend; after it the run fails and the campaign can be started again


class GoNeeded(Exception):
    """The campaign is so large that somebody has to say yes, and there is no UI to ask in."""


plan = step("plan", campaign_steps.plan)
compose_samples = step("compose-samples", campaign_mails.compose_samples)
register = step("register", campaign_register.register, retries=2, retry_delay_seconds=1)
record_go = step("record-go", campaign_register.record_go, retries=2, retry_delay_seconds=1)
# Kept with the run, so that a run which goes on after a go or a crash sends no second test mail.
send_test = step(
    "send-test",
    campaign_mails.send_test,
    retries=0,
    cache_policy=NotSet,
    persist_result=True,
    cache_key_fn=lambda context, _: f"campaign-test-{context.task_run.flow_run_id}",
)


def _steps(campaign: Campaign) -> DaySteps:
    """The steps of a day, of which a campaign has three of its own."""
    return as_tasks(
        replace(
            DaySteps(),
            begin=partial(campaign_steps.begin, campaign=campaign),
            take_up=partial(campaign_steps.take_up, campaign=campaign),
            decide=partial(campaign_steps.decide, campaign=campaign),
        )
    )


def _run_name() -> str:
    given = runtime.flow_run.parameters
    message = plain(given.get("message"))
    name = name_of(message.get("name") if isinstance(message, Mapping) else "") or "zonder-naam"
    return f"campaign-{name[:60]}{'' if given.get('dry_run') is False else '-proef'}"


@flow(name="campaign", flow_run_name=_run_name, validate_parameters=False, persist_result=True)
def campaign(
    message: Annotated[MessageForm, Field(json_schema_extra={"title": GROUPS["message"].label})],
    audience: Annotated[AudienceForm, Field(json_schema_extra={"title": GROUPS["audience"].label})] = EVERYONE,
    sending: Annotated[SendingForm, Field(json_schema_extra={"title": GROUPS["sending"].label})] = AT_ONCE,
    dry_run: Annotated[bool, Field(json_schema_extra={"title": GROUPS["dry_run"].label})] = True,
) -> DayReport | State[Any]:
    """Verstuurt een mail die u zelf schrijft aan een doelgroep die u zelf kiest; eerst als proef.

    Args:
        message: wat u verstuurt.
        audience: wie het krijgt. Niets ingevuld is iedereen.
        sending: wanneer, en waar de testmail heen gaat.
        dry_run: alleen kijken: hoeveel, wie, waarom anderen niet, en drie voorbeelden. Zet uit om echt te versturen.
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

    kept = register(workspace.engine, mailing, order.moment)
    go_by = kept.go_by
    if needs_go(workspace.programme, count.to_send, kept.go_for):
        go = _ask_for_go(mailing, count)
        if not go.is_yes:
            return Completed(name="Afgewezen", message=f"{go.approved_by} heeft nee gezegd; er is niets verstuurd.")
        record_go(workspace.engine, mailing.name, go_by := go.approved_by, count.to_send)
    if order.moment and order.moment > now:
        return _schedule(form, mailing, order.moment)

    report = run_day(_steps(mailing), Day(workspace, HandFlow.CAMPAIGN, now.date(), RunMode.SEND, now.date()))
    publish_today(workspace, now.date())
    counts = campaign_steps.count_messages(workspace, mailing)
    return publish_campaign(report, workspace.programme, mailing, counts, go_by)


def _checked(workspace: Workspace, form: Mapping[str, Any], now: datetime) -> AcceptedOrder:
    """The order, or the run fails with all that is wrong, which also stands in an artifact."""
    try:
        return check_order(workspace, form, now)
    except OrderRefused as refusal:
        publish_faults(refusal.faults)
        raise


def _goes_on(order: AcceptedOrder, now: datetime) -> date:
    """The day to plan for: that of its moment, or today."""
    return max(order.moment.date(), now.date()) if order.moment else now.date()


def _ask_for_go(mailing: Campaign, count: CampaignCount) -> Go:
    """Let the run wait, without a process, until somebody answers in the UI."""
    if runtime.deployment.id is None:
        raise GoNeeded(
            f"campaign {mailing.name} would go to {count.to_send} people, and somebody has to give a go for that; "
            "start it from the Prefect UI, which asks"
        )
    return suspend_flow_run(wait_for_input=go_question(mailing, count), timeout=GO_TIMEOUT_SECONDS, key="go")


def _schedule(form: Mapping[str, Any], mailing: Campaign, moment: datetime) -> State[Any]:
    """Start the same campaign again at its moment; doing so twice makes one run."""
    sending = {**(form["sending"] or {}), "test_address": ""}
    parameters = to_jsonable_python({**form, "sending": sending, "dry_run": False})
    key = f"campaign-{mailing.name}-{moment.isoformat()}"
    run = _scheduled(parameters, moment, key)
    if run.state is not None and run.state.is_final():  # somebody cancelled the earlier one
        run = _scheduled(parameters, moment, f"{key}-{runtime.flow_run.id}")
    return Completed(name="Ingepland", message=f"Gaat uit op {moment:%d-%m-%Y} om {moment:%H.%M} uur, als {run.name}.")


def _scheduled(parameters: dict[str, Any], moment: datetime, key: str) -> FlowRun:
    run = run_deployment(
        DEPLOYMENT,
        parameters=parameters,
        scheduled_time=moment,
        timeout=0,
        idempotency_key=key,
        as_subflow=False,
        tags=["gepland"],
    )
    return cast("FlowRun", run)  # not a coroutine: this flow is no async one
