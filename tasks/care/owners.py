"""Who is away; programme.care.cases.owners then says who has what."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from models.tables import absences
from programme.care.tick import Tick
from programme.terms.schema import Programme

_MOMENT = bindparam("at", type_=absences.c.from_at.type)
_AWAY = select(absences.c.name).where(absences.c.from_at <= _MOMENT, absences.c.until_at > _MOMENT)


def read_away(connection: Connection, at: datetime) -> frozenset[str]:
    """The names of the people who are away at a moment; from the end of an absence on they are there."""
    return frozenset(connection.scalars(_AWAY, {"at": at}))


def read_absences(connection: Connection, at: datetime) -> dict[str, datetime]:
    """Who is away at a moment, each with the moment of the return."""
    own = absences.c
    query = select(own.name, own.until_at).where(own.from_at <= at, own.until_at > at).order_by(own.until_at)
    return {row.name: row.until_at for row in connection.execute(query)}


def read_tick(connection: Connection, programme: Programme, at: datetime) -> Tick:
    """The moment `at` as a tick sees it: with who is away then."""
    return Tick(at, programme, read_away(connection, at))


def begin_absence(connection: Connection, name: str, at: datetime, until: datetime, by: str) -> None:
    """Somebody is away from `at`, and there again from `until` on. An absence that runs is replaced."""
    end_absence(connection, name, at)
    connection.execute(insert(absences).values(name=name, from_at=at, until_at=until, made_by=by))


def end_absence(connection: Connection, name: str, at: datetime) -> None:
    """Somebody is there again from `at` on."""
    runs = (absences.c.name == name) & (absences.c.until_at > at)
    connection.execute(update(absences).where(runs).values(until_at=at))
