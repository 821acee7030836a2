"""The mails of a drill and what clients did with them, through the functions of pages and webhook."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from models.database.engine import reading, writing
from models.present import clients
from models.tables import messages
from programme.care.cases.case import StepName, StepState
from programme.inbound.answers import FORMS, SOLVED, Answer, Form, Question
from programme.words.dates import day_in_amsterdam
from programme.words.states import FeedbackKind, MessageStatus, Purpose
from tasks.base.workspace import Workspace
from tasks.care.cases.store import CareRefused, read_case
from tasks.inbound.answers import record_answer
from tasks.inbound.events import apply_events, store_read
from tasks.providers.sendgrid.events import read_event

Values = Mapping[str, Any]
FLOW = "drill"
UNNAMED = "drill"  # the touchpoint of a message of which the drill names none


def make_message(workspace: Workspace, at: datetime, values: Values) -> None:
    """A message of a touchpoint that went to a client."""
    with writing(workspace.engine) as connection:
        _ensure_message(connection, workspace, at, values, values["touchpoint"])


def deliver_message(workspace: Workspace, at: datetime, values: Values) -> None:
    """The provider says that it was delivered."""
    with writing(workspace.engine) as connection:
        if not _ensure_message(connection, workspace, at, values, UNNAMED):
            return
        tracked = update(messages).where(messages.c.message_id == values["message"])
        connection.execute(tracked.values(is_tracked=bool(values.get("tracked"))))
    _report(workspace, at, values["message"], "delivered")


def open_message(workspace: Workspace, at: datetime, values: Values) -> None:
    """The provider says that it was opened, by a person or a machine."""
    _report(workspace, at, values["message"], "open", sg_machine_open=bool(values.get("machine")))


def answer_page(workspace: Workspace, at: datetime, values: Values) -> None:
    """A client gives a score on a page of ours; its feedback is page-{message}."""
    message, score = values["message"], str(values["score"])
    with writing(workspace.engine) as connection:
        if not _ensure_message(connection, workspace, at, values, UNNAMED, values.get("project_id")):
            return
    form = Form(Question.EXPERIENCE, score_kind=FeedbackKind(values["kind"]))
    answer = Answer(form.question, score, int(score), None)
    record_answer(
        workspace.engine,
        workspace.programme,
        message,
        form,
        answer,
        at.astimezone(UTC),
        feedback_id=f"page-{message}",
        asks_contact=bool(values.get("contact")),
    )


def answer_case(workspace: Workspace, at: datetime, values: Values) -> None:
    """A client answers the question of a case's mail. Raises CareRefused when that mail was not sent."""
    name = StepName(values["step"])
    with reading(workspace.engine) as connection:
        step = read_case(connection, values["case_id"]).step(name)
    if step.state is not StepState.SENT or step.message_id is None:
        raise CareRefused(f"the mail {name} of case {values['case_id']} was not sent, so nobody can answer it")
    form = FORMS[Question.SOLVED]
    choice = SOLVED if values["content"] else next(each.id for each in form.choices if each.id != SOLVED)
    answer = Answer(form.question, choice, None, None)
    record_answer(workspace.engine, workspace.programme, step.message_id, form, answer, at.astimezone(UTC))


def _ensure_message(
    connection: Connection,
    workspace: Workspace,
    at: datetime,
    values: Values,
    touchpoint: str,
    project_id: str | None = None,
) -> bool:
    """Make the message that an event names, unless it is there; False for an erased client, whom nobody mails."""
    message, client_id = values["message"], values["client_id"]
    if not is_standing(connection, client_id):
        return False
    if connection.execute(select(messages.c.id).where(messages.c.message_id == message)).first():
        return True
    recipient = connection.execute(select(clients.c.recipient).where(clients.c.client_id == client_id)).scalar_one()
    day, kind = day_in_amsterdam(at), workspace.programme.kinds.get(touchpoint)
    connection.execute(
        insert(messages).values(
            message_id=message,
            client_id=client_id,
            recipient=recipient,
            touchpoint=touchpoint if kind else f"{touchpoint}-{message}",
            occasion=project_id or message,
            flow=FLOW,
            purpose=(kind.purpose if kind else Purpose.SERVICE).value,
            as_of=day,
            due_on=day,
            closes_on=day,
            status=MessageStatus.ACCEPTED.value,
            attempts=1,
        )
    )
    return True


def is_standing(connection: Connection, client_id: str) -> bool:
    """Whether this client was not erased; raises CareRefused when there is none with this id."""
    query = select(clients.c.erased_on).where(clients.c.client_id == client_id)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise CareRefused(f"there is no client {client_id}")
    return row.erased_on is None


def _report(workspace: Workspace, at: datetime, message: str, event: str, **more: Any) -> None:
    """One event of the provider, as its webhook brings it."""
    with reading(workspace.engine) as connection:
        query = select(messages.c.recipient).where(messages.c.message_id == message)
        recipient = connection.execute(query).scalar_one_or_none()
    if recipient is None:
        raise CareRefused(f"there is no message {message}")
    payload = {
        "event": event,
        "email": recipient,
        "timestamp": int(at.timestamp()),
        "sg_event_id": f"drill-{message}-{event}-{at.timestamp():.0f}-{sorted(more.items())}",
        **more,
    }
    received_at = at.astimezone(UTC)
    # The provider names our own ids alone; a drill calls its messages as it likes.
    named = read_event(payload, received_at)._replace(message_id=message)
    store_read(workspace.engine, [(named, payload)], received_at)
    apply_events(workspace.engine)
