"""The campaigns to look back on and to look forward to: whom each was for, who got it, and who still may."""

import json
from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Row, Select, and_, exists, func, select

from models.database.clock import aware
from models.database.engine import reading
from models.present import clients
from models.tables import campaigns, decisions, message_plans, message_states, messages
from programme.campaigns.audience.audience_words import audience_words
from programme.campaigns.audience.stored_audience import read_audience
from programme.campaigns.names import written_name
from programme.terms.schema import Programme
from programme.words.states import HandFlow, MessageStatus, Outcome

UNKNOWN_AUDIENCE = "een doelgroep met een kenmerk dat er niet meer is"


class StoredCampaign(NamedTuple):
    """One campaign.

    Attributes:
        title: the name as it was written at the last start.
        audience: in Dutch words, as `audience_words` says it.
        go_for: how many people the go was for; None without a go.
    """

    name: str
    title: str
    template: str
    audience: str
    first_on: date
    closes_on: date
    starts_at: datetime | None
    go_by: str | None
    go_for: int | None
    withdrawn_by: str | None


class Reached(NamedTuple):
    """One client of the audience: the last decision, and the status of the message if there is one."""

    client_id: str
    outcome: str
    reason: str
    until: date | None
    status: str | None


class WaitingPeople(NamedTuple):
    """So many people whom the rules hold back until that day; None when no day is known."""

    until: date | None
    number: int


def list_campaigns(engine: Engine, programme: Programme, first: int, rows: int) -> list[StoredCampaign]:
    """A page of the campaigns, the latest first."""
    table = campaigns.c
    query = select(campaigns).order_by(table.first_on.desc(), table.name).offset(first).limit(rows)
    with reading(engine) as connection:
        return [_stored(programme, row) for row in connection.execute(query)]


def list_coming(engine: Engine, programme: Programme, first: date, last: date) -> list[StoredCampaign]:
    """The campaigns that begin on one of the days and are not withdrawn, in order of day."""
    table = campaigns.c
    query = select(campaigns).where(table.first_on.between(first, last), table.withdrawn_by.is_(None))
    with reading(engine) as connection:
        return [_stored(programme, row) for row in connection.execute(query.order_by(table.first_on, table.name))]


def find_stored(engine: Engine, programme: Programme, name: str) -> StoredCampaign | None:
    """The campaign of this name; None when there is none."""
    with reading(engine) as connection:
        row = connection.execute(select(campaigns).where(campaigns.c.name == name)).first()
    return _stored(programme, row) if row else None


def titles_of(connection: Connection, names: Collection[str]) -> dict[str, str]:
    """The name of each of these campaigns as it was written at its last start."""
    query = select(*campaigns.c["name", "form"]).where(campaigns.c.name.in_(names))
    return {row.name: _title(row.name, row.form) for row in connection.execute(query)}


def list_gone(engine: Engine, names: Collection[str]) -> frozenset[str]:
    """Which of these campaigns went to anybody, by the log of this moment."""
    own = messages.c
    went = exists().where(
        own.as_of.between(campaigns.c.first_on, campaigns.c.closes_on),  # by an index; the log may be long
        own.flow == HandFlow.CAMPAIGN,
        own.occasion == campaigns.c.name,
        own.status == MessageStatus.ACCEPTED,
    )
    with reading(engine) as connection:
        query = select(campaigns.c.name).where(campaigns.c.name.in_(names), went)
        return frozenset(connection.execute(query).scalars())


def list_reached(
    engine: Engine, campaign: StoredCampaign, outcome: str, first: int, rows: int, reason: str = ""
) -> list[Reached]:
    """A page of the clients of the audience, by client id; `outcome` and `reason` "" are all of them.

    Args:
        reason: of the last decision.
    """
    latest = _latest(campaign).subquery()
    query = (
        select(latest.c.client_id, latest.c.outcome, latest.c.reason, latest.c.until, message_states.c.status)
        .select_from(latest)
        # Only records that the export has: the others are not shown anywhere, and have no page.
        .join(clients, clients.c.client_id == latest.c.client_id)
        # Its two tables: SQLite would make the whole log for an outer join to it.
        .outerjoin(
            message_plans,
            and_(
                message_plans.c.client_id == latest.c.client_id,
                message_plans.c.touchpoint == campaign.template,
                message_plans.c.occasion == campaign.name,
            ),
        )
        .outerjoin(message_states, message_states.c.id == message_plans.c.id)
        .where(latest.c.place == 1)
    )
    if outcome:
        query = query.where(latest.c.outcome == outcome)
    if reason:
        query = query.where(latest.c.reason == reason)
    with reading(engine) as connection:
        found = connection.execute(query.order_by(latest.c.client_id).offset(first).limit(rows))
        return [Reached(*row) for row in found]


def read_waiting(engine: Engine, campaign: StoredCampaign) -> list[WaitingPeople]:
    """How many the rules hold back at their last decision, by the day until when, the earliest first."""
    with reading(engine) as connection:
        found = list(_count_waiting(connection, campaign))
    return sorted(found, key=lambda each: (each.until is None, each.until or date.max))


def _count_waiting(connection: Connection, campaign: StoredCampaign) -> list[WaitingPeople]:
    latest = _latest(campaign).subquery()
    query = (
        select(latest.c.until, func.count())
        .select_from(latest)
        .join(clients, clients.c.client_id == latest.c.client_id)
        .where(latest.c.place == 1, latest.c.outcome == Outcome.DEFER.value)
        .group_by(latest.c.until)
    )
    return [WaitingPeople(until, number) for until, number in connection.execute(query)]


def _latest(campaign: StoredCampaign) -> Select[Any]:
    """The decisions of the campaign with their place; the index of days and flows finds them."""
    made = decisions.c
    place = func.row_number().over(partition_by=made.client_id, order_by=[made.as_of.desc(), made.id.desc()])
    return select(made.client_id, made.outcome, made.reason, made.until, place.label("place")).where(
        made.as_of.between(campaign.first_on, campaign.closes_on),
        made.flow == HandFlow.CAMPAIGN.value,
        made.touchpoint == campaign.template,
        made.occasion == campaign.name,
    )


def _stored(programme: Programme, row: Row[Any]) -> StoredCampaign:
    try:
        audience = audience_words(programme, read_audience(row.audience))
    except (TypeError, KeyError, ValueError):
        audience = UNKNOWN_AUDIENCE
    return StoredCampaign(
        row.name,
        _title(row.name, row.form),
        row.template,
        audience,
        row.first_on,
        row.closes_on,
        aware(row.starts_at) if row.starts_at else None,
        row.go_by,
        row.go_for,
        row.withdrawn_by,
    )


def _title(name: str, form: str | None) -> str:
    return written_name(name, json.loads(form) if form else None)
