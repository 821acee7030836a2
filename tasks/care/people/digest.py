"""The digest: each owner with open tasks gets one mail a working day, with numbers and a link."""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import Connection

from programme.care.lines import Did, Line, line
from programme.care.staff_mails import STAFF_DIGEST, digest_values
from programme.care.tick import Tick
from tasks.care.people.listing import read_tasks
from tasks.care.people.staff_mails import queue_staff_mail


def queue_digests(connection: Connection, tick: Tick) -> list[Line]:
    """Queue the mail of each owner with open tasks, in the order of their names."""
    due: dict[str, list[datetime]] = defaultdict(list)
    for task in read_tasks(connection, tick):
        due[task.owner].append(task.due_at)
    lines = []
    for name, moments in sorted(due.items()):
        queue_staff_mail(connection, STAFF_DIGEST, name, digest_values(moments, tick.day), tick.at)
        lines.append(line(Did.DIGEST, owner=name, tasks=len(moments)))
    return lines
