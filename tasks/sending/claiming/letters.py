"""Reads the messages of a claim, cuts them into requests, and names those of a request in a statement."""

from collections.abc import Collection, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, bindparam, select
from sqlalchemy.sql.elements import ColumnElement

from models.database.given import in_given, in_values
from models.tables import message_plans, message_states, message_variants
from tasks.base.memory import without_cycle_search
from tasks.sending.claiming.holds import is_free, is_not_stopped
from tasks.sending.claiming.prescreen import records_behind, standing_of, standing_told
from tasks.sending.claiming.queue import Queue
from tasks.sending.messenger import Letter

_PLANS, _STATES = message_plans, message_states
_LETTER = [_PLANS.c[name] for name in Letter._fields[:-1]]
_RUN_ID: BindParameter[str] = bindparam("run_id")


def read_letters(
    connection: Connection, queue: Queue, query: Select[Any], told: dict[str, Any], known_on: date
) -> list[Letter]:
    """The messages of a query of letters_where that may be claimed, by id.

    They are as the driver returns them, unconverted: texts and integers; there may be a million.

    Args:
        told: the parameters of the query's own conditions.
        known_on: the day whose facts say of which messages the rules must judge.
    """
    told = told | standing_told(queue.programme, known_on) | {_RUN_ID.key: queue.run_id}
    with without_cycle_search():
        cursor: Any = connection.execute(query, told).cursor
        letters = list(map(Letter._make, cursor.fetchall()))
    again = [place for place, (one, other) in enumerate(pairwise(letters)) if one.id == other.id]
    for place in reversed(again):
        letters[place] = letters[place]._replace(standing=letters[place].standing | letters[place + 1].standing)
    dropped = {place + 1 for place in again}
    return [letter for place, letter in enumerate(letters) if place not in dropped]


def letters_where(conditions: Collection[ColumnElement[bool]], kinds: Collection[str] | None = None) -> Select[Any]:
    """The query of the messages of some conditions by id, of no stopped campaign and held by no backfill.

    A message has a row for each client record behind its address, or one when there is none.

    Args:
        conditions: on message_states or message_plans.
        kinds: only mails of these kinds, by id; None means all.
    """
    records, is_theirs = records_behind(_PLANS)
    query = (
        select(*_LETTER, standing_of(_PLANS, records))
        .join_from(_STATES, _PLANS, _PLANS.c.id == _STATES.c.id)
        .outerjoin(records, is_theirs)
        .where(*conditions, is_free(_RUN_ID, _PLANS), is_not_stopped(_PLANS))
        .order_by(_STATES.c.id)
    )
    return query if kinds is None else query.where(_PLANS.c.touchpoint.in_(kinds))


def read_variants(connection: Connection, variant_ids: Collection[int | None]) -> dict[int | None, str]:
    """The variants of these ids, as JSON."""
    own = message_variants.c
    asked = [number for number in variant_ids if number is not None]
    query = select(own.id, own.variant).where(in_values(own.id, asked))
    return dict(connection.execute(query).tuples().all()) if asked else {}


def parts_of(letters: Sequence[Letter], size: int) -> list[list[Letter]]:
    """The letters cut into requests of at most `size`, with no address twice in one."""
    parts: list[list[Letter]] = []
    remaining = list(letters)
    while remaining:
        first = remaining[:size]
        if len({letter.recipient for letter in first}) == len(first):
            part, remaining = first, remaining[size:]
        else:
            part, remaining = _without_repeats(remaining, size)
        parts.append(part)
    return parts


def is_range(letters: Sequence[Letter], room: int = 1) -> bool:
    """Whether their ids, which are sorted, fill a range, or one of at most `room` times their number."""
    return letters[-1].id - letters[0].id < room * len(letters)


def is_given(ids: ColumnElement[int], by_range: bool) -> ColumnElement[bool]:
    """SQL for the messages, or the range of messages, that a statement's parameters name."""
    return ids.between(bindparam("first"), bindparam("last")) if by_range else in_given(ids, "ids")


def given(letters: Sequence[Letter], by_range: bool) -> dict[str, Any]:
    """Those parameters."""
    if by_range:
        return {"first": letters[0].id, "last": letters[-1].id}
    return {"ids": [letter.id for letter in letters]}


def _without_repeats(letters: list[Letter], size: int) -> tuple[list[Letter], list[Letter]]:
    part: dict[str, Letter] = {}
    later = []
    for letter in letters:
        if len(part) == size or letter.recipient in part:
            later.append(letter)
        else:
            part[letter.recipient] = letter
    return list(part.values()), later
