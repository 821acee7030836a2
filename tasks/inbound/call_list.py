"""Who waits for a call or a letter, and who has taken care of it."""

from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Engine, or_, select, update

from models.database import clock
from models.database.engine import reading, writing
from models.present import clients, feedback, referrals
from models.tables import answers, signups
from programme.facts.cases import SCORED_KINDS
from programme.inbound.call_list import COMPLAINT_PREFIX, SIGNUP_PREFIX, OpenNote
from programme.referrals.states import flag_words, task_of
from programme.terms.schema import HealthTerms
from programme.words.dates import add_months
from programme.words.wording import weekday_words
from programme.words.working_days import next_working_day
from tasks.inbound.answers import PAGE


class NoteUnknown(Exception):
    """There is no such note, or it no longer waits; the message says which, and what to do."""


def read_open_notes(engine: Engine, terms: HealthTerms, as_of: date) -> list[OpenNote]:
    """All that asks for a call or a letter and has had none, oldest first.

    Answers of our pages, one for each message and question; complaints that the CRM holds as not resolved, of the
    time that counts for a client's health; and sign-ups over shared links.
    """
    with reading(engine) as connection:
        found = [
            *_read_answers(connection),
            *_read_complaints(connection, terms, as_of),
            *_read_sign_ups(connection, as_of),
        ]
    return sorted(found, key=lambda note: (note.given_on, note.note_id))


def mark_handled(engine: Engine, note_id: str, by_name: str, at: datetime) -> None:
    """Take an answer off the list, and record who handled it and when. Raises NoteUnknown."""
    if note_id.startswith(COMPLAINT_PREFIX):
        raise NoteUnknown(
            f"{note_id} is a complaint of the CRM: give feedback {note_id.removeprefix(COMPLAINT_PREFIX)} its "
            "resolved_on there, and import it; mails wait until then"
        )
    if note_id.startswith(SIGNUP_PREFIX):
        _mark_sign_up(engine, note_id, by_name, at)
        return
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


def _mark_sign_up(engine: Engine, referral_id: str, by_name: str, at: datetime) -> None:
    with writing(engine) as connection:
        row = connection.execute(select(signups).where(signups.c.referral_id == referral_id)).one_or_none()
        if row is None:
            raise NoteUnknown(f"{referral_id} is no sign-up that waits for somebody; see: bouwclub tasks list")
        if row.handled_at:
            day = clock.aware(row.handled_at).date()
            raise NoteUnknown(f"sign-up {referral_id} was handled on {day} by {row.handled_by}; nothing was changed")
        done = update(signups).where(signups.c.referral_id == referral_id)
        connection.execute(done.values(handled_at=at, handled_by=by_name))


def _read_sign_ups(connection: Connection, as_of: date) -> list[OpenNote]:
    """Those that nobody called yet; one whose words were forgotten can be called no more."""
    own = signups.c
    query = (
        select(own.referral_id, referrals.c.referred_client_id, own.phone, own.flags, own.message, own.signed_up_on)
        .join(referrals, referrals.c.referral_id == own.referral_id)
        .where(own.handled_at.is_(None), own.name.is_not(None), own.signed_up_on <= as_of)
    )
    return [
        OpenNote(
            row.referral_id,
            row.referred_client_id or "",
            task_of(row.phone),
            "; ".join([f"uiterlijk {weekday_words(next_working_day(row.signed_up_on))}", *flag_words(row.flags)]),
            row.message,
            row.signed_up_on,
        )
        for row in connection.execute(query)
    ]


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
    """The open cases in the CRM; complaints from our own pages are among the answers."""
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
