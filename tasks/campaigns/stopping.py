"""Stopping a campaign for good: what is planned is cancelled, and nothing of it is planned or claimed any more.

What is on the wire at that moment still goes. A run looks at the stop before each page that it writes, in the same
transaction, and each claim leaves out what is stopped (tasks/sending/claiming/claims.py).
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import Connection, Engine, Select, and_, func, select, text, update
from sqlalchemy.sql.elements import ColumnElement

from models.database import clock
from models.database.engine import reading, writing
from models.tables import campaigns, message_states, messages
from programme.sending.state_changes import Cause
from programme.words.states import HandFlow, MessageStatus
from tasks.runs.deciding.chunks import PlanChunk
from tasks.runs.deciding.concurrency import Turn
from tasks.sending.status_changes import change_status

WITHDRAWN = "withdrawn"


def count_waiting(engine: Engine, name: str) -> int | None:
    """The number of messages that a withdrawal of the campaign would cancel; None when there is no such campaign."""
    with reading(engine) as connection:
        if not _exists(connection, name):
            return None
        return int(connection.execute(select(func.count()).where(_waiting(name))).scalar_one())


def withdraw(
    engine: Engine, name: str, by_name: str, noted: Callable[[Connection, int], None] = lambda *_: None
) -> int | None:
    """Stop a campaign for good: cancel its planned messages and return their number; None for an unknown name.

    A message that is on the wire at this moment still goes. Safe to run twice, and by two at once: the first counts.

    Args:
        noted: writes the act, with that number, in the same transaction; not called for what is stopped already.
    """
    with writing(engine) as connection:
        values = {"withdrawn_by": by_name, "withdrawn_at": datetime.now(UTC)}
        known = update(campaigns).where(campaigns.c.name == name, campaigns.c.withdrawn_by.is_(None)).values(values)
        is_first = connection.execute(known).rowcount == 1
        if not is_first and not _exists(connection, name):
            return None
        stopped = _cancel(connection, name)
        if is_first:
            noted(connection, stopped)
        return stopped


class Gone(NamedTuple):
    """How far a campaign came: how many got it, are on the wire or in doubt, still wait, and were stopped."""

    sent: int
    under_way: int
    planned: int
    stopped: int


class Stop(NamedTuple):
    """Who stopped a campaign, the first, and when."""

    by_name: str
    at: datetime


def read_stop(engine: Engine, name: str) -> Stop | None:
    """The stop of the campaign of this name; None while nobody has stopped it."""
    table = campaigns.c
    query = select(table.withdrawn_by, table.withdrawn_at).where(table.name == name, table.withdrawn_by.is_not(None))
    with reading(engine) as connection:
        row = connection.execute(query).first()
    return Stop(row.withdrawn_by, clock.aware(row.withdrawn_at)) if row else None


def read_gone(engine: Engine, name: str) -> Gone:
    """How far the campaign of this name came by now."""
    # No message of a campaign is dated before its first day, and that day has an index.
    first_on = select(campaigns.c.first_on).where(campaigns.c.name == name).scalar_subquery()
    of_it = and_(messages.c.as_of >= first_on, messages.c.flow == HandFlow.CAMPAIGN, messages.c.occasion == name)
    query = select(messages.c.status, messages.c.reason == WITHDRAWN, func.count()).where(of_it)
    found: Counter[str] = Counter()
    with reading(engine) as connection:
        for status, is_withdrawn, number in connection.execute(query.group_by(messages.c.status, text("2"))):
            found[WITHDRAWN if is_withdrawn and status == MessageStatus.CANCELLED else status] += number
    under_way = found[MessageStatus.SENDING] + found[MessageStatus.IN_DOUBT]
    return Gone(found[MessageStatus.ACCEPTED], under_way, found[MessageStatus.PLANNED], found[WITHDRAWN])


def withdraw_rest(engine: Engine, name: str) -> int:
    """Cancel what is planned of a campaign that was stopped, and return its number; of any other campaign nothing."""
    if not is_stopped(engine, name):
        return 0
    with writing(engine) as connection:
        return _cancel(connection, name)


def is_stopped(engine: Engine, name: str) -> bool:
    """Whether somebody has stopped the campaign."""
    with reading(engine) as connection:
        return connection.execute(_stopped(name)).first() is not None


def stoppable(turn: Turn, name: str) -> Turn:
    """The turn of a run that writes nothing of the campaign once it is stopped."""
    given = {each.name: getattr(turn, each.name) for each in fields(turn)}
    return _CampaignTurn(**given, name=name)


@dataclass(frozen=True)
class _CampaignTurn(Turn):
    name: str = ""

    def current(self, connection: Connection, chunk: PlanChunk) -> PlanChunk:
        """Nothing once it is stopped. The lock makes whoever stops it wait for this page, and then cancel it."""
        row = select(campaigns.c.withdrawn_by).where(campaigns.c.name == self.name).with_for_update(read=True)
        if connection.execute(row).scalar():
            return PlanChunk([], {})
        return super().current(connection, chunk)


def _cancel(connection: Connection, name: str) -> int:
    values = {"reason": WITHDRAWN, "settled_at": clock.now()}
    its = message_states.c.id.in_(select(messages.c.id).where(_waiting(name)))
    return change_status(connection, Cause.WITHDRAWAL, MessageStatus.CANCELLED, its, **values)


def _waiting(name: str) -> ColumnElement[bool]:
    return and_(
        messages.c.flow == HandFlow.CAMPAIGN,
        messages.c.occasion == name,
        messages.c.status == MessageStatus.PLANNED,
    )


def _stopped(name: str) -> Select[tuple[str]]:
    return select(campaigns.c.name).where(campaigns.c.name == name, campaigns.c.withdrawn_by.is_not(None))


def _exists(connection: Connection, name: str) -> bool:
    return connection.execute(select(campaigns.c.name).where(campaigns.c.name == name)).first() is not None
