"""The signals that every tick looks at: each query reads the last days alone, by an index over the day."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, or_, select, text

from models.clients import MAY_NOTE_DEATH
from models.present import clients, interactions, projects, referrals
from models.tables import answers, messages, people_tasks, signups
from programme.care.outcomes import TaskChannel
from programme.care.signals import Signal, SignalKind
from programme.terms.schema import Programme
from programme.words.dates import day_in_amsterdam, midnight_in_amsterdam
from programme.words.names import says_death
from programme.words.states import Direction

LOOKS_BACK_DAYS = 30  # no signal looks back further, so that a first import calls nobody about years ago


def prompt_signals(connection: Connection, programme: Programme, at: datetime) -> list[Signal]:
    """Every prompt signal that is known at the moment and has no task, by task id."""
    found = [
        *_contacts_asked(connection, at),
        *_replies(connection, at),
        *_leads(connection, at),
        *_deaths(connection),
        *_handovers(connection, programme, at),
    ]
    return sorted(found, key=lambda signal: signal.task_id)


def has_task(kind: SignalKind, cause: ColumnElement[str]) -> ColumnElement[bool]:
    """SQL for: this cause had its task, under whichever client."""
    made = people_tasks.alias("made")
    return exists().where(made.c.kind == kind.value, made.c.cause == cause)


def _contacts_asked(connection: Connection, at: datetime) -> Iterator[Signal]:
    own, kind = answers.c, SignalKind.CONTACT_ASKED
    query = (
        select(own.client_id, own.message_id, projects.c.project_id)
        .join_from(answers, clients, clients.c.client_id == own.client_id)
        .outerjoin(messages, messages.c.message_id == own.message_id)
        .outerjoin(projects, projects.c.project_id == messages.c.occasion)
        .where(own.answered_on >= _first_day(at), own.answered_at <= at, own.needs_contact, own.handled_at.is_(None))
        .where(clients.c.erased_on.is_(None), ~has_task(kind, own.message_id))
        .distinct()
    )
    for client_id, message_id, project_id in connection.execute(query):
        yield Signal(kind, client_id, message_id, project_id=project_id)


def _replies(connection: Connection, at: datetime) -> Iterator[Signal]:
    own, kind = interactions.c, SignalKind.REPLY
    query = _inbound(at).where(own.is_reply, ~has_task(kind, own.interaction_id))
    for client_id, interaction_id in connection.execute(query):
        yield Signal(kind, client_id, interaction_id, TaskChannel.WORK)


def _leads(connection: Connection, at: datetime) -> Iterator[Signal]:
    """Sign-ups whom nobody called; one whose words were forgotten can be called no more."""
    own, kind = signups.c, SignalKind.LEAD
    query = (
        select(own.referral_id, own.phone)
        .join(referrals, referrals.c.referral_id == own.referral_id)
        .where(own.signed_up_on >= _first_day(at), own.signed_up_at <= at)
        .where(own.handled_at.is_(None), own.name.is_not(None), ~has_task(kind, own.referral_id))
    )
    for referral_id, phone in connection.execute(query):
        yield Signal(kind, "", referral_id, TaskChannel.PHONE if phone else TaskChannel.WORK)


def _deaths(connection: Connection) -> Iterator[Signal]:
    own, kind = clients.c, SignalKind.LOOK
    query = (
        select(own.client_id, own.name)
        .where(text(MAY_NOTE_DEATH), own.erased_on.is_(None))
        .where(~has_task(kind, own.client_id))
    )
    for client_id, name in connection.execute(query):
        if says_death(name):
            yield Signal(kind, client_id, client_id)


def _handovers(connection: Connection, programme: Programme, at: datetime) -> Iterator[Signal]:
    """By the topic of the contact, or because a person judged a reply so."""
    own, kind = interactions.c, SignalKind.HANDOVER
    topics = _topics(connection, programme, at)
    if topics:
        query = _inbound(at).where(own.topic.in_(topics), ~has_task(kind, own.interaction_id))
        for client_id, interaction_id in connection.execute(query):
            yield Signal(kind, client_id, interaction_id)
    yield from _judged_replies(connection, at, topics)


def _topics(connection: Connection, programme: Programme, at: datetime) -> list[str]:
    """As they are written in the contacts of the last days: the comparison goes without case and spaces around."""
    wanted = {topic.strip().casefold() for topic in programme.signals.handover.handover_topics}
    own = interactions.c
    recent = _inbound(at).where(own.topic.is_not(None)).with_only_columns(own.topic).distinct()
    return [topic for topic in connection.scalars(recent) if topic.strip().casefold() in wanted]


def _judged_replies(connection: Connection, at: datetime, topics: list[str]) -> Iterator[Signal]:
    """The day of the judgement counts: the mail itself may be older."""
    task, own, kind = people_tasks.c, interactions.c, SignalKind.HANDOVER
    since = midnight_in_amsterdam(_first_day(at))
    query = (
        select(own.client_id, own.interaction_id)
        .join_from(people_tasks, interactions, own.interaction_id == task.cause)
        .join(clients, clients.c.client_id == own.client_id)
        .where(task.kind == SignalKind.REPLY.value, task.outcome == SignalKind.HANDOVER.value)
        .where(task.ended_at >= since, task.ended_at <= at, own.occurred_on < _first_day(at))
        .where(clients.c.erased_on.is_(None), ~has_task(kind, own.interaction_id))
    )
    for client_id, interaction_id in connection.execute(query):
        yield Signal(kind, client_id, interaction_id)


def _inbound(at: datetime) -> Select[Any]:
    """client_id and interaction_id of what clients sent or said in the last days, as known at the moment."""
    own, today = interactions.c, day_in_amsterdam(at)
    is_past = and_(own.occurred_on <= today, or_(own.occurred_at.is_(None), own.occurred_at <= at))
    return (
        select(own.client_id, own.interaction_id)
        .join_from(interactions, clients, clients.c.client_id == own.client_id)
        .where(own.occurred_on >= _first_day(at), is_past, own.direction == Direction.IN.value)
        .where(clients.c.erased_on.is_(None))
    )


def _first_day(at: datetime) -> date:
    return day_in_amsterdam(at) - timedelta(days=LOOKS_BACK_DAYS)
