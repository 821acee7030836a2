"""Who is away, and which engineer a client's work asks for; programme.care.owners then says who has it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

from sqlalchemy import Connection, insert, select, update

from models.database.bulk import in_values
from models.present import projects
from models.tables import absences
from programme.care.tick import Tick
from programme.facts.projects import delivered
from programme.facts.records import Project
from programme.terms.schema import Programme

Work = tuple[str, str | None]
"""A client id and a project id; None asks for the client's latest delivered project."""


def read_away(connection: Connection, at: datetime) -> frozenset[str]:
    """The names of the people who are away at a moment; from the end of an absence on they are there."""
    query = select(absences.c.name).where(absences.c.from_at <= at, absences.c.until_at > at)
    return frozenset(connection.scalars(query))


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


def read_engineers(connection: Connection, works: Iterable[Work], day: date) -> Mapping[Work, str | None]:
    """The engineer of each piece of work, as the export names him; None where nobody is known.

    The engineer of the project, where that is one of the client's; else of the client's latest delivered one.
    """
    asked = set(works)
    own = _read_projects(connection, {client_id for client_id, _ in asked})
    return {work: _engineer(own[work[0]], work[1], day) for work in asked}


def _engineer(own: list[Project], project_id: str | None, day: date) -> str | None:
    named = [project for project in own if project.project_id == project_id]
    found = named or delivered(own, day)[-1:]
    return found[0].engineer if found else None


def _read_projects(connection: Connection, client_ids: Collection[str]) -> dict[str, list[Project]]:
    columns = [projects.c[name] for name in Project._fields]
    query = select(*columns).where(in_values(projects.c.client_id, sorted(client_ids), connection.dialect.name))
    found: dict[str, list[Project]] = defaultdict(list)
    for row in connection.execute(query) if client_ids else ():
        found[row.client_id].append(Project(*row))
    return found
