"""Who is away, by an act of a person."""

from datetime import datetime

from sqlalchemy import Connection

from programme.care.lines import moment_words
from programme.terms.schema import Programme
from tasks.care.acts import Source, record_act
from tasks.care.opening_acts import open_act, person_named
from tasks.care.owners import begin_absence, end_absence
from tasks.care.store import CareRefused


def go_away(
    connection: Connection,
    programme: Programme,
    name: str,
    until: datetime,
    by: str,
    at: datetime,
    source: Source = "cli",
) -> str:
    """Somebody is away from `at` on, and there again from `until` on; returns the name as [[people]] spells it.

    Raises:
        CareRefused: an unknown name, or an end that is not after the beginning.
    """
    actor, person = open_act(connection, programme, by, at), person_named(programme.people, name)
    if until <= at:
        raise CareRefused(f"until {moment_words(until)} is not after {moment_words(at)}")
    begin_absence(connection, person.name, at, until, actor.name)
    after = {"until": moment_words(until)}
    record_act(connection, at, actor.name, "away", person.name, source, None, None, after)
    return person.name


def come_back(
    connection: Connection, programme: Programme, name: str, by: str, at: datetime, source: Source = "cli"
) -> str:
    """Somebody is there again from `at` on; returns the name. Raises CareRefused for an unknown one."""
    actor, person = open_act(connection, programme, by, at), person_named(programme.people, name)
    end_absence(connection, person.name, at)
    record_act(connection, at, actor.name, "back", person.name, source)
    return person.name
