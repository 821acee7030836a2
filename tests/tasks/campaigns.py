"""Campaigns and a base to try them on."""

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from models.settings import Settings
from programme.campaign_order import read_order
from programme.campaigns import Campaign
from programme.dates import AMSTERDAM
from programme.report import DayReport
from tasks import campaign_register, campaigning, days
from tasks.desk import Desk
from tests import factories as make
from tests.tasks.histories import History

DAY = date(2026, 3, 2)
NOW = datetime.combine(DAY, time(12), AMSTERDAM)
MESSAGE = {"name": "Lentebrief 2026", "template": "Nieuwsbrief", "subject": "Nieuws", "intro": "Hallo."}


def desk_of(engine: Engine, folder: Path, clients: int = 200) -> Desk:
    """A base of some hundred clients around DAY, delivering into an outbox."""
    History(seed=5, clients=clients, day=DAY).store(engine)
    settings = Settings(secret_key="a key for tests", outbox_dir=folder / "outbox", _env_file=None)  # type: ignore[call-arg]
    return Desk(settings, make.shipped_programme(), engine)


def form(
    audience: dict[str, Any] | None = None, sending: dict[str, Any] | None = None, **message: Any
) -> dict[str, Any]:
    return {"message": MESSAGE | message, "audience": audience or {}, "sending": sending or {}}


def campaign(audience: dict[str, Any] | None = None, today: date = DAY, **message: Any) -> Campaign:
    order = read_order(make.shipped_programme(), form(audience, **message), today)
    assert order.campaign is not None, order.faults
    return order.campaign


def send(desk: Desk, asked: Campaign, as_of: date = DAY) -> DayReport:
    """The campaign from its registration to its delivery, as the flow goes."""
    campaign_register.register(desk.engine, asked, None)
    run = campaigning.begin(desk, asked, as_of)
    campaigning.take_up(run, asked)
    campaigning.decide(run, asked)
    days.hold_to_band(run, False)
    days.deliver(run)
    return campaigning.report_of(run)
