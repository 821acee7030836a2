"""Open campaigns with people whom the rules held back: who they are, and the order to judge them again by.

Only those whom a start of the campaign decided about and deferred: a client who matches the audience later is not among
them, and one who no longer matches is judged out of it.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Engine, Row, and_, or_, select

from models.database.engine import reading
from models.present import clients
from models.tables import campaigns, other_decisions
from programme.words.states import HandFlow, Outcome
from tasks.base.workspace import Workspace
from tasks.campaigns.checks import AcceptedOrder, OrderRefused, check_order
from tasks.campaigns.goes.keeping import find_started
from tasks.campaigns.register import said_by


class WaitingCampaign(NamedTuple):
    """A campaign whose deferred people are judged again.

    Attributes:
        order: None when the stored campaign can no longer be made; `why` says so in Dutch.
        client_ids: of who was deferred, whole recipients together.
        go_id: of what the desk started it by; "" when Prefect's form did.
    """

    name: str
    order: AcceptedOrder | None
    client_ids: list[str]
    go_id: str
    why: str = ""


def read_deferred(workspace: Workspace, now: datetime) -> Iterator[WaitingCampaign]:
    """The open campaigns with people who wait, by name. `now` is aware, in Amsterdam.

    A campaign is open while its window is, nobody stopped it, and its moment has come. One that was started before its
    form was kept is left out.
    """
    table = campaigns.c
    is_open = and_(table.first_on <= now.date(), table.closes_on >= now.date(), table.withdrawn_by.is_(None))
    has_begun = or_(table.starts_at.is_(None), table.starts_at <= now)
    with reading(workspace.engine) as connection:
        query = select(campaigns).where(is_open, has_begun, table.form.is_not(None)).order_by(table.name)
        rows = connection.execute(query).all()
    for row in rows:
        if ids := _deferred(workspace.engine, row):
            yield _waiting(workspace, row, ids, now)


def _deferred(engine: Engine, row: Row[Any]) -> list[str]:
    """The clients whom a start of the campaign deferred; whoever has it since is found when judged."""
    made = other_decisions.c  # only decisions to send stand on messages
    held = select(made.client_id).where(
        made.as_of.between(row.first_on, row.closes_on),
        made.flow == HandFlow.CAMPAIGN.value,
        made.touchpoint == row.template,
        made.occasion == row.name,
        made.outcome == Outcome.DEFER.value,
    )
    query = select(clients.c.client_id).where(clients.c.client_id.in_(held))
    query = query.order_by(clients.c.recipient, clients.c.client_id)
    with reading(engine) as connection:
        return list(connection.scalars(query))


def _waiting(workspace: Workspace, row: Row[Any], client_ids: list[str], now: datetime) -> WaitingCampaign:
    started = find_started(workspace.engine, row.name)
    go_id = started.go_id if started and started.may_leave else ""
    try:
        order = check_order(workspace, json.loads(row.form), now)
    except OrderRefused as refusal:
        return WaitingCampaign(row.name, None, client_ids, go_id, " ".join(refusal.faults))
    # A campaign of which nobody has a message yet would begin anew each day; its window counts from its first start.
    campaign = replace(order.campaign, first_on=row.first_on)
    if said_by(campaign) != row.said:
        return WaitingCampaign(
            row.name, None, client_ids, go_id, "De vaste teksten zijn anders dan bij de eerste verzending."
        )
    return WaitingCampaign(row.name, order._replace(campaign=campaign), client_ids, go_id)
