"""Mails to staff: written down in the transaction of their cause, and sent after it.

Nobody is told twice of one thing unless the machine stopped between the sending and its mark: twice is better than
never. A mail that is two days old is not sent any more: the desk has what it said.
"""

import json
import shlex
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Row, delete, insert, select, text, update

from models.database.clock import aware
from models.database.engine import reading, writing
from models.tables import staff_mails
from programme.care.staff_mails import STAFF_MAILS, case_values
from programme.care.tick import Tick
from programme.care.words import step_words
from programme.terms.kinds import Choice, MailKind
from programme.terms.tables.payout_terms import Person
from programme.words.dates import day_in_amsterdam
from tasks.base.workspace import Workspace
from tasks.runs.outside.to_staff import StaffMailer

STALE = timedelta(days=2)
_WAITING = select(staff_mails).where(text("sent_at IS NULL")).order_by(staff_mails.c.id)  # as the index has it
_ANY_WAITING = _WAITING.with_only_columns(staff_mails.c.id).limit(1)


def queue_staff_mail(
    connection: Connection,
    kind: MailKind,
    name: str,
    values: Mapping[str, Choice],
    at: datetime,
    task_id: str | None = None,
) -> None:
    """Write down a mail to a person of [[people]], in the transaction of what it is about."""
    kind.saying({**values, "link_url": "", "command": ""})  # a missing value shows here, not when it is sent
    body = json.dumps(dict(values), ensure_ascii=False)
    row = {"name": name, "kind": kind.id, "task_id": task_id, "body": body, "made_at": at}
    connection.execute(insert(staff_mails).values(row))


def queue_case_mail(
    connection: Connection,
    tick: Tick,
    kind: MailKind,
    name: str,
    task_id: str,
    client_id: str,
    step: str,
    due_at: datetime,
) -> None:
    """A task of a case was made, changed its level, or its step was missed at the highest one."""
    values = case_values(client_id, step_words(tick.programme)[step], due_at)
    queue_staff_mail(connection, kind, name, values, tick.at, task_id)


def has_staff_mails(connection: Connection) -> bool:
    """Whether any was written down and not yet sent."""
    return connection.execute(_ANY_WAITING).first() is not None


def send_staff_mails(workspace: Workspace, at: datetime, mailers: dict[str, StaffMailer] | None = None) -> int:
    """Send what was written down and not yet sent; returns how many the provider took. Safe to run twice.

    What is stale, or for somebody who is no longer in [[people]], is thrown away.

    Args:
        mailers: by kind; kept by who sends again and again, because each compiles its template once.
    """
    with reading(workspace.engine) as connection:
        waiting = connection.execute(_WAITING).all()
    people = {person.name: person for person in workspace.programme.people}
    mailers = {} if mailers is None else mailers
    for kind in {row.kind for row in waiting} & {*STAFF_MAILS}:
        mailers.setdefault(kind, StaffMailer(workspace, STAFF_MAILS[kind]))
    sent = 0
    for row in waiting:
        person = people.get(row.name)
        if person is None or row.kind not in mailers or aware(row.made_at) <= at - STALE:
            with writing(workspace.engine) as connection:
                connection.execute(delete(staff_mails).where(staff_mails.c.id == row.id))
        elif _send(mailers[row.kind], person, row):
            sent += 1
            with writing(workspace.engine) as connection:
                connection.execute(update(staff_mails).where(staff_mails.c.id == row.id).values(sent_at=at))
    return sent


def _send(mailer: StaffMailer, person: Person, row: Row[Any]) -> bool:
    settings = mailer.workspace.settings
    base = settings.base_url
    if row.task_id:
        link, command = f"{base}/desk/tasks/{quote(row.task_id, safe=':/')}", f"show {shlex.quote(row.task_id)}"
    else:
        link, command = f"{base}/desk", f"list --owner {shlex.quote(person.name)}"
    way = {"link_url": link, "command": f"bouwclub tasks {command}", "has_desk": settings.desk != "off"}
    values = {**json.loads(row.body), **way}
    return mailer.send(person, str(row.id), values, day_in_amsterdam(aware(row.made_at)))
