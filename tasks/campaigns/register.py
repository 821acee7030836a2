"""The stored campaigns: what each says, when it may go, who gave the go, and whether it was withdrawn."""

import json
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, and_, func, select, update
from sqlalchemy.sql.elements import ColumnElement

from models.database import clock
from models.database.bulk import insert_rows
from models.database.engine import reading, writing
from models.tables import campaigns, message_states, messages
from programme.campaigns.campaign import Campaign
from programme.campaigns.stored_audience import written_audience
from programme.sending.state_changes import Cause
from programme.words.states import HandFlow, MessageStatus
from tasks.sending.status_changes import change_status

WITHDRAWN = "withdrawn"


class Registered(NamedTuple):
    """A campaign as it is stored; `is_same` is True when it says the same as the campaign now asked for."""

    first_on: date
    starts_at: datetime | None
    is_same: bool
    has_messages: bool
    go_by: str | None
    go_for: int | None
    withdrawn_by: str | None


class NameTaken(Exception):
    """A campaign of this name says something else, and some people have it already."""


def find_campaign(engine: Engine, campaign: Campaign) -> Registered | None:
    """The stored campaign of this name; None when there is none."""
    with reading(engine) as connection:
        return _find(connection, campaign)


def register(engine: Engine, campaign: Campaign, starts_at: datetime | None) -> Registered:
    """Store the campaign. Safe to run twice, and by two runs at once.

    For a campaign stored before, this updates the audience, the moment, and whatever nobody has received yet. A go
    remains valid while the campaign says the same.

    Returns:
        The campaign as it was before this update.

    Raises:
        NameTaken: messages of this name say something else, or the campaign was withdrawn.
    """
    values: dict[str, Any] = {
        "template": campaign.template_id,
        "said": said_by(campaign),
        "audience": written_audience(campaign.audience),
        "first_on": campaign.first_on,
        "closes_on": campaign.closes_on,
        "starts_at": starts_at.astimezone(UTC) if starts_at else None,
    }
    with writing(engine) as connection:
        columns = ["name", *values, "created_at"]
        row = [campaign.name, *values.values(), datetime.now(UTC)]
        insert_rows(connection, campaigns, columns, [row], ignore_existing=True)
        # Lock the row, so that two runs at once cannot both decide on the same earlier state.
        connection.execute(select(campaigns.c.name).where(campaigns.c.name == campaign.name).with_for_update())
        found = _find(connection, campaign)
        if found is None or found.withdrawn_by or (found.has_messages and not found.is_same):
            raise NameTaken(campaign.name)
        if found.has_messages:
            values = {"audience": values["audience"]}
        elif not found.is_same:
            values |= {"go_by": None, "go_at": None, "go_for": None}
        connection.execute(update(campaigns).where(campaigns.c.name == campaign.name).values(values))
    return found


def record_go(engine: Engine, name: str, by_name: str, go_for: int) -> None:
    """Record who gave the go, when, and for how many people. Safe to run twice."""
    values = {"go_by": by_name, "go_at": datetime.now(UTC), "go_for": go_for}
    with writing(engine) as connection:
        connection.execute(update(campaigns).where(campaigns.c.name == name).values(values))


def count_waiting(engine: Engine, name: str) -> int | None:
    """The number of messages that a withdrawal of the campaign would cancel; None when there is no such campaign."""
    with reading(engine) as connection:
        if not _exists(connection, name):
            return None
        return int(connection.execute(select(func.count()).where(_waiting(name))).scalar_one())


def withdraw(engine: Engine, name: str, by_name: str) -> int | None:
    """Stop a campaign for good: cancel its planned messages and return their number; None for an unknown name.

    A message that is on the wire at this moment still goes. Safe to run twice.
    """
    with writing(engine) as connection:
        values = {"withdrawn_by": by_name, "withdrawn_at": datetime.now(UTC)}
        known = update(campaigns).where(campaigns.c.name == name, campaigns.c.withdrawn_by.is_(None)).values(values)
        if not connection.execute(known).rowcount and not _exists(connection, name):
            return None
        values = {"reason": WITHDRAWN, "settled_at": clock.now(connection.dialect.name)}
        its = message_states.c.id.in_(select(messages.c.id).where(_waiting(name)))
        return change_status(connection, Cause.WITHDRAWAL, MessageStatus.CANCELLED, its, **values)


def _waiting(name: str) -> ColumnElement[bool]:
    return and_(
        messages.c.flow == HandFlow.CAMPAIGN,
        messages.c.occasion == name,
        messages.c.status == MessageStatus.PLANNED,
    )


def said_by(campaign: Campaign) -> str:
    """What the campaign's mails say, as JSON; campaigns that say the same have the same text."""
    said = {"copy": json.loads(campaign.copy), "offer": campaign.offer, "template": campaign.template_id}
    return json.dumps(said, ensure_ascii=False, sort_keys=True)


def _find(connection: Connection, campaign: Campaign) -> Registered | None:
    row: Any = connection.execute(select(campaigns).where(campaigns.c.name == campaign.name)).first()
    if row is None:
        return None
    of_it = select(func.count()).where(messages.c.flow == HandFlow.CAMPAIGN, messages.c.occasion == campaign.name)
    count = connection.execute(of_it).scalar_one()
    return Registered(
        row.first_on,
        clock.aware(row.starts_at) if row.starts_at else None,
        row.said == said_by(campaign),
        bool(count),
        row.go_by,
        row.go_for,
        row.withdrawn_by,
    )


def _exists(connection: Connection, name: str) -> bool:
    return connection.execute(select(campaigns.c.name).where(campaigns.c.name == name)).first() is not None
