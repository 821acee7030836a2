"""Everything that happened around a case, in one list: what was said, what care did, notes, mails and acts."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from models.database.clock import aware
from models.tables import acts, answers, care_lines, case_answers, case_steps, events, messages, people_tasks
from programme.inbound.answers import SOLVED
from tasks.desk.work import read_notes, read_said


class Happening(NamedTuple):
    """One line: when, of what sort, with its details, and who; `by` is "" for what went by itself."""

    at: datetime
    sort: str
    details: dict[str, Any]
    by: str


def read_history(connection: Connection, case_id: str) -> list[Happening]:
    """The newest first; of one moment, in the order in which it was written."""
    found = [
        *_said(connection, case_id),
        *_lines(connection, case_id),
        *_answers(connection, case_id),  # after what care did of it at that moment, so below it
        *_notes(connection, case_id),
        *_mails(connection, case_id),
        *_acts(connection, case_id),
    ]
    return sorted(found, key=lambda each: each.at, reverse=True)


def _said(connection: Connection, case_id: str) -> Iterator[Happening]:
    for each in read_said(connection, [case_id]).get(case_id, []):
        yield Happening(each.at, "said", {"score": each.score, "origin": each.origin}, "")


def _answers(connection: Connection, case_id: str) -> Iterator[Happening]:
    """What the client answered to the question of the case; "not content" stands with the case that it opened, too."""
    own, taken = answers.c, case_answers.c
    query = (
        select(own.answered_at, own.answer, own.comment)
        .join(case_answers, taken.answer_id == own.id)
        .where(taken.case_id == case_id)
        .order_by(own.id)
    )
    for row in connection.execute(query):
        details = {"is_content": row.answer == SOLVED, "comment": row.comment or ""}
        yield Happening(aware(row.answered_at), "answer", details, "")


def _lines(connection: Connection, case_id: str) -> Iterator[Happening]:
    own = care_lines.c
    query = select(own.at, own.did, own.line).where(own.case_id == case_id, own.at.is_not(None)).order_by(own.id)
    for row in connection.execute(query):
        yield Happening(aware(row.at), row.did, json.loads(row.line), "")
    tasks = people_tasks.c
    made = select(tasks.made_at, tasks.kind).where(tasks.case_id == case_id).order_by(tasks.task_id)
    for row in connection.execute(made):
        yield Happening(aware(row.made_at), "task", {"kind": row.kind}, "")


def _notes(connection: Connection, case_id: str) -> Iterator[Happening]:
    for note in read_notes(connection, case_id=case_id):
        details = {"kind": note.task_kind, "outcome": note.outcome, "note": note.note, "what": note.kind}
        yield Happening(note.at, "note", details, note.by_name)


def _mails(connection: Connection, case_id: str) -> Iterator[Happening]:
    mail, step, event = messages.c, case_steps.c, events.c
    own = select(step.message_id).where(step.case_id == case_id, step.message_id.is_not(None))
    query = (
        select(mail.message_id, event.kind, event.occurred_at)
        .join(events, event.message_id == mail.message_id)
        .where(mail.message_id.in_(own), event.is_machine.is_(False))
        .order_by(event.id)
    )
    for row in connection.execute(query):
        yield Happening(aware(row.occurred_at), "event", {"kind": row.kind, "message_id": row.message_id}, "")


def _acts(connection: Connection, case_id: str) -> Iterator[Happening]:
    """Of the case itself; those of its tasks stand in the notes."""
    own = acts.c
    columns = (own.at, own.act, own.by_name, own.before, own.after)
    query = select(*columns).where(own.subject_id == case_id).order_by(own.id)
    for row in connection.execute(query):
        details = {"act": row.act, "before": json.loads(row.before or "{}"), "after": json.loads(row.after or "{}")}
        yield Happening(aware(row.at), "act", details, row.by_name)
