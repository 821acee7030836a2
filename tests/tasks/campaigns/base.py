"""Campaigns and a base to try them on."""

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from models.settings import Settings
from programme.campaigns.campaign import Campaign
from programme.campaigns.order import read_order
from programme.sending.report import DayReport
from programme.words.dates import AMSTERDAM
from tasks.base.workspace import Workspace
from tasks.campaigns import register
from tasks.campaigns import steps as campaign_steps
from tasks.runs import steps
from tests import factories as make
from tests.tasks.histories import History

DAY = date(2026, 3, 2)
NOW = datetime.combine(DAY, time(12), AMSTERDAM)
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
    run = campaign_steps.begin(workspace, asked, as_of)
    campaign_steps.take_up(run, asked)
    campaign_steps.decide(run, asked)
    steps.hold_to_band(run, False)
    steps.deliver(run)
    return campaign_steps.report_of(run)
