"""The first daily look of a week: cases that are open too long, and what no case follows."""

from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import Connection, func, select, text

from models.care import OPEN
from models.present import clients, feedback
from models.tables import cases, ticks
from programme.care.lines import Did, Line, line
from programme.care.tick import Tick
from programme.words.dates import day_in_amsterdam
from tasks.care.cases.store import IN_OPEN_CASE
from tasks.clients.facts.open_cases import is_negative, is_unresolved


class Weekly(NamedTuple):
    """What the first daily look of a week reports; nothing on the other days."""

    lines: tuple[Line, ...] = ()
    notes: tuple[str, ...] = ()


def look_back(connection: Connection, tick: Tick) -> Weekly:
    """A line for each open case given more than so many days ago; and who is held by what no case follows."""
    if not is_first_of_week(connection, tick):
        return Weekly()
    last = tick.day - timedelta(days=tick.programme.care.long_open_days)
    rows = connection.execute(select(cases.c.case_id, cases.c.given_at).where(text(OPEN)).order_by(cases.c.case_id))
    lines = tuple(line(Did.LONG_OPEN, case_id=row.case_id) for row in rows if day_in_amsterdam(row.given_at) < last)
    held = count_held_recipients(connection, tick)
    who = "1 recipient gets" if held == 1 else f"{held} recipients get"
    note = (
        f"{who} no mail because of feedback that no case follows; "
        "resolve it together: bouwclub cases resolve --given-before D --by NAME"
    )
    return Weekly(lines, (note,) if held else ())


def is_first_of_week(connection: Connection, tick: Tick) -> bool:
    """Whether no daily look was taken since Monday, this tick's own aside."""
    monday = tick.day - timedelta(days=tick.day.weekday())
    query = select(ticks.c.at).where(ticks.c.looked_on >= monday, ticks.c.at < tick.at).limit(1)
    return connection.execute(query).first() is None


def count_held_recipients(connection: Connection, tick: Tick) -> int:
    """The recipients whom rule 6 holds for feedback that no open case follows."""
    own = feedback.c
    whose = func.coalesce(func.nullif(clients.c.recipient, ""), clients.c.client_id)
    query = (
        select(func.count(whose.distinct()))
        .join_from(feedback, clients, clients.c.client_id == own.client_id)
        .where(own.given_on <= tick.day, is_negative(tick.programme.health, feedback), clients.c.erased_on.is_(None))
        .where(is_unresolved(tick.day, feedback), own.feedback_id.not_in(IN_OPEN_CASE))
    )
    return int(connection.execute(query).scalar_one())
