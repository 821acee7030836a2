"""The mails to colleagues: written down in the transaction of their cause, sent after it."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote

from sqlalchemy import Connection, insert, select, update

from models.database.engine import reading, writing
from models.tables import staff_mails
from programme.care.staff_mails import STAFF_MAILS
from programme.terms.kinds import Choice
from programme.words.dates import day_in_amsterdam
from tasks.base.workspace import Workspace
from tasks.runs.to_staff import StaffMailer


class StaffMail(NamedTuple):
    """A mail to somebody of [[people]]: its kind, the task that it is about (None: all of them), and its values."""

    name: str
    kind: str
    task_id: str | None
    values: Mapping[str, Choice]


def queue_staff_mails(connection: Connection, mails: Sequence[StaffMail], at: datetime) -> None:
    """Write the mails down; send_staff_mails sends them."""
    rows = [
        {
            "name": mail.name,
            "kind": mail.kind,
            "task_id": mail.task_id,
            "body": json.dumps(dict(mail.values), ensure_ascii=False),
            "made_at": at,
        }
        for mail in mails
    ]
    if rows:
        connection.execute(insert(staff_mails), rows)


def send_staff_mails(workspace: Workspace, at: datetime) -> int:
    """Send what waits, and return how many went; whoever left the firm gets none. Told twice is better than never."""
    with reading(workspace.engine) as connection:
        waiting = connection.execute(
            select(staff_mails).where(staff_mails.c.sent_at.is_(None)).order_by(staff_mails.c.id)
        ).all()
    people = {person.name: person for person in workspace.programme.people}
    mailers = {kind: StaffMailer(workspace, STAFF_MAILS[kind]) for kind in {row.kind for row in waiting}}
    sent = 0
    for row in waiting:
        person = people.get(row.name)
        values = {**json.loads(row.body), "link_url": _link(workspace.settings.base_url, row.task_id)}
        if person and not mailers[row.kind].send(person, str(row.id), values, day_in_amsterdam(row.made_at)):
            break  # the provider takes nothing now; the next tick tries again
        with writing(workspace.engine) as connection:
            connection.execute(update(staff_mails).where(staff_mails.c.id == row.id).values(sent_at=at))
        sent += person is not None
    return sent


def _link(base_url: str, task_id: str | None) -> str:
    desk = f"{base_url.rstrip('/')}/desk"
    return f"{desk}/tasks/{quote(task_id)}" if task_id else desk
