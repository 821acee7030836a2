"""What the page after a low score or "nee, nog niet" promises: who calls, and by when; nothing when nobody will."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Engine, and_, or_, select, text

from models.care import OPEN
from models.database.engine import reading
from models.present import clients
from models.tables import case_feedback, cases, messages, people_tasks
from programme.care.cases.case import Case, CaseState, StepName, promise_of
from programme.care.cases.complaints import Complaint, first_open, joins, take_complaint
from programme.care.signals import SignalKind
from programme.care.staff_mails import when_words
from programme.care.tick import Tick
from programme.terms.schema import Programme
from programme.words.states import Severity
from tasks.care.cases.answers import has_waiting_no
from tasks.care.cases.store import CareRefused, read_case, read_cases
from tasks.care.owners import read_tick
from tasks.care.people.engineers import read_engineers


class Promise(NamedTuple):
    """Who calls, and by when in words."""

    name: str
    by: str


class _Said(NamedTuple):
    """Whose answer it was; `feedback_id` as which it counts, `answered` the case whose question it answers."""

    client_id: str
    feedback_id: str
    answered: Case | None


def read_promise(
    engine: Engine, programme: Programme, message_id: str, feedback_id: str, at: datetime
) -> Promise | None:
    """The promise to whoever answered by this message, with a low score or "nee, nog niet".

    The next tick of care will open a case, or join the answer to an open one; where that case's call was made already,
    or has long been due, no moment is promised. After a "ja" that changes a "nee" it is the promise of that "nee".

    Args:
        feedback_id: of the feedback as which a score counts.
        at: the moment at which the page is shown, after the answer.
    """
    with reading(engine) as connection:
        tick = read_tick(connection, programme, at)
        case = _case_of(connection, tick, _read_said(connection, message_id, feedback_id))
        if case is None or case.step(StepName.CALL).is_done:
            return None
        call_by = promise_of(tick.clock, case.step(StepName.CALL), at)
        work = (case.client_id, case.project_id)
        owner = tick.owner(case.level, read_engineers(connection, [work], tick.day)[work])
    return Promise(owner.person.name, when_words(call_by)) if call_by else None


def is_heard(engine: Engine, message_id: str) -> bool:
    """Whether a task will bring an answer of this message to somebody: one a message, which has not ended."""
    own = people_tasks.c
    ended = select(own.task_id).where(
        own.kind == SignalKind.CONTACT_ASKED.value, own.cause == message_id, own.ended_at.is_not(None)
    )
    with reading(engine) as connection:
        return connection.execute(ended.limit(1)).first() is None


def will_join(connection: Connection, client_id: str) -> bool:
    """Whether a complaint that this client makes now joins an open case: then no other call and no mail comes of it."""
    return joins(first_open(_open_cases_of(connection, client_id)))


def stays_open(engine: Engine, message_id: str, at: datetime) -> bool:
    """Whether "ja" to the question of this mail ends nothing, because a "nee, nog niet" before it is still followed."""
    with reading(engine) as connection:
        said = _read_said(connection, message_id, "")
        if said.answered is None:
            return False
        if said.answered.state is CaseState.REOPENED:
            return bool(_open_cases_of(connection, said.client_id))
        is_asked = said.answered.state in (CaseState.OPEN, CaseState.RESOLVED)
        return is_asked and has_waiting_no(connection, said.answered.case_id, at)


def _read_said(connection: Connection, message_id: str, feedback_id: str) -> _Said:
    own = messages.c
    row = connection.execute(select(own.client_id, own.occasion).where(own.message_id == message_id)).one()
    try:
        answered = read_case(connection, row.occasion)
    except CareRefused:
        answered = None
    return _Said(row.client_id, feedback_id, answered)


def _case_of(connection: Connection, tick: Tick, said: _Said) -> Case | None:
    """The case that follows this answer, or will after the next tick; None when it is over."""
    open_cases, answered = _open_cases_of(connection, said.client_id), said.answered
    is_taken = answered is not None and answered.state not in (CaseState.OPEN, CaseState.RESOLVED)
    if is_taken or _follows(connection, said.feedback_id):
        return first_open(open_cases)
    severity, project_id = (answered.severity, answered.project_id) if answered else (Severity.MEDIUM, None)
    complaint = Complaint(said.feedback_id, said.client_id, project_id, severity, tick.at)
    standing = first_open(case for case in open_cases if not answered or case.case_id != answered.case_id)
    return take_complaint(tick.clock, complaint, standing, answered, tick.at).case


def _follows(connection: Connection, feedback_id: str) -> bool:
    """Whether a case follows this feedback already, or did."""
    own = case_feedback.c
    return connection.scalar(select(own.case_id).where(own.feedback_id == feedback_id)) is not None


def _open_cases_of(connection: Connection, client_id: str) -> list[Case]:
    """The open cases of the client's recipient."""
    recipient = select(clients.c.recipient).where(clients.c.client_id == client_id).scalar_subquery()
    of_recipient = select(clients.c.client_id).where(clients.c.recipient == recipient, clients.c.recipient != "")
    whose = or_(cases.c.client_id == client_id, cases.c.client_id.in_(of_recipient))
    return list(read_cases(connection, and_(text(OPEN), whose)).values())
