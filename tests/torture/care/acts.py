"""What can happen to a group of clients, by the functions that pages, desk, hooks and command line call."""

import random
from collections.abc import Callable
from datetime import UTC, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from models.database.engine import writing
from models.tables import case_steps, cases, clients, feedback, messages, people_tasks, suppressions
from programme.care.outcomes import outcomes_of
from programme.inbound.answers import FORMS, Answer, Question
from programme.words.dates import day_in_amsterdam
from tasks.care.acting.absences import come_back, go_away
from tasks.care.acting.acts import Act
from tasks.care.acting.case_acts import add_complaint, change_severity, record_erasing, resolve_case
from tasks.care.acting.opening_acts import open_act
from tasks.care.acting.outcomes import record_outcome
from tasks.care.cases.store import CareRefused
from tasks.inbound.answers import record_answer
from tasks.inbound.replies.storing import add_interaction
from tests.torture.care.world import MEMBERS, World

SEVERITIES = ("minor", "medium", "major")
Does = Callable[["Actor"], None]


class Actor:
    """One act on one group: what it needs to choose from."""

    def __init__(self, world: World, group: int, pick: random.Random, number: int) -> None:
        self.world, self.group, self.pick, self.number = world, group, pick, number
        self.programme = world.workspace.programme
        self.by = pick.choice(self.programme.people).name
        self.client_id = f"G{group:04}-{pick.randrange(MEMBERS)}"
        self.like = f"G{group:04}-%"

    def act(self, connection: Connection) -> Act:
        return open_act(connection, self.programme, self.by, self.world.at)

    def rows(self, connection: Connection, query: Any) -> list[Any]:
        return list(connection.execute(query).all())


def act(world: World, group: int, pick: random.Random, number: int) -> str:
    """Do one thing to a group; what the rules refuse changes nothing. Returns its name."""
    name, does = pick.choice(ACTS)
    try:
        does(Actor(world, group, pick, number))
    except CareRefused:
        return f"{name} refused"
    return name


def _complain(actor: Actor) -> None:
    """Through the export: with or without a moment, some of them long ago."""
    world, pick = actor.world, actor.pick
    days = pick.choice([0, 0, 0, 0, 1, 20, 70])
    given_at = world.at - timedelta(days=days, minutes=pick.choice([0, 5, 600]))
    knows_moment = pick.random() < 0.7
    with writing(world.engine) as connection:
        connection.execute(
            insert(feedback).values(
                feedback_id=f"F{actor.group}-{actor.number}",
                client_id=actor.client_id,
                project_id=pick.choice([None, f"P-{actor.client_id}"]),
                given_on=day_in_amsterdam(given_at),
                given_at=given_at if knows_moment else None,
                kind=pick.choice(["nps", "csat", "other"]),
                score=pick.choice([0, 3, 6]),
                negative=True,
                severity=pick.choice([None, *SEVERITIES]),
                origin="import",
            )
        )


def _call_in(actor: Actor) -> None:
    with writing(actor.world.engine) as connection:
        severity = actor.pick.choice(SEVERITIES)
        add_complaint(actor.act(connection), actor.client_id, severity)


def _correct(actor: Actor) -> None:
    """The CRM says that it was no complaint, or that it is resolved."""
    own = feedback.c
    with writing(actor.world.engine) as connection:
        rows = actor.rows(connection, select(own.feedback_id).where(own.client_id.like(actor.like)))
        if rows:
            chosen = own.feedback_id == actor.pick.choice(rows).feedback_id
            good: dict[str, Any] = {"negative": None, "score": 9}
            resolved: dict[str, Any] = {"resolved_on": day_in_amsterdam(actor.world.at)}
            values = actor.pick.choice([good, resolved])
            connection.execute(update(feedback).where(chosen).values(values))


def _work_on_task(actor: Actor) -> None:
    own = people_tasks.c
    with writing(actor.world.engine) as connection:
        rows = actor.rows(connection, select(people_tasks).where(own.client_id.like(actor.like), own.state == "open"))
        if rows:
            task = actor.pick.choice(rows)
            allowed = outcomes_of(task.kind, task.channel)
            outcome = actor.pick.choice([*allowed.ends, *allowed.attempts])
            record_outcome(actor.act(connection), task.task_id, outcome)


def _answer(actor: Actor) -> None:
    """The page behind a mail of a case, however old."""
    query = (
        select(case_steps.c.message_id)
        .join(cases, cases.c.case_id == case_steps.c.case_id)
        .where(cases.c.client_id.like(actor.like), case_steps.c.message_id.is_not(None))
        .where(case_steps.c.step.in_(["check_in", "follow_up"]))
    )
    with writing(actor.world.engine) as connection:
        rows = actor.rows(connection, query)
    if rows:
        form = FORMS[Question.SOLVED]
        choice = actor.pick.choice(form.choices).id
        answer, at = Answer(form.question, choice, None, None), actor.world.at.astimezone(UTC)
        message_id = actor.pick.choice(rows).message_id
        record_answer(actor.world.engine, actor.programme, message_id, form, answer, at)


def _resolve(actor: Actor) -> None:
    with writing(actor.world.engine) as connection:
        rows = actor.rows(connection, select(cases.c.case_id).where(cases.c.client_id.like(actor.like)))
        if rows:
            case_id = actor.pick.choice(rows).case_id
            resolve_case(actor.act(connection), case_id)


def _weigh(actor: Actor) -> None:
    with writing(actor.world.engine) as connection:
        rows = actor.rows(connection, select(cases.c.case_id).where(cases.c.client_id.like(actor.like)))
        if rows:
            case_id, severity = actor.pick.choice(rows).case_id, actor.pick.choice(SEVERITIES)
            change_severity(actor.act(connection), case_id, severity)


def _move(actor: Actor) -> None:
    """Another address, perhaps that of another record of the group."""
    address = actor.pick.choice(["", f"g{actor.group}@voorbeeld.example", f"n{actor.group}@voorbeeld.example"])
    actor.world.moved |= {f"G{actor.group:04}-{member}" for member in range(MEMBERS)}
    own = clients.c
    with writing(actor.world.engine) as connection:
        mine = update(clients).where(own.client_id == actor.client_id, own.erased_on.is_(None))
        connection.execute(mine.values(recipient=address, email=address or None))


def _unsubscribe(actor: Actor) -> None:
    address = f"g{actor.group}@voorbeeld.example"
    with writing(actor.world.engine) as connection:
        if not actor.rows(connection, select(suppressions.c.email).where(suppressions.c.email == address)):
            values = {"email": address, "reason": "unsubscribe", "since": day_in_amsterdam(actor.world.at)}
            connection.execute(insert(suppressions).values(values))


def _refuse_mail(actor: Actor) -> None:
    """The provider takes back a mail of a case."""
    own = messages.c
    with writing(actor.world.engine) as connection:
        rows = actor.rows(connection, select(own.message_id).where(own.client_id.like(actor.like)))
        if rows:
            chosen = own.message_id == actor.pick.choice(rows).message_id
            connection.execute(update(messages).where(chosen, own.status == "accepted").values(status="rejected"))


def _erase(actor: Actor) -> None:
    if actor.pick.random() > 0.3:
        return
    own = clients.c
    with writing(actor.world.engine) as connection:
        mine = update(clients).where(own.client_id == actor.client_id, own.erased_on.is_(None))
        gone = mine.values(erased_on=day_in_amsterdam(actor.world.at), recipient="", email=None)
        if connection.execute(gone).rowcount:
            at, client_id = actor.world.at, actor.client_id
            record_erasing(connection, at, actor.by, "erase client", client_id, client_id=client_id)


def _write_in(actor: Actor) -> None:
    with writing(actor.world.engine) as connection:
        standing = select(clients.c.client_id).where(
            clients.c.client_id == actor.client_id, clients.c.erased_on.is_(None)
        )
        if actor.rows(connection, standing):
            add_interaction(connection, f"I{actor.group}-{actor.number}", actor.client_id, actor.world.at)


def _leave(actor: Actor) -> None:
    name, until = actor.pick.choice(actor.programme.people).name, actor.world.at + timedelta(hours=30)
    with writing(actor.world.engine) as connection:
        go_away(actor.act(connection), name, until)


def _return(actor: Actor) -> None:
    with writing(actor.world.engine) as connection:
        name = actor.pick.choice(actor.programme.people).name
        come_back(actor.act(connection), name)


ACTS: tuple[tuple[str, Does], ...] = (
    ("complain", _complain),
    ("complain", _complain),
    ("call in", _call_in),
    ("correct", _correct),
    *(("work on task", _work_on_task),) * 7,
    *(("answer", _answer),) * 2,
    ("resolve", _resolve),
    ("weigh", _weigh),
    ("move", _move),
    ("unsubscribe", _unsubscribe),
    ("refuse mail", _refuse_mail),
    ("erase", _erase),
    ("write in", _write_in),
    ("leave", _leave),
    ("return", _return),
)
