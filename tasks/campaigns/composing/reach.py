"""How many people a campaign would reach, counted while somebody watches."""

import hashlib
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select

from models.database.engine import reading
from models.tables import campaigns, runs
from programme.campaigns.audience.stored_audience import written_audience
from programme.campaigns.campaign import Campaign, CampaignCount
from programme.rules.decide import Decision
from tasks.base.workspace import Workspace
from tasks.campaigns.alike.judging import count_pages


class CountedSoFar(NamedTuple):
    """What was counted so far."""

    to_send: int
    recipients: int
    samples: list[Decision]


def digest_of(*said: str) -> str:
    """A short text that is another one when any of these is."""
    return hashlib.sha256("\x1f".join(said).encode("utf-8", "replace")).hexdigest()[:16]


def reach_digest(workspace: Workspace, campaign: Campaign, as_of: date) -> str:
    """What decides whom the campaign reaches, as a short text: another audience, day or kind of mail has another one.

    So has the time after a run, which wrote to people. The name counts only when a campaign of that name was started,
    of which some may have the mail already.
    """
    with reading(workspace.engine) as connection:
        is_known = connection.execute(select(campaigns.c.name).where(campaigns.c.name == campaign.name)).first()
        latest = connection.execute(select(func.max(runs.c.started_at), func.max(runs.c.finished_at))).one()
    name = campaign.name if is_known else ""
    people = written_audience(campaign.audience)
    return digest_of(name, campaign.template_id, people, as_of.isoformat(), *map(str, latest))


def count_reach(
    workspace: Workspace, campaign: Campaign, as_of: date, watch: Callable[[CountedSoFar], None]
) -> CampaignCount:
    """The counts of what the campaign would decide, with nothing written.

    Args:
        watch: told what was counted after each page of clients. What it raises ends the counting.
    """
    count = CampaignCount()
    for count in count_pages(workspace, campaign, as_of):
        watch(CountedSoFar(count.to_send, count.recipients, count.samples))
    return count
