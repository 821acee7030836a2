"""The signals that every tick looks at: each query reads the last days alone, by an index over the day."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Date, bindparam, exists, or_, select, text

from models.clients import MAY_NOTE_DEATH
from models.database.columns import Moment
from models.present import clients, interactions, projects, referrals
from models.tables import answers, messages, people_tasks, signups
from programme.care.outcomes import TaskChannel
from programme.care.signals import Signal, SignalKind
from programme.terms.schema import Programme
from programme.words.dates import day_in_amsterdam, midnight_in_amsterdam
from programme.words.naming.names import says_death
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
    """One for each mail, however often its answer was changed."""
    rows = connection.execute(_CONTACTS_ASKED, _since(at))
    for client_id, message_id, project_id in sorted({tuple(row) for row in rows}, key=lambda row: row[:2]):
        yield Signal(SignalKind.CONTACT_ASKED, client_id, message_id, project_id=project_id)


def _replies(connection: Connection, at: datetime) -> Iterator[Signal]:
    for client_id, interaction_id in connection.execute(_REPLIES, _since(at)):
        yield Signal(SignalKind.REPLY, client_id, interaction_id, TaskChannel.WORK)


def _leads(connection: Connection, at: datetime) -> Iterator[Signal]:
    """Sign-ups whom nobody called; one whose words were forgotten can be called no more."""
    for referral_id, phone in connection.execute(_LEADS, _since(at)):
        yield Signal(SignalKind.LEAD, "", referral_id, TaskChannel.PHONE if phone else TaskChannel.WORK)


def _deaths(connection: Connection) -> Iterator[Signal]:
    for client_id, name in connection.execute(_DEATHS):
        if says_death(name):
            yield Signal(SignalKind.LOOK, client_id, client_id)


def _handovers(connection: Connection, programme: Programme, at: datetime) -> Iterator[Signal]:
    """By the topic of the contact, or because a person judged a reply so."""
    topics = _topics(connection, programme, at)
    if topics:
        for client_id, interaction_id in connection.execute(_OF_TOPICS, {**_since(at), "topics": topics}):
            yield Signal(SignalKind.HANDOVER, client_id, interaction_id)
    for client_id, interaction_id in connection.execute(_JUDGED, _since(at)):
        yield Signal(SignalKind.HANDOVER, client_id, interaction_id)


def _topics(connection: Connection, programme: Programme, at: datetime) -> list[str]:
    """As they are written in the contacts of the last days: the comparison goes without case and spaces around."""
    wanted = {topic.strip().casefold() for topic in programme.signals.handover.handover_topics}
    return [topic for topic in connection.scalars(_TOPICS, _since(at)) if topic.strip().casefold() in wanted]


def _since(at: datetime) -> dict[str, Any]:
    """The parameters of the statements below."""
    first = day_in_amsterdam(at) - timedelta(days=LOOKS_BACK_DAYS)
    return {"at": at, "today": day_in_amsterdam(at), "first": first, "from_at": midnight_in_amsterdam(first)}


# Made once: a tick that finds nothing consists of them alone.
_AT, _FROM_AT = bindparam("at", type_=Moment()), bindparam("from_at", type_=Moment())
_TODAY, _FIRST = bindparam("today", type_=Date()), bindparam("first", type_=Date())
# The project that the mail was about. A join to it would read every project: SQLite has no index of a joined subquery.
_ASKED_ABOUT = (
    select(projects.c.project_id)
    .join_from(messages, projects, projects.c.project_id == messages.c.occasion)
    .where(messages.c.message_id == answers.c.message_id)
    .correlate(answers)
    .scalar_subquery()
)
_CONTACTS_ASKED = (
    select(answers.c.client_id, answers.c.message_id, _ASKED_ABOUT)
    .join_from(answers, clients, clients.c.client_id == answers.c.client_id)
    .where(answers.c.answered_on >= _FIRST, answers.c.answered_at <= _AT)
    .where(answers.c.needs_contact, answers.c.handled_at.is_(None))
    .where(clients.c.erased_on.is_(None), ~has_task(SignalKind.CONTACT_ASKED, answers.c.message_id))
)
# client_id and interaction_id of what clients sent or said in the last days, as known at the moment.
_INBOUND = (
    select(interactions.c.client_id, interactions.c.interaction_id)
    .join_from(interactions, clients, clients.c.client_id == interactions.c.client_id)
    .where(interactions.c.occurred_on >= _FIRST, interactions.c.occurred_on <= _TODAY)
    .where(or_(interactions.c.occurred_at.is_(None), interactions.c.occurred_at <= _AT))
    .where(interactions.c.direction == Direction.IN.value, clients.c.erased_on.is_(None))
)
_REPLIES = _INBOUND.where(interactions.c.is_reply, ~has_task(SignalKind.REPLY, interactions.c.interaction_id))
_TOPICS = _INBOUND.where(interactions.c.topic.is_not(None)).with_only_columns(interactions.c.topic).distinct()
_OF_TOPICS = _INBOUND.where(
    interactions.c.topic.in_(bindparam("topics", expanding=True)),
    ~has_task(SignalKind.HANDOVER, interactions.c.interaction_id),
)
_LEADS = (
    select(signups.c.referral_id, signups.c.phone)
    .join(referrals, referrals.c.referral_id == signups.c.referral_id)
    .where(signups.c.signed_up_on >= _FIRST, signups.c.signed_up_at <= _AT)
    .where(signups.c.handled_at.is_(None), signups.c.name.is_not(None))
    .where(~has_task(SignalKind.LEAD, signups.c.referral_id))
)
_DEATHS = (
    select(clients.c.client_id, clients.c.name)
    .where(text(MAY_NOTE_DEATH), clients.c.erased_on.is_(None))
    .where(~has_task(SignalKind.LOOK, clients.c.client_id))
)
# The day of the judgement counts: the mail itself may be older.
_JUDGED = (
    select(interactions.c.client_id, interactions.c.interaction_id)
    .join_from(people_tasks, interactions, interactions.c.interaction_id == people_tasks.c.cause)
    .join(clients, clients.c.client_id == interactions.c.client_id)
    .where(people_tasks.c.kind == SignalKind.REPLY.value, people_tasks.c.outcome == SignalKind.HANDOVER.value)
    .where(people_tasks.c.ended_at >= _FROM_AT, people_tasks.c.ended_at <= _AT, interactions.c.occurred_on < _FIRST)
    .where(clients.c.erased_on.is_(None), ~has_task(SignalKind.HANDOVER, interactions.c.interaction_id))
)
