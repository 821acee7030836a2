"""Who waits for a call or a letter, and that somebody has made it."""

from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Engine, or_, select, update

from models.database import clock
from models.database.engine import reading, writing
from models.present import clients, feedback
from models.tables import answers
from programme.facts.cases import SCORED_KINDS
from programme.inbound.call_list import COMPLAINT_PREFIX, OpenNote
from programme.terms.schema import HealthTerms
from programme.words.dates import add_months
from tasks.inbound.answers import PAGE


class NoteUnknown(Exception):
    """There is no such note, or nobody waits for it any more; the message says which and what to do."""


def read_open_notes(engine: Engine, terms: HealthTerms, as_of: date) -> list[OpenNote]:
    """All that asks for a call or a letter and has had none, oldest first.

    Answers of our pages, one for each message and question; and complaints that the CRM holds as not resolved, of the
    time that counts for a client's health.
    """
    with reading(engine) as connection:
        found = [*_read_answers(connection), *_read_complaints(connection, terms, as_of)]
    return sorted(found, key=lambda note: (note.given_on, note.note_id))


def mark_handled(engine: Engine, note_id: str, by_name: str, at: datetime) -> None:
    """Take an answer off the list, with who did it and when. Raises NoteUnknown."""
    if note_id.startswith(COMPLAINT_PREFIX):
        raise NoteUnknown(
            f"{note_id} is a complaint of the CRM: give feedback {note_id.removeprefix(COMPLAINT_PREFIX)} its "
            "resolved_on there, and import it; mails wait until then"
        )
    with writing(engine) as connection:
        row = None
        if note_id.isdigit() and len(note_id) < 19:
            row = connection.execute(select(answers).where(answers.c.id == int(note_id))).one_or_none()
        if row is None or not (row.needs_contact or row.handled_at):
            raise NoteUnknown(f"{note_id} is no note that waits for somebody; see: bouwclub tasks list")
        if row.handled_at:
            day = clock.aware(row.handled_at).date()
            raise NoteUnknown(f"note {note_id} was handled on {day} by {row.handled_by}; nothing was changed")
        mine = (answers.c.message_id == row.message_id) & (answers.c.question == row.question)
        open_ones = update(answers).where(mine, answers.c.needs_contact, answers.c.handled_at.is_(None))
        connection.execute(open_ones.values(handled_at=at, handled_by=by_name))


def _read_answers(connection: Connection) -> list[OpenNote]:
    query = (
        select(*answers.c["id", "client_id", "question", "answer", "comment", "answered_on", "message_id"])
        .outerjoin(clients, clients.c.client_id == answers.c.client_id)
        .where(answers.c.needs_contact, answers.c.handled_at.is_(None), clients.c.erased_on.is_(None))
        .order_by(answers.c.id)
    )
    latest = {
        (row.message_id, row.question): OpenNote(
            str(row.id), row.client_id, row.question, row.answer, row.comment, row.answered_on
        )
        for row in connection.execute(query)
    }
    return list(latest.values())


def _read_complaints(connection: Connection, terms: HealthTerms, as_of: date) -> list[OpenNote]:
    """By the definition of an open case; what our own pages took in stands among the answers."""
    since = add_months(as_of, -terms.negative_feedback_within.months)
    since -= timedelta(days=terms.negative_feedback_within.days)
    is_low = feedback.c.kind.in_([str(kind) for kind in SCORED_KINDS]) & (
        feedback.c.score <= terms.negative_score_at_most
    )
    query = (
        select(*feedback.c["feedback_id", "client_id", "kind", "score", "comment", "given_on"])
        .join(clients, clients.c.client_id == feedback.c.client_id)
        .where(
            feedback.c.origin != PAGE,
            clients.c.erased_on.is_(None),
            or_(feedback.c.negative.is_(True), is_low),
            feedback.c.given_on.between(since, as_of),
            or_(feedback.c.resolved_on.is_(None), feedback.c.resolved_on > as_of),
        )
    )
    return [
        OpenNote(
            f"{COMPLAINT_PREFIX}{row.feedback_id}",
            row.client_id,
            row.kind,
            "" if row.score is None else str(row.score),
            row.comment,
            row.given_on,
        )
        for row in connection.execute(query)
    ]
