"""What is left to send of a day, and when the first of it may go."""

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, func, select, text
from sqlalchemy.sql.elements import ColumnElement

from models.database import clock
from models.database.given import not_in_given
from models.messages import PLANNED
from models.tables import messages
from tasks.sending.claiming.holds import is_free, is_not_stopped
from tasks.sending.claiming.queue import Queue


def seconds_to_next(connection: Connection, queue: Queue, set_aside: Collection[int]) -> float | None:
    """The seconds until the first planned message of the queue may go (<= 0: now); None when none is planned.

    Args:
        set_aside: ids that this run leaves alone.
    """
    query = _seconds_to_next(queue.kinds, bool(set_aside))
    seconds = connection.execute(query, _told(queue, set_aside)).scalar_one()
    return None if seconds is None else float(seconds)


def count_left(connection: Connection, queue: Queue, set_aside: Collection[int]) -> int:
    """The number of planned messages of the queue that its run could send; arguments as in seconds_to_next."""
    query = _count_left(queue.kinds, bool(set_aside))
    return int(connection.execute(query, _told(queue, set_aside)).scalar_one())


@cache
def _seconds_to_next(kinds: tuple[str, ...] | None, sets_aside: bool) -> Select[Any]:
    rest = func.coalesce(clock.seconds_until(messages.c.not_before), 0.0)
    return select(func.min(rest)).where(_is_left(kinds, sets_aside))


@cache
def _count_left(kinds: tuple[str, ...] | None, sets_aside: bool) -> Select[Any]:
    return select(func.count()).where(_is_left(kinds, sets_aside))


def _is_left(kinds: tuple[str, ...] | None, sets_aside: bool) -> ColumnElement[bool]:
    """SQL for the planned messages that the run of _told may send."""
    left = and_(
        text(f"messages.{PLANNED}"),
        messages.c.as_of == bindparam("day"),
        is_free(bindparam("run_id")),
        is_not_stopped(),
    )
    if kinds is not None:
        left = and_(left, messages.c.touchpoint.in_(kinds))
    return and_(left, not_in_given(messages.c.id, "set_aside")) if sets_aside else left


def _told(queue: Queue, set_aside: Collection[int]) -> dict[str, Any]:
    return {"day": queue.as_of, "run_id": queue.run_id, "set_aside": list(set_aside)}
