"""What must hold after every tick, whatever happened before it. Each law reads the tables, and shares no rule."""

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from models import present
from models.database.engine import reading
from models.tables import case_feedback, cases, clients, feedback, messages, people_tasks
from programme.words.dates import day_in_amsterdam
from tasks.care.tick import TickDone
from tests.torture.care.world import World

ONCE = ("opened", "closed", "task", "old", "no_way", "joined")
OF_STEP = ("missed", "mail", "phone")


class LawBroken(AssertionError):
    """A law does not hold; the message says which and where."""


def judge(world: World, done: TickDone) -> None:
    """Check every law after a tick. Raises LawBroken."""
    world.told += [(done.at, line) for line in done.lines]
    with reading(world.engine) as connection:
        _nothing_twice(world)
        _one_open_case_a_recipient(connection, world)
        _one_open_task_of_people_a_case(connection)
        _held_while_open(connection, done.at)
        _no_mail_of_a_closed_case(connection, world, done)
        _no_mail_to_who_was_erased(connection, done)
        _no_marketing_while_open(connection, done)


def _nothing_twice(world: World) -> None:
    said = Counter(
        (line.did.value, *(line.values.get(name) for name in ("case_id", "task_id", "feedback_id")))
        for _, line in world.told
        if line.did in ONCE
    )
    said += Counter(
        (line.did.value, line.values["case_id"], line.values["step"]) for _, line in world.told if line.did in OF_STEP
    )
    for what, times in said.items():
        _holds(times == 1, f"{what} was told {times} times")


def _one_open_case_a_recipient(connection: Connection, world: World) -> None:
    query = (
        select(cases.c.case_id, cases.c.client_id, clients.c.recipient)
        .join(clients, clients.c.client_id == cases.c.client_id)
        .where(cases.c.state == "open")
    )
    whose: dict[str, str] = {}
    for row in connection.execute(query):
        key = row.recipient or row.client_id
        _holds(key not in whose or row.client_id in world.moved, f"{row.case_id} is open beside {whose.get(key)}")
        whose[key] = row.case_id


def _one_open_task_of_people_a_case(connection: Connection) -> None:
    own = people_tasks.c
    query = select(own.case_id, own.step).where(own.state == "open", own.step.in_(["call", "solution", "fix"]))
    for case_id, times in Counter(row.case_id for row in connection.execute(query)).items():
        _holds(times == 1, f"case {case_id} has {times} open tasks")
    closed = select(own.task_id).join(cases, cases.c.case_id == own.case_id)
    left = closed.where(own.state == "open", cases.c.state.in_(["withdrawn", "reopened", "erased"]))
    for row in connection.execute(left):
        _holds(False, f"task {row.task_id} of a closed case is open")


def _held_while_open(connection: Connection, at: datetime) -> None:
    """Rule 6 holds the recipient of every open case, and no feedback of a closed case holds anybody."""
    own, day = present.feedback.c, day_in_amsterdam(at)
    query = (
        select(cases.c.case_id, cases.c.state, own.feedback_id, own.resolved_on, own.negative)
        .join(case_feedback, case_feedback.c.case_id == cases.c.case_id)
        .join(present.feedback, own.feedback_id == case_feedback.c.feedback_id)
    )
    holds: dict[str, bool] = {}
    for row in connection.execute(query):
        is_open = bool(row.negative) and (row.resolved_on is None or row.resolved_on > day)
        if row.state == "open":
            holds[row.case_id] = holds.get(row.case_id, False) or is_open
        else:
            _holds(not is_open, f"{row.feedback_id} of the closed case {row.case_id} still holds its client")
    for case_id, held in holds.items():
        _holds(held, f"the recipient of open case {case_id} is not held")


def _no_mail_of_a_closed_case(connection: Connection, world: World, done: TickDone) -> None:
    states = {row.case_id: row for row in connection.execute(select(cases))}
    for line in done.lines:
        if line.did == "mail":
            case = states[line.values["case_id"]]
            is_last = line.values["step"] == "follow_up"
            _holds(case.state == "open" or (is_last and case.state == "resolved"), f"{case.case_id} mailed when closed")
    waiting = select(messages.c.occasion, messages.c.touchpoint).where(messages.c.status == "planned")
    for row in connection.execute(waiting):
        _holds(False, f"{row.touchpoint} of {row.occasion} is planned after the tick")


def _no_mail_to_who_was_erased(connection: Connection, done: TickDone) -> None:
    gone = {row.client_id for row in connection.execute(select(clients).where(clients.c.erased_on.is_not(None)))}
    owners = {row.case_id: row.client_id for row in connection.execute(select(cases))}
    for line in done.lines:
        if line.did in ("mail", "opened", "phone"):
            _holds(owners[line.values["case_id"]] not in gone, f"{line.did} for an erased client")
        if line.did == "task":
            _holds(line.values["task_id"].split(":")[1] not in gone, "a task about an erased client")
    own = people_tasks.c
    for row in connection.execute(select(own.task_id, own.client_id).where(own.state == "open")):
        _holds(row.client_id not in gone, f"task {row.task_id} is open after the erasure")


def _no_marketing_while_open(connection: Connection, done: TickDone) -> None:
    """No task of the daily look is made for a recipient with an open case, and none of marketing for who is held."""
    own = people_tasks.c
    held = {
        row.recipient or row.client_id
        for row in connection.execute(
            select(clients.c.client_id, clients.c.recipient)
            .join(cases, cases.c.client_id == clients.c.client_id)
            .where(cases.c.state == "open")
        )
    }
    made = select(own.task_id, own.purpose, own.kind, clients.c.client_id, clients.c.recipient)
    made = made.join(clients, clients.c.client_id == own.client_id).where(own.made_at == done.at, own.case_id.is_(None))
    prompt = {"contact_asked", "reply", "lead", "look", "handover"}
    for row in connection.execute(made):
        is_held = (row.recipient or row.client_id) in held
        _holds(row.kind in prompt or not is_held, f"{row.task_id} was made while a case is open")


def _holds(claim: Any, broken: str) -> None:
    if not claim:
        raise LawBroken(broken)


def complaints(connection: Connection) -> int:
    """How many complaints there were."""
    return len(connection.execute(select(feedback.c.feedback_id)).all())
