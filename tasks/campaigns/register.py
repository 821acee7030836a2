"""The stored campaigns: what each says, when it may go, and who gave the go."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, select, update

from models.database import clock
from models.database.bulk import insert_rows
from models.database.engine import reading, writing
from models.tables import campaigns, messages
from programme.campaigns.audience.stored_audience import written_audience
from programme.campaigns.campaign import Campaign
from programme.words.states import HandFlow


class Registered(NamedTuple):
    """A campaign as it is stored, compared with the campaign now asked for.

    Attributes:
        is_same: it says the same.
        go_by, go_for: of the go that still holds: for the same text, the same audience, and, before anybody has it,
            the same moment. None when there is none.
    """

    first_on: date
    starts_at: datetime | None
    is_same: bool
    has_messages: bool
    go_by: str | None
    go_for: int | None
    withdrawn_by: str | None


class NameTaken(Exception):
    """A campaign of this name says something else, and some people have it already."""


def find_campaign(engine: Engine, campaign: Campaign, starts_at: datetime | None) -> Registered | None:
    """The stored campaign of this name; None when there is none."""
    with reading(engine) as connection:
        return _find(connection, campaign, starts_at)


def register(
    engine: Engine, campaign: Campaign, starts_at: datetime | None, form: Mapping[str, Any] | None = None
) -> Registered:
    """Store the campaign. Safe to run twice, and by two runs at once.

    For a campaign stored before, this updates the audience, the moment, and whatever nobody has received yet. A go
    remains valid while nothing of that is another; otherwise it is forgotten.

    Args:
        form: by which those who wait are started again.

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
        "form": json.dumps(form, ensure_ascii=False, sort_keys=True, default=str) if form else None,
    }
    with writing(engine) as connection:
        columns = ["name", *values, "created_at"]
        row = [campaign.name, *values.values(), datetime.now(UTC)]
        insert_rows(connection, campaigns, columns, [row], ignore_existing=True)
        # Lock the row, so that two runs at once cannot both decide on the same earlier state.
        connection.execute(select(campaigns.c.name).where(campaigns.c.name == campaign.name).with_for_update())
        found = _find(connection, campaign, starts_at)
        if found is None or found.withdrawn_by or (found.has_messages and not found.is_same):
            raise NameTaken(campaign.name)
        if found.has_messages:
            values = {name: values[name] for name in ("audience", "form")}
        if found.go_for is None:
            values |= {"go_by": None, "go_at": None, "go_for": None}
        connection.execute(update(campaigns).where(campaigns.c.name == campaign.name).values(values))
    return found


def record_go(engine: Engine, name: str, by_name: str, go_for: int) -> None:
    """Record who gave the go, when, and for how many people. Safe to run twice."""
    values = {"go_by": by_name, "go_at": datetime.now(UTC), "go_for": go_for}
    with writing(engine) as connection:
        connection.execute(update(campaigns).where(campaigns.c.name == name).values(values))


def said_by(campaign: Campaign) -> str:
    """What the campaign's mails say, as JSON; campaigns that say the same have the same text."""
    said = {"copy": json.loads(campaign.copy), "offer": campaign.offer, "template": campaign.template_id}
    return json.dumps(said, ensure_ascii=False, sort_keys=True)


def _find(connection: Connection, campaign: Campaign, starts_at: datetime | None) -> Registered | None:
    row: Any = connection.execute(select(campaigns).where(campaigns.c.name == campaign.name)).first()
    if row is None:
        return None
    own = messages.c
    of_it = select(own.id).where(
        own.as_of >= row.first_on, own.flow == HandFlow.CAMPAIGN, own.occasion == campaign.name
    )
    has_begun = connection.execute(of_it.limit(1)).first() is not None
    moment = clock.aware(row.starts_at) if row.starts_at else None
    is_same, is_for_them = row.said == said_by(campaign), row.audience == written_audience(campaign.audience)
    go_holds = is_same and is_for_them and (has_begun or moment == starts_at)
    go_by, go_for = (row.go_by, row.go_for) if go_holds else (None, None)
    return Registered(row.first_on, moment, is_same, has_begun, go_by, go_for, row.withdrawn_by)
