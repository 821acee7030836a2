"""The counts of what waits for upkeep. tasks/inbound/events.py and tasks/sending/settling.py do the work."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, func, select

from models.database import clock
from models.database.engine import reading, writing_durably
from models.tables import events, messages, requests
from programme.sending.state_changes import RequestState
from programme.words.states import MessageStatus
from tasks.providers.configured import DELIVERIES
from tasks.sending.resending import was_left_in_doubt
from tasks.sending.settling import OPEN_STATES, end_lost_requests


@dataclass(frozen=True)
class Upkeep:
    """The work that waits at this moment.

    Attributes:
        events: stored events whose effect is not applied yet.
        requests: claimed or on the wire, with an expired lease.
        in_doubt: messages that may or may not have arrived, and that nobody let rest; a person decides.
    """

    events: int
    requests: int
    in_doubt: int


class Doubt(NamedTuple):
    """A request of which nobody knows whether it arrived; `sent_at` is None when it may never have left."""

    request_id: str
    touchpoint: str
    sent_at: datetime | None
    messages: int


def count_upkeep(engine: Engine) -> Upkeep:
    """The counts at this moment. Reads only."""
    with reading(engine) as connection:
        overdue = requests.c.lease_until <= clock.now()
        return Upkeep(
            events=_count(connection, events.c.applied_at.is_(None)),
            requests=_count(connection, requests.c.state.in_(OPEN_STATES), overdue),
            in_doubt=_count(connection, messages.c.status == MessageStatus.IN_DOUBT, ~was_left_in_doubt()),
        )


def read_doubts(engine: Engine, limit: int = 100) -> list[Doubt]:
    """The requests with messages in doubt that nobody let rest, newest first; no addresses."""
    query = (
        select(*requests.c["request_id", "touchpoint", "sent_at"], func.count().label("messages"))
        .join_from(messages, requests, requests.c.request_id == messages.c.request_id)
        .where(messages.c.status == MessageStatus.IN_DOUBT, ~was_left_in_doubt())
        .group_by(*requests.c["request_id", "touchpoint", "sent_at"])
        .order_by(requests.c.request_id.desc())
    )
    with reading(engine) as connection:
        return [Doubt(*row) for row in connection.execute(query.limit(limit))]


def end_expired_claims(engine: Engine) -> dict[RequestState, int]:
    """End the requests of workers that died or stalled, and return their number by new state. Safe at any time."""
    with writing_durably(engine) as connection:
        return end_lost_requests(connection, DELIVERIES)


def _count(connection: Connection, *conditions: ColumnElement[bool]) -> int:
    return int(connection.execute(select(func.count()).where(*conditions)).scalar_one())
