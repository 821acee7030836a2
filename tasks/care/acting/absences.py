"""Who is away, by an act of a person."""

from datetime import datetime

from programme.care.lines import moment_words
from tasks.care.acting.acts import Act
from tasks.care.acting.opening_acts import person_named
from tasks.care.cases.store import CareRefused
from tasks.care.owners import begin_absence, end_absence


def go_away(act: Act, name: str, until: datetime) -> str:
    """Somebody is away from the act on, and there again from `until` on; returns the name as [[people]] spells it.

    Raises:
        CareRefused: an unknown name, or an end that is not after the beginning.
    """
    person = person_named(act.programme.people, name)
    if until <= act.at:
        raise CareRefused(f"until {moment_words(until)} is not after {moment_words(act.at)}")
    begin_absence(act.connection, person.name, act.at, until, act.by)
    act.record("away", person.name, after={"until": moment_words(until)})
    return person.name


def come_back(act: Act, name: str) -> str:
    """Somebody is there again from the act on; returns the name. Raises CareRefused for an unknown one."""
    person = person_named(act.programme.people, name)
    end_absence(act.connection, person.name, act.at)
    act.record("back", person.name)
    return person.name
