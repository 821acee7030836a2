"""What every act begins with: it waits for a tick that works now, names a person, and lies after the last tick."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

from models.tables import ticks
from programme.terms.schema import Programme
from programme.terms.tables.payout_terms import Person
from programme.words.dates import AMSTERDAM
from programme.words.naming.people import name_key
from tasks.care.acting.acts import Act, Source
from tasks.care.cases.answers import take_answers
from tasks.care.cases.store import BeforeLastTick, CareRefused, lock_care

_LAST = select(func.max(ticks.c.at, type_=ticks.c.at.type))


def open_act(connection: Connection, programme: Programme, by: str, at: datetime, source: Source = "cli") -> Act:
    """Begin an act at a moment; answers that came before it are taken first.

    Args:
        by: the name of a person of [[people]], without regard to case and spaces.

    Raises:
        CareRefused: nobody has this name.
        BeforeLastTick: see require_after_last_tick.
    """
    lock_care(connection)
    person = person_named(programme.people, by)
    require_after_last_tick(connection, at)
    take_answers(connection, at)
    return Act(connection, programme, person.name, at, source)


def require_after_last_tick(connection: Connection, at: datetime) -> None:
    """Check the moment of an act or a list. Raises BeforeLastTick."""
    last = read_last_tick(connection)
    if last and at < last:
        raise BeforeLastTick(
            f"{_shown(at)} lies before the last tick of care, {_shown(last)}; what is past can be changed no more"
        )


def read_last_tick(connection: Connection) -> datetime | None:
    """The last tick that ran; None before the first."""
    return connection.execute(_LAST).scalar()


def person_named(people: Sequence[Person], name: str) -> Person:
    """The person with this name, without regard to case and spaces. Raises CareRefused."""
    for person in people:
        if name_key(person.name) == name_key(name):
            return person
    known = ", ".join(person.name for person in people)
    raise CareRefused(f"nobody in [[people]] is called {name!r}; known are: {known}")


def _shown(moment: datetime) -> str:
    return f"{moment.astimezone(AMSTERDAM):%Y-%m-%d %H:%M}"
