"""Campaigns and a base to try them on."""

from dataclasses import replace
from datetime import date, datetime, time
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from flows.day import DaySteps, decide_day, run_day
from models.settings import Settings
from programme.campaigns.campaign import Campaign
from programme.campaigns.form.order import read_order
from programme.sending.report import DayReport
from programme.words.dates import AMSTERDAM
from programme.words.states import HandFlow, RunMode
from tasks.base.workspace import Workspace
from tasks.campaigns import register
from tasks.campaigns import steps as campaign_steps
from tasks.runs.day import Day, QueuedDay
from tests import factories as make
from tests.tasks.histories import History
from tests.tasks.running import STEPS

DAY = date(2026, 3, 2)
NOW = datetime.combine(DAY, time(12), AMSTERDAM)
# Of the log, for tests that write rows themselves.
MESSAGE_COLUMNS = (
    "message_id",
    "client_id",
    "recipient",
    "touchpoint",
    "occasion",
    "flow",
    "purpose",
    "as_of",
    "due_on",
    "closes_on",
    "status",
    "attempts",
)
MESSAGE = {"name": "Lentebrief 2026", "template": "Nieuwsbrief", "subject": "Nieuws", "intro": "Hallo."}


def workspace_of(engine: Engine, folder: Path, clients: int = 200) -> Workspace:
    """A base of some hundred clients around DAY, delivering into an outbox."""
    History(seed=5, clients=clients, day=DAY).store(engine)
    settings = Settings(secret_key="a key for tests", outbox_dir=folder / "outbox", _env_file=None)  # type: ignore[call-arg]
    return Workspace(settings, make.shipped_programme(), engine)


def form(
    audience: dict[str, Any] | None = None, sending: dict[str, Any] | None = None, **message: Any
) -> dict[str, Any]:
    return {"message": MESSAGE | message, "audience": audience or {}, "sending": sending or {}}


def campaign(audience: dict[str, Any] | None = None, today: date = DAY, **message: Any) -> Campaign:
    order = read_order(make.shipped_programme(), form(audience, **message), today)
    assert order.campaign is not None, order.faults
    return order.campaign


def send(workspace: Workspace, asked: Campaign, as_of: date = DAY) -> DayReport:
    """The campaign from its registration to its delivery, as the flow goes."""
    register.register(workspace.engine, asked, None)
    return run_day(steps_of(asked), Day(workspace, HandFlow.CAMPAIGN, as_of, RunMode.SEND, as_of))


def steps_of(asked: Campaign) -> DaySteps:
    """The plain steps of a day, with the campaign's own."""
    return replace(
        STEPS,
        begin=partial(campaign_steps.begin, campaign=asked),
        take_up=partial(campaign_steps.take_up, campaign=asked),
        decide=partial(campaign_steps.decide, campaign=asked),
    )


def decided(workspace: Workspace, asked: Campaign, as_of: date = DAY) -> QueuedDay:
    """A run of the campaign that stopped after deciding."""
    return decide_day(steps_of(asked), Day(workspace, HandFlow.CAMPAIGN, as_of, RunMode.SEND, as_of))
