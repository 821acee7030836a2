"""What stands beside the tasks and cases on the screen: names, what clients said, notes, earlier contact."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from models.database.clock import aware
from models.database.given import in_values
from models.present import clients, feedback, interactions, projects
from models.tables import absences, case_feedback, people_tasks, signups, task_notes
from programme.care.cases.clock import moment_of


class Who(NamedTuple):
    """A client to call; empty where nothing is known, or the client was erased."""

    name: str
    phone: str


class Said(NamedTuple):
    """One complaint of a case, as the client gave it."""

    feedback_id: str
    kind: str
    score: int | None
    words: str
    at: datetime
    origin: str


class Note(NamedTuple):
    """What somebody wrote down at a task."""

    task_id: str
    task_kind: str
    kind: str
    outcome: str | None
    note: str
    by_name: str
    at: datetime


class Contact(NamedTuple):
    """A contact with the client, in either direction."""

    on: date
    direction: str
    channel: str
    topic: str


NOBODY = Who("", "")


def read_who(connection: Connection, client_ids: Collection[str]) -> dict[str, Who]:
    """Names and numbers by client id; erased clients are left out."""
    own = clients.c
    query = select(own.client_id, own.name, own.phone).where(
        in_values(own.client_id, sorted(set(client_ids))), own.erased_on.is_(None)
    )
    return {row.client_id: Who(row.name, row.phone or "") for row in connection.execute(query)}


def read_leads(connection: Connection, referral_ids: Collection[str]) -> dict[str, Who]:
    """Names and numbers of those who signed up and are no clients yet, by the id of the referral."""
    own = signups.c
    query = select(own.referral_id, own.name, own.phone).where(in_values(own.referral_id, sorted(set(referral_ids))))
    return {row.referral_id: Who(row.name or "", row.phone or "") for row in connection.execute(query)}


def read_said(connection: Connection, case_ids: Collection[str]) -> dict[str, list[Said]]:
    """The complaints of each case in the order taken."""
    own, given = case_feedback.c, feedback.c
    query = (
        select(own.case_id, *given["feedback_id", "kind", "score", "comment", "given_on", "given_at", "origin"])
        .join(feedback, given.feedback_id == own.feedback_id)
        .where(in_values(own.case_id, sorted(set(case_ids))))
        .order_by(own.case_id, own.place)
    )
    found: dict[str, list[Said]] = {}
    for row in connection.execute(query):
        at = moment_of(row.given_on, aware(row.given_at) if row.given_at else None)
        said = Said(row.feedback_id, row.kind, row.score, row.comment or "", at, row.origin)
        found.setdefault(row.case_id, []).append(said)
    return found


def read_notes(
    connection: Connection, *, task_id: str | None = None, case_id: str | None = None, client_id: str | None = None
) -> list[Note]:
    """The notes at a task, at the tasks of a case, or about a client; the newest first."""
    own, task = task_notes.c, people_tasks.c
    query = select(
        own.task_id, task.kind.label("task_kind"), own.kind, own.outcome, own.note, own.by_name, own.at
    ).outerjoin(people_tasks, task.task_id == own.task_id)
    if task_id is not None:
        query = query.where(own.task_id == task_id)
    if case_id is not None:
        query = query.where(task.case_id == case_id)
    if client_id is not None:
        query = query.where(own.client_id == client_id)
    rows = connection.execute(query.order_by(own.at.desc(), own.id.desc()).limit(100))
    return [
        Note(row.task_id, row.task_kind or "", row.kind, row.outcome, row.note or "", row.by_name, aware(row.at))
        for row in rows
    ]


def read_contacts(connection: Connection, client_id: str, most: int) -> list[Contact]:
    """The latest contacts with a client."""
    own = interactions.c
    query = (
        select(own.occurred_on, own.direction, own.channel, own.topic)
        .where(own.client_id == client_id)
        .order_by(own.occurred_on.desc(), own.interaction_id.desc())
        .limit(most)
    )
    return [Contact(row[0], row[1], row[2] or "", row[3] or "") for row in connection.execute(query)]


def read_project(connection: Connection, project_id: str | None, client_id: str) -> Any:
    """The project of a task or case, else the client's latest one; None when there is none."""
    own = projects.c
    columns = (own.project_id, own.type, own.address, own.engineer, own.delivered_on)
    query = select(*columns).order_by(own.ordered_on.desc(), own.project_id.desc()).limit(1)
    by_id = query.where(own.project_id == project_id) if project_id else query.where(own.client_id == client_id)
    return connection.execute(by_id).first()


def read_absent(connection: Connection, at: datetime) -> list[tuple[str, datetime]]:
    """Who is away now, and until when."""
    own = absences.c
    query = select(own.name, own.until_at).where(own.from_at <= at, own.until_at > at).order_by(own.until_at)
    return [(row.name, aware(row.until_at)) for row in connection.execute(query)]
