"""What a person does with a case beside its tasks: ends it, weighs it anew, or notes a complaint by phone."""

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import Connection, func, or_, select, update

from models.present import clients, projects
from models.tables import cases, feedback, people_tasks
from programme.care.cases.case import OF_CALLS, CaseState
from programme.words.states import Severity
from tasks.care.acting.acts import Act, record_act
from tasks.care.cases.answers import SaidComplaint, write_complaint
from tasks.care.cases.ending import cancel_tasks, end_case, forget_last_question
from tasks.care.cases.store import IN_OPEN_CASE, CareRefused, lock_care, read_case, read_cases, write_changes
from tasks.care.telling import tell_later
from tasks.clients.facts.open_cases import is_negative, is_unresolved

ORIGIN = "desk"


class NotedMeanwhile(CareRefused):
    """The client has other complaints than the person saw: a button was pressed twice, or a colleague noted it."""


def resolve_case(act: Act, case_id: str) -> None:
    """A person says that it is resolved. Raises CareRefused when the case is not open."""
    case = read_case(act.connection, case_id)
    if not case.is_open:
        raise CareRefused(f"case {case_id} is {case.state}; nothing was changed")
    after, lines = end_case(act.connection, case, CaseState.RESOLVED, act.at)
    tell_later(act.connection, lines)
    act.record("resolve case", case_id, case.client_id, {"state": case.state.value}, {"state": after.state.value})


def change_severity(act: Act, case_id: str, severity: str) -> None:
    """A person weighs an open case anew; its level follows, raised by the steps missed so far. Raises CareRefused."""
    case = read_case(act.connection, case_id)
    if not case.is_open:
        raise CareRefused(f"case {case_id} is {case.state}; its severity stays {case.severity}")
    after = replace(case, severity=_severity(severity))
    write_changes(act.connection, {case_id: case}, [after])
    weights = {"severity": case.severity.value}, {"severity": after.severity.value}
    act.record("weigh case", case_id, case.client_id, *weights)


def add_complaint(
    act: Act,
    client_id: str,
    severity: str,
    project_id: str | None = None,
    words: str | None = None,
    noted: int | None = None,
) -> str:
    """Note a complaint that came by phone; the next tick opens or joins a case.

    Args:
        noted: how many of the client's the person saw, so that a button pressed twice notes one; None where nobody
            looked.

    Returns:
        The id of the feedback, `desk-{n}`.

    Raises:
        NotedMeanwhile: there are others since.
        CareRefused: no such client, or the project is not the client's.
    """
    connection, own = act.connection, clients.c
    known = select(own.client_id).where(own.client_id == client_id, own.erased_on.is_(None))
    if connection.execute(known).first() is None:
        raise CareRefused(f"there is no client {client_id}")
    of_client = select(projects.c.project_id).where(projects.c.client_id == client_id)
    if project_id and project_id not in set(connection.scalars(of_client)):
        raise CareRefused(f"project {project_id} is none of client {client_id}")
    if noted is not None and noted != count_noted(connection, client_id):
        raise NotedMeanwhile(f"a complaint of client {client_id} was noted meanwhile; nothing was changed")
    feedback_id, weight = _next_id(connection), _severity(severity).value
    write_complaint(connection, SaidComplaint(feedback_id, client_id, act.at, ORIGIN, project_id, weight, words))
    act.record("note complaint", feedback_id, client_id, after={"severity": severity, "project_id": project_id})
    return feedback_id


def count_noted(connection: Connection, client_id: str) -> int:
    """How many complaints of the client people have noted."""
    own = feedback.c
    query = select(func.count()).where(own.client_id == client_id, own.origin == ORIGIN)
    return int(connection.execute(query).scalar_one())


def resolve_given_before(act: Act, before: date) -> int:
    """Count as resolved all negative feedback given before a day that no open case follows; returns how many."""
    own = feedback.c
    these = update(feedback).where(
        own.given_on < before,
        is_negative(act.programme.health, feedback),
        is_unresolved(act.day, feedback),
        or_(own.settled_on.is_(None), own.settled_on > act.day),
        own.feedback_id.not_in(IN_OPEN_CASE),
    )
    number = act.connection.execute(these.values(settled_on=act.day)).rowcount
    act.record("resolve feedback", "", after={"given_before": before.isoformat(), "feedback": number})
    return number


def record_erasing(
    connection: Connection, at: datetime, by_name: str, act: str, subject_id: str, *, client_id: str
) -> None:
    """The act of erasing a client, and what it means for care: open cases end, open tasks are cancelled."""
    lock_care(connection)
    for case in read_cases(connection, cases.c.client_id == client_id).values():
        if case.is_open:
            _, lines = end_case(connection, case, CaseState.ERASED, at)
            tell_later(connection, lines)
        elif case.is_followed:
            forget_last_question(connection, case)
    cancel_tasks(connection, people_tasks.c.client_id == client_id, at)
    record_act(connection, at, by_name, act, subject_id, client_id=client_id)


def _next_id(connection: Connection) -> str:
    like = feedback.c.feedback_id.startswith(OF_CALLS, autoescape=True)
    known = connection.scalars(select(feedback.c.feedback_id).where(like))
    numbers = [int(tail) for each in known if (tail := each.removeprefix(OF_CALLS)).isdigit()]
    return f"{OF_CALLS}{max(numbers, default=0) + 1}"


def _severity(word: str) -> Severity:
    try:
        return Severity(word)
    except ValueError:
        raise CareRefused(f"{word!r} is no severity; write {', '.join(Severity)}") from None
