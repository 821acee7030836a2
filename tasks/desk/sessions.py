"""Login links and sessions of the desk. Only hashes are kept: whoever reads the database cannot log in with it."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Engine, func, insert, select, update

from models.database.clock import aware
from models.database.engine import reading, writing
from models.tables import desk_links, desk_sessions
from programme.terms.tables.payout_terms import Person
from programme.words.naming.people import name_key
from programme.words.tokens import token_hash

LINK_MINUTES = 15
MOST_LINKS = 5  # that one person can have asked for within LINK_MINUTES


class Source(StrEnum):
    """How a person came in: by a link, or named by the firm's own login in front of us."""

    LINK = "link"
    PROXY = "proxy"


class Session(NamedTuple):
    """Somebody at work: what the database knows the cookie by, the person, and how the person came in."""

    session_hash: str
    person: Person
    source: Source


class NoSuchPerson(Exception):
    """Nobody in [[people]] has this name; the message lists who does."""


def person_by_name(people: Iterable[Person], name: str) -> Person:
    """The person with this name, whatever its case and spaces. Raises NoSuchPerson."""
    people = list(people)
    for person in people:
        if name_key(person.name) == name_key(name):
            return person
    known = ", ".join(person.name for person in people) or "nobody yet"
    raise NoSuchPerson(f"{name!r} is not in [[people]] of the programme; there: {known}")


def person_by_email(people: Iterable[Person], email: str) -> Person | None:
    """The person with this address, whatever its case."""
    wanted = email.strip().lower()
    return next((person for person in people if person.email.lower() == wanted), None)


def make_link(engine: Engine, person: Person, at: datetime) -> str | None:
    """A token that logs this person in once within LINK_MINUTES; None when the person has MOST_LINKS already."""
    token = secrets.token_urlsafe(32)
    recent = at - timedelta(minutes=LINK_MINUTES)
    table = desk_links.c
    with writing(engine) as connection:
        query = select(func.count()).where(table.person == person.name, table.made_at > recent)
        if connection.execute(query).scalar_one() >= MOST_LINKS:
            return None
        until = at + timedelta(minutes=LINK_MINUTES)
        row = {"token_hash": token_hash(token), "person": person.name, "made_at": at, "expires_at": until}
        connection.execute(insert(desk_links).values(row))
    return token


def is_link_open(engine: Engine, token: str, at: datetime) -> bool:
    """Whether the button behind a link would log somebody in."""
    table = desk_links.c
    query = select(table.person).where(
        table.token_hash == token_hash(token), table.used_at.is_(None), table.expires_at > at
    )
    with reading(engine) as connection:
        return connection.execute(query).first() is not None


def use_link(engine: Engine, people: Iterable[Person], token: str, at: datetime, hours: int) -> str | None:
    """Use a link up and begin a session; returns what the cookie holds, None for a link that is used, old or unknown.

    Two requests at once cannot both use it: the update is the claim.
    """
    table = desk_links.c
    claim = (
        update(desk_links)
        .where(table.token_hash == token_hash(token), table.used_at.is_(None), table.expires_at > at)
        .values(used_at=at)
    )
    with writing(engine) as connection:
        if connection.execute(claim).rowcount != 1:
            return None
        name = connection.execute(select(table.person).where(table.token_hash == token_hash(token))).scalar_one()
    try:
        person = person_by_name(people, name)
    except NoSuchPerson:
        return None
    return begin_session(engine, person, Source.LINK, at, hours)


def begin_session(engine: Engine, person: Person, source: Source, at: datetime, hours: int) -> str:
    """A new session; returns what its cookie holds."""
    secret = secrets.token_urlsafe(32)
    row = {
        "session_hash": token_hash(secret),
        "person": person.name,
        "email": person.email.lower(),
        "source": source.value,
        "began_at": at,
        "expires_at": at + timedelta(hours=hours),
    }
    with writing(engine) as connection:
        connection.execute(insert(desk_sessions).values(row))
    return secret


def read_session(engine: Engine, people: Iterable[Person], secret: str, at: datetime) -> Session | None:
    """Who works with this cookie; None once the session ended, or its person is no longer in [[people]]."""
    table = desk_sessions.c
    query = select(desk_sessions).where(table.session_hash == token_hash(secret), table.ended_at.is_(None))
    with reading(engine) as connection:
        row = connection.execute(query).first()
    if row is None or aware(row.expires_at) <= at:
        return None
    person = person_by_email(people, row.email)
    if person is None or name_key(person.name) != name_key(row.person):
        return None
    return Session(row.session_hash, person, Source(row.source))


def end_session(engine: Engine, session_hash: str, at: datetime) -> None:
    """Log out; the row stays."""
    with writing(engine) as connection:
        connection.execute(
            update(desk_sessions).where(desk_sessions.c.session_hash == session_hash).values(ended_at=at)
        )
