"""A recipient as a row: a client with one of its projects, by the columns that a campaign looks at."""

from collections.abc import Sequence
from typing import Any

from models import present, tables
from programme.campaigns.likeness import Brief, Record
from programme.campaigns.sorts import CLIENT_FACTS, MORE_FACTS, PROJECT_FACTS
from programme.facts.records import Project, WonReferral
from programme.mail.project_words import OwnProject
from programme.words.dates import day_from

Row = Sequence[Any]
"""The columns of JUDGED, and for mails and some audiences those of COMPOSED; without a project its columns are None."""

_OF_CLIENT, _OF_PROJECT = present.clients.c, present.projects.c
JUDGED = [
    *(_OF_CLIENT[name] for name in CLIENT_FACTS),
    *(_OF_PROJECT[name] for name in PROJECT_FACTS),
    *_OF_CLIENT["recipient", "erased_on"],
    _OF_PROJECT.postcode,
]
COMPOSED = [
    *(_OF_PROJECT[name] for name in MORE_FACTS),
    _OF_PROJECT.project_id,
    _OF_CLIENT.name,
    tables.client_codes.c.code,
    _OF_CLIENT.tracking_consent,
]
_DELIVERED_ON, _STREET, _TYPE, _ENGINEER = 5, 7, 12, 13
CLIENT_ID, VALUE, ADDRESS, ERASED_ON, POSTCODE, NAME, CODE, MAY_FOLLOW = 0, 3, 9, 10, 11, 16, 17, 18  # places in a row
_NOT_COMPOSED = ("", None, None, "")


def sorted_by(columns: Sequence[Sequence[Any]]) -> Sequence[Sequence[Any]]:
    """The columns by which SortRule sorts."""
    more = columns[len(JUDGED) :]
    composed = [*more[: len(MORE_FACTS)], columns[NAME], columns[MAY_FOLLOW]] if more else []
    return [*columns[:ADDRESS], columns[POSTCODE], *composed]


def brief_of(row: Row) -> Brief:
    """The recipient of a row, of whom nothing else is known."""
    projects = () if row[VALUE] is None else (project_of(row),)
    return Brief(row[ADDRESS], (record_of(row, projects, (), False),), (), None, False, False)


def record_of(row: Row, projects: Sequence[Project], won: Sequence[WonReferral], owes: bool) -> Record:
    """The client of a row, with what else is known of it."""
    client_id, kind, consent = row[:VALUE]
    name, code = row[NAME:MAY_FOLLOW] or ("", "")
    return Record(client_id, name, kind, consent, projects, won, owes, code or "")


def project_of(row: Row) -> Project:
    """The project of a row that has one."""
    client_id, _, _, cents, ordered, delivered, cancelled, address, built_year, _, _, postcode, *others = row
    type_, engineer, monument, project_id = others[:4] or _NOT_COMPOSED
    days = day_from(ordered), day_from(delivered), day_from(cancelled)
    return Project(project_id, client_id, type_, cents, *days, engineer, address, postcode, built_year, monument)


def own_project_of(row: Row) -> OwnProject:
    """What a mail says in words of its own of the project of a row that has all columns."""
    return OwnProject(row[_TYPE], row[_STREET], row[_ENGINEER], day_from(row[_DELIVERED_ON]))
