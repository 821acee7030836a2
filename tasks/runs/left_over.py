"""What earlier runs left planned: taken up by the run of a later day, or expired."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, Engine, and_, select, text, update

from models.database import clock
from models.database.bulk import in_values
from models.database.engine import writing_durably
from models.messages import PLANNED
from models.tables import messages
from programme.words.states import HandFlow, MessageStatus
from tasks.sending.holds import is_free
from tasks.sending.settling import end_lost_requests


class LeftOver(NamedTuple):
    """Message ids: `retaken` are now dated the day of the run, `expired` never go."""

    retaken: list[str]
    expired: list[str]


def take_up_left_over(
    engine: Engine, as_of: date, *, occasion: str | None = None, kinds: Collection[str] | None = None
) -> LeftOver:
    """Re-date the planned messages of earlier days whose window contains `as_of`; the others expire.

    Comes before planning, so that the rules see them. What the retaken ones say has to be worked out anew by the
    caller. What a backfill holds is left to it.
    A worker that still holds a claim on them finds them gone at its fence. Safe to run twice.

    Args:
        occasion: of one campaign alone, by its name.
        kinds: of these kinds of mail alone, by id.
    """
    with writing_durably(engine) as connection:
        end_lost_requests(connection)
        return _take_up(connection, as_of, occasion, kinds)


def _take_up(connection: Connection, as_of: date, occasion: str | None, kinds: Collection[str] | None) -> LeftOver:
    left = and_(text(f"messages.{PLANNED}"), messages.c.as_of < as_of, is_free())
    if occasion is not None:
        left = and_(left, messages.c.flow == HandFlow.CAMPAIGN, messages.c.occasion == occasion)
    if kinds is not None:
        left = and_(left, messages.c.touchpoint.in_(kinds))
    query = select(messages.c.message_id, messages.c.closes_on).where(left).order_by(messages.c.id)
    rows = connection.execute(query.with_for_update(skip_locked=True)).all()
    retaken = [row.message_id for row in rows if row.closes_on >= as_of]
    expired = [row.message_id for row in rows if row.closes_on < as_of]
    dialect = connection.dialect.name
    if retaken:
        connection.execute(
            update(messages).where(in_values(messages.c.message_id, retaken, dialect)).values(as_of=as_of)
        )
    if expired:
        connection.execute(
            update(messages)
            .where(in_values(messages.c.message_id, expired, dialect))
            .values(status=MessageStatus.EXPIRED, settled_at=clock.now(dialect))
        )
    return LeftOver(retaken, expired)
