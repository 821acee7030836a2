"""What a client answers to the question of a case, on a page or to a person, and what becomes of the case (step 1)."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, exists, insert, select, text

from models.database import clock
from models.database.columns import Moment
from models.events import OF_CASES
from models.tables import activity, answers, case_answers, cases, feedback, messages
from programme.care.cases.case import Case, CaseState
from programme.care.mails import STEP_OF
from programme.inbound.answers import SOLVED
from programme.words.dates import day_in_amsterdam
from programme.words.states import ActivityKind, FeedbackKind
from tasks.care.cases.ending import end_case
from tasks.care.cases.store import read_case
from tasks.care.telling import tell_later

ORIGIN = "case"  # of feedback that answers the question of a case


_WAITING = (
    select(*answers.c["id", "answer", "comment", "answered_at"], messages.c.occasion)
    .join(messages, messages.c.message_id == answers.c.message_id)
    .join(cases, cases.c.case_id == messages.c.occasion)
    .where(text(OF_CASES), answers.c.answered_at <= bindparam("at", type_=Moment()))
    .where(messages.c.touchpoint.in_(list(STEP_OF)), ~exists().where(case_answers.c.answer_id == answers.c.id))
    .order_by(answers.c.answered_at, answers.c.id)
)


def take_answers(connection: Connection, at: datetime) -> None:
    """Take the answers on our pages up to a moment, in the order of their moments. Safe to run twice."""
    for row in connection.execute(_WAITING, {"at": at}).all():
        moment = clock.aware(row.answered_at)
        apply_answer(connection, read_case(connection, row.occasion), row.answer == SOLVED, moment, row.comment)
        connection.execute(insert(case_answers).values(answer_id=row.id, case_id=row.occasion, taken_at=at))


def has_waiting_no(connection: Connection, case_id: str, at: datetime) -> bool:
    """Whether the next tick will take a "not content" to this case, given on a page of ours by this moment."""
    query = _WAITING.where(messages.c.occasion == case_id, answers.c.answer != SOLVED)
    return connection.execute(query, {"at": at}).first() is not None


def apply_answer(connection: Connection, case: Case, is_content: bool, at: datetime, comment: str | None) -> None:
    """Content ends an open case as resolved; not content reopens it, also when it was resolved. Else nothing changes.

    Not content is negative feedback of its own, which the next tick takes as a complaint.
    """
    if is_content and case.is_open:
        _, lines = end_case(connection, case, CaseState.RESOLVED, at)
        tell_later(connection, lines)
    elif not is_content and case.state in (CaseState.OPEN, CaseState.RESOLVED):
        _, lines = end_case(connection, case, CaseState.REOPENED, at)
        tell_later(connection, lines)
        _add_feedback(connection, case, at, comment)


class SaidComplaint(NamedTuple):
    """A complaint that no import brought: noted by people, or said in a reply or an answer.

    Attributes:
        given_at: aware.
        origin: where it was said.
        severity: None for one that nobody weighed.
        comment: in the client's words; None without any, or where they are kept elsewhere.
        of_case: the case whose question it answers.
    """

    feedback_id: str
    client_id: str
    given_at: datetime
    origin: str
    project_id: str | None = None
    severity: str | None = None
    comment: str | None = None
    of_case: str | None = None


def write_complaint(connection: Connection, said: SaidComplaint) -> None:
    """Write it as negative feedback of kind other, and the activity that it is."""
    day = day_in_amsterdam(said.given_at)
    what = {"given_on": day, "kind": FeedbackKind.OTHER.value, "negative": True}
    connection.execute(insert(feedback).values(**said._asdict(), **what))
    add_activity(connection, ActivityKind.FEEDBACK_GIVEN, said.client_id, said.feedback_id, day)


def add_activity(connection: Connection, kind: ActivityKind, client_id: str, source_id: str, day: date) -> None:
    """Write that a client did something."""
    connection.execute(
        insert(activity).values(client_id=client_id, kind=kind.value, source_id=source_id, occurred_on=day)
    )


def _add_feedback(connection: Connection, case: Case, at: datetime, comment: str | None) -> None:
    """Its id is that of the root and the next number."""
    like = feedback.c.feedback_id.startswith(f"{case.root}/", autoescape=True)
    known = connection.scalars(select(feedback.c.feedback_id).where(like))
    numbers = [int(tail) for each in known if (tail := each.rpartition("/")[2]).isdigit()]
    feedback_id = f"{case.root}/{max(numbers, default=1) + 1}"
    severity = case.severity.value
    said = SaidComplaint(
        feedback_id, case.client_id, at, ORIGIN, case.project_id, severity, comment, of_case=case.case_id
    )
    write_complaint(connection, said)
