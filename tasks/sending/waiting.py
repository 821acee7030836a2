"""What is left to send of a day, and when the first of it may go."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection, and_, func, select, text
from sqlalchemy.sql.elements import ColumnElement

from models.database import clock
from models.database.given import not_in_values
from models.messages import PLANNED
from models.tables import messages
from tasks.sending.holds import is_free, is_not_stopped


def seconds_to_next(
    connection: Connection,
    as_of: date,
    set_aside: Collection[int],
    run_id: str | None = None,
    kinds: Collection[str] | None = None,
) -> float | None:
    """The seconds until the first planned message of the day may go (<= 0: now); None when none is planned.

    Args:
        set_aside: ids that this run leaves alone.
        run_id: this run; the messages that its backfill holds may go.
        kinds: only mails of these kinds, by id; None means all.
    """
    rest = func.coalesce(clock.seconds_until(messages.c.not_before), 0.0)
    query = select(func.min(rest)).where(_planned(as_of, set_aside, run_id, kinds))
    seconds = connection.execute(query).scalar_one()
    return None if seconds is None else float(seconds)


def count_left(
    connection: Connection,
    as_of: date,
    set_aside: Collection[int],
    run_id: str | None = None,
    kinds: Collection[str] | None = None,
) -> int:
    """The number of planned messages of the day that this run could send; arguments as in seconds_to_next."""
    query = select(func.count()).where(_planned(as_of, set_aside, run_id, kinds))
    return int(connection.execute(query).scalar_one())


def _planned(
    as_of: date, set_aside: Collection[int], run_id: str | None, kinds: Collection[str] | None
) -> ColumnElement[bool]:
    planned = and_(text(f"messages.{PLANNED}"), messages.c.as_of == as_of, is_free(run_id), is_not_stopped())
    if kinds is not None:
        planned = and_(planned, messages.c.touchpoint.in_(kinds))
    return and_(planned, not_in_values(messages.c.id, set_aside)) if set_aside else planned
