"""The messages of a backfill to people: held while it decides, trimmed to one per recipient, then released.

No other run claims or takes up held messages. A killed backfill releases nothing by itself: its successor, or the next
run that takes up left-over messages, trims first and releases then.
"""

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Connection, Engine, FromClause, and_, exists, func, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from models.database import clock
from models.database.engine import writing
from models.tables import messages, requests, runs
from programme.words.dates import AMSTERDAM
from programme.words.states import MessageStatus
from tasks.sending.claiming.holds import is_free
from tasks.sending.claiming.rechecking import cancel
from tasks.sending.sender import is_gone, this_worker

ONE_EACH = "backfill_one_each"  # why the other messages of a recipient were cancelled
PART = 10_000  # messages cancelled by one statement
QUIET_HOURS = 24  # so long after its newest run a backfill has stopped; of other machines we know nothing else


def keep_last_of_each(engine: Engine, holder: str, today: date, delivery: str) -> int:
    """Cancel all but each recipient's last message that a holder keeps, and return the number cancelled.

    A recipient to whom a message left today, or who has one planned by another run, keeps none: nobody gets two mails.
    Safe to run twice.
    """
    with writing(engine) as connection:
        return _keep_last_of_each(connection, holder, today, delivery)


def adopt(engine: Engine, first: date, last: date) -> None:
    """Take over the messages of these days that a stopped backfill holds."""
    with writing(engine) as connection:
        for holder in _gone(connection):
            its = and_(runs.c.held_by == holder, runs.c.as_of.between(first, last))
            connection.execute(update(runs).where(its).values(held_by=this_worker()))


def release(engine: Engine, as_of: date) -> None:
    """Release the messages of a day that this process holds; from now on they are planned like any other."""
    with writing(engine) as connection:
        mine = and_(runs.c.held_by == this_worker(), runs.c.as_of == as_of)
        connection.execute(update(runs).where(mine).values(held_by=None))


def release_stopped(engine: Engine, today: date, delivery: str) -> int:
    """Trim and release what stopped backfills hold, and return the number of messages cancelled."""
    cancelled = 0
    with writing(engine) as connection:
        for holder in _gone(connection):
            cancelled += _keep_last_of_each(connection, holder, today, delivery)
            connection.execute(update(runs).where(runs.c.held_by == holder).values(held_by=None))
    return cancelled


def _gone(connection: Connection) -> list[str]:
    """The holders that have certainly ended, or that began no run for a day."""
    newest = select(runs.c.held_by, func.max(runs.c.started_at).label("began_at")).where(runs.c.held_by.is_not(None))
    rows = connection.execute(newest.group_by(runs.c.held_by)).all()
    if not rows:
        return []
    since = clock.read_now(connection) - timedelta(hours=QUIET_HOURS)
    return [row.held_by for row in rows if is_gone(row.held_by) or clock.aware(row.began_at) < since]


def _keep_last_of_each(connection: Connection, holder: str, today: date, delivery: str) -> int:
    held = select(runs.c.run_id).where(runs.c.held_by == holder)
    mine = and_(messages.c.status == MessageStatus.PLANNED, messages.c.run_id.in_(held))
    other = messages.alias()
    is_planned = other.c.status == MessageStatus.PLANNED
    is_later = and_(is_planned, other.c.run_id.in_(held), other.c.id > messages.c.id)
    is_of_another_run = and_(is_planned, is_free(table=other))
    has_other = exists().where(
        other.c.recipient == messages.c.recipient,
        or_(is_later, is_of_another_run, _left_today(other, today, delivery)),
    )
    ids = connection.execute(select(messages.c.id).where(mine, has_other)).scalars().all()
    return sum(cancel(connection, ids[start : start + PART], ONE_EACH) for start in range(0, len(ids), PART))


def _left_today(other: FromClause, today: date, delivery: str) -> ColumnElement[bool]:
    midnight = datetime.combine(today, time(), AMSTERDAM).astimezone(UTC)
    their = requests.c.request_id == other.c.request_id
    sent = exists().where(their, requests.c.sent_at >= midnight, requests.c.delivery == delivery)
    return and_(other.c.status.in_([MessageStatus.SENDING, MessageStatus.ACCEPTED, MessageStatus.IN_DOUBT]), sent)
