"""Mails that really left in the last days, whatever day they are dated, because people count by their own calendar.

A run as of a past day mails people today. Someone it mailed an hour ago must get no second mail today, and someone
mailed by a run of today must get none from a run as of last month. So for the day caps (rules 9 and 10) a message also
counts on another day: as far before the run's day as its hand-over lies before today. What left after the day that is
a run's today counts on the run's day: the run began before midnight, and its own mails leave after it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, and_, bindparam, or_, select, text
from sqlalchemy.sql.elements import ColumnElement

from models.database import clock
from models.database.given import in_values
from models.messages import PLANNED
from models.tables import message_states, messages, requests, runs
from programme.facts.records import PastMessage
from programme.sending.state_changes import RequestState
from programme.words.dates import day_in_amsterdam
from programme.words.states import COUNTING_STATUSES, MessageStatus

_MESSAGE = [messages.c[name] for name in PastMessage._fields]
_PLANNED_AFTER = (
    select(message_states.c.id).where(text(PLANNED)).where(message_states.c.as_of > bindparam("as_of")).limit(1)
)
_LEFT = (RequestState.ON_WIRE, RequestState.ACCEPTED, RequestState.IN_DOUBT)  # states in which a mail left, or may have


class Leaving(NamedTuple):
    """A run whose mails reach people.

    Attributes:
        today: the real day on which the run began, in Amsterdam.
        delivery: the provider they go through; mails through another one (an outbox) reached nobody.
        holder: the process whose backfill this run belongs to; messages that it holds itself do not count.
    """

    today: date
    delivery: str
    holder: str | None = None


def read_handed_over(
    connection: Connection, addresses: Collection[str], as_of: date, leaving: Leaving, days: int
) -> dict[str, list[PastMessage]]:
    """Messages to these addresses whose hand-over counts on another day than their own, re-dated, by address.

    They include messages that are about to leave today: those that a backfill of another process holds, and those
    planned for a day after `as_of`.

    Args:
        days: the number of days that the caps look back, the day itself included.
    """
    dates = dict(_other_dates(connection, as_of, leaving, days))
    about_to_go = _about_to_go(connection, as_of, leaving)
    if not dates and about_to_go is None:
        return {}
    left = in_values(messages.c.request_id, list(dates)) if dates else None
    which = [condition for condition in (left, about_to_go) if condition is not None]
    query = select(*_MESSAGE, messages.c.request_id).where(
        in_values(messages.c.recipient, addresses),
        messages.c.status.in_(sorted(COUNTING_STATUSES)),
        or_(*which),
    )
    found: dict[str, list[PastMessage]] = defaultdict(list)
    for *row, request_id in connection.execute(query):
        message = PastMessage(*row)
        on = as_of if message.status == MessageStatus.PLANNED else dates.get(request_id, as_of)
        found[message.recipient].append(message._replace(as_of=on))
    return found


def _other_dates(connection: Connection, as_of: date, leaving: Leaving, days: int) -> Iterator[tuple[str, date]]:
    """(request id, day) of the requests of the last days that count on another day than their own."""
    since = datetime.combine(leaving.today - timedelta(days=days), time(), UTC)
    query = select(requests.c.request_id, requests.c.as_of, requests.c.sent_at).where(
        requests.c.state.in_(_LEFT),
        requests.c.claimed_at >= since,
        requests.c.delivery == leaving.delivery,
        requests.c.sent_at.is_not(None),
    )
    for request_id, dated, sent_at in connection.execute(query):
        ago = max(0, (leaving.today - day_in_amsterdam(clock.aware(sent_at))).days)
        if ago < days and (on := as_of - timedelta(days=ago)) != dated:
            yield request_id, on


def _about_to_go(connection: Connection, as_of: date, leaving: Leaving) -> ColumnElement[bool] | None:
    """SQL for planned messages that go today though they are dated another day; None when there are none.

    A run of today meets a later day as well, when it began before midnight and another began after it.
    """
    held = select(runs.c.run_id).where(runs.c.held_by.is_not(None))
    if leaving.holder:
        held = held.where(runs.c.held_by != leaving.holder)
    held_ids = connection.execute(held).scalars().all()
    which = []
    if held_ids:
        which.append(in_values(messages.c.run_id, held_ids))
    if connection.execute(_PLANNED_AFTER, {"as_of": as_of}).first():
        free = messages.c.run_id.is_(None) | messages.c.run_id.not_in(
            select(runs.c.run_id).where(runs.c.held_by.is_not(None))
        )
        which.append(and_(messages.c.as_of > as_of, free))
    return and_(messages.c.status == MessageStatus.PLANNED, or_(*which)) if which else None
