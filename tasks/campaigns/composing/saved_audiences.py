"""Audiences under a name. Whoever uses one gets a copy: changing or deleting it later changes no draft or campaign."""

import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from models.database.engine import reading, writing
from models.tables import saved_audiences
from programme.words.plain_text import clean

NAME_LENGTH = 60  # characters
MOST_AUDIENCES = 200

Noted = Callable[[Connection, str], None]
"""Writes what else belongs to the deed in its transaction, given the audience's id."""


class SavedAudience(NamedTuple):
    """One audience; `audience` is the group "audience" of the campaign's form."""

    audience_id: str
    name: str
    audience: dict[str, Any]
    written_by: str
    created_at: datetime
    changed_at: datetime


class NameRefused(Exception):
    """The name is empty, or another audience has it; or there are too many. The message is a Dutch sentence."""


def list_audiences(engine: Engine) -> list[SavedAudience]:
    """All of them, by name."""
    query = select(saved_audiences).order_by(saved_audiences.c.name_key).limit(MOST_AUDIENCES)
    with reading(engine) as connection:
        return [_saved(row) for row in connection.execute(query)]


def find_audience(engine: Engine, audience_id: str) -> SavedAudience | None:
    """The audience of this id; None when there is none."""
    query = select(saved_audiences).where(saved_audiences.c.audience_id == audience_id)
    with reading(engine) as connection:
        row = connection.execute(query).first()
    return _saved(row) if row else None


def save_audience(
    engine: Engine, name: str, audience: Mapping[str, Any], by_name: str, at: datetime, noted: Noted
) -> str:
    """Keep an audience under a name of its own, and return its id. Raises NameRefused."""
    audience_id = secrets.token_hex(8)
    with _alone(engine, name) as connection:
        if len(connection.execute(select(saved_audiences.c.audience_id)).all()) >= MOST_AUDIENCES:
            raise NameRefused(f"Er zijn al {MOST_AUDIENCES} doelgroepen bewaard. Gooi er eerst een weg.")
        row = {
            "audience_id": audience_id,
            "name": _free_name(connection, name),
            "name_key": _key(name),
            "audience": json.dumps(audience, sort_keys=True),
            "written_by": by_name,
            "created_at": at,
            "changed_at": at,
        }
        connection.execute(insert(saved_audiences).values(row))
        noted(connection, audience_id)
    return audience_id


def rename_audience(engine: Engine, audience_id: str, name: str, at: datetime, noted: Noted) -> bool:
    """Give the audience another name; False when it is not there. Raises NameRefused."""
    with _alone(engine, name) as connection:
        values = {"name": _free_name(connection, name, audience_id), "name_key": _key(name), "changed_at": at}
        known = update(saved_audiences).where(saved_audiences.c.audience_id == audience_id)
        is_there = bool(connection.execute(known.values(values)).rowcount)
        if is_there:
            noted(connection, audience_id)
    return is_there


def delete_audience(engine: Engine, audience_id: str, noted: Noted) -> bool:
    """Take it away; whether it was there."""
    with writing(engine) as connection:
        gone = delete(saved_audiences).where(saved_audiences.c.audience_id == audience_id)
        is_there = bool(connection.execute(gone).rowcount)
        if is_there:
            noted(connection, audience_id)
    return is_there


@contextmanager
def _alone(engine: Engine, name: str) -> Iterator[Connection]:
    """A transaction in which another audience may get this name at the same moment."""
    try:
        with writing(engine) as connection:
            yield connection
    except IntegrityError:
        raise _taken(name) from None


def _taken(name: str) -> NameRefused:
    return NameRefused(f"Er is al een doelgroep die {clean(name, NAME_LENGTH)} heet. Kies een andere naam.")


def _free_name(connection: Connection, name: str, audience_id: str = "") -> str:
    shown = clean(name, NAME_LENGTH)
    if not shown:
        raise NameRefused("Geef de doelgroep een naam.")
    taken = select(saved_audiences.c.audience_id).where(saved_audiences.c.name_key == _key(name))
    row = connection.execute(taken).first()
    if row and row.audience_id != audience_id:
        raise _taken(name)
    return shown


def _key(name: str) -> str:
    return clean(name, NAME_LENGTH).casefold()


def _saved(row: Row[Any]) -> SavedAudience:
    values = dict(row._mapping)
    del values["name_key"]
    return SavedAudience(**values | {"audience": json.loads(row.audience)})
