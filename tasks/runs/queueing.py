"""Stores the decisions of a plan and the messages they make, in one transaction per chunk.

The unique key (client, touchpoint, occasion) makes this safe to run twice, and by two runs at once: the second finds
the key taken and makes no second message. `turn` handles two flows that write to one recipient.

A decision to send stands on the message that it makes; all others, and one that finds the key taken, are rows of their
own.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, select

from models.database.bulk import in_values, insert_columns
from models.database.engine import writing
from models.tables import messages, other_decisions
from programme.facts.records import Client
from programme.rules.decide import Decision
from programme.words.states import MessageStatus, Outcome, RunMode
from programme.words.tokens import message_id_of
from tasks.base.memory import without_cycle_search
from tasks.clients.codes import claim_codes
from tasks.mail.preparing import prepare_all
from tasks.mail.render import PreparedMail, Renderer
from tasks.runs.concurrency import Turn
from tasks.runs.discounts import discount_ids
from tasks.runs.planning import PlanChunk

# The columns that a message and a decision take from the decision as it is.
_OF_MESSAGE = ("client_id", "recipient", "touchpoint", "occasion", "as_of", "due_on", "closes_on", "segment", "tier")
_OF_DECISION = (
    "as_of",
    "client_id",
    "recipient",
    "touchpoint",
    "occasion",
    "due_on",
    "segment",
    "tier",
    "priority",
    "until",
)
NO_MAIL = (None, None, None, None)  # in the place of a subject, a sender, a variant and fields

Made = tuple[Decision, PreparedMail | None]
"""A decision that makes a message; its mail is None when none will go."""


@without_cycle_search()
def enqueue(
    engine: Engine,
    renderer: Renderer,
    key: bytes,
    chunk: PlanChunk,
    run_id: str,
    mode: RunMode,
    turn: Turn | None = None,
) -> list[Decision]:
    """Write a chunk's decisions, its messages (planned or logged) and their discount codes.

    Args:
        turn: the run's turn, so that what another run wrote meanwhile counts; None when there can be no other run.

    Returns:
        The decisions as stored.
    """
    with writing(engine) as connection:
        if turn is not None:
            chunk = turn.current(connection, chunk)
        made = sorted(_mails(connection, renderer, key, chunk), key=partial(_request_of, chunk))
        all_are_new = write_messages(connection, renderer, key, made, run_id, mode, has_decisions=True)
        apart = [one for one in chunk.decisions if one.outcome != Outcome.SEND]
        if not all_are_new:
            apart += _not_standing(connection, made)
        write_decisions(connection, apart, run_id)
    return chunk.decisions


def _mails(connection: Connection, renderer: Renderer, key: bytes, chunk: PlanChunk) -> Iterator[Made]:
    """The decisions that make a message, each with its mail: those composed already, and those made of facts here."""
    making = [one for one in chunk.decisions if one.status]
    own = [one for one in making if one.outcome == Outcome.SEND and one.client_id in chunk.recipients]
    clients = _clients_with_codes(connection, key, chunk, own)
    sends = [(one, clients[one.client_id], chunk.recipients[one.client_id]) for one in own]
    prepared = iter(prepare_all(renderer, sends, key))
    for one in making:
        if one.outcome != Outcome.SEND:
            yield one, None
        else:
            yield one, next(prepared) if one.client_id in chunk.recipients else chunk.prepared[one.client_id]


def _request_of(chunk: PlanChunk, made: Made) -> tuple[str, str, bool]:
    """What messages of one request share: those are neighbours, so that sending changes few pages of the database."""
    decision, mail = made
    return decision.touchpoint, mail.variant_json if mail else "", chunk.is_followed(decision.client_id)


def _clients_with_codes(
    connection: Connection, key: bytes, chunk: PlanChunk, sends: list[Decision]
) -> dict[str, Client]:
    """The clients that get a message, by id, each with its own code, made where there was none."""
    ids = {decision.client_id for decision in sends}
    clients = {client_id: chunk.recipients[client_id].client(client_id) for client_id in ids}
    codes = claim_codes(connection, key, [client_id for client_id in ids if not clients[client_id].code])
    return clients | {client_id: replace(clients[client_id], code=code) for client_id, code in codes.items()}


def write_decisions(connection: Connection, decisions: Sequence[Decision], run_id: str) -> None:
    """Keep these decisions, which stand on no message; one that is kept already stays as it is."""
    if not decisions:
        return
    own = _turned(decisions)
    given: dict[str, Sequence[Any]] = {
        **{name: own[name] for name in _OF_DECISION},
        "flow": _each(str, own["flow"]),
        "outcome": _each(str, own["outcome"]),
        "reason": _each(lambda reason: str(reason or ""), own["reason"]),
        "also": _each(",".join, own["also"]),
        "run_id": [run_id] * len(decisions),
    }
    insert_columns(connection, other_decisions, given, ignore_existing=True)


def _not_standing(connection: Connection, made: Iterable[Made]) -> list[Decision]:
    """The decisions to send that stand on no message of their day, because it was there already."""
    sent = {mail.message_id: decision for decision, mail in made if mail}
    query = select(messages.c.message_id, messages.c.as_of).where(
        in_values(messages.c.message_id, sent, connection.dialect.name), messages.c.priority.is_not(None)
    )
    standing = {(row.message_id, row.as_of) for row in connection.execute(query)}
    return [one for message_id, one in sent.items() if (message_id, one.as_of) not in standing]


def write_messages(
    connection: Connection,
    renderer: Renderer,
    key: bytes,
    made: Sequence[Made],
    run_id: str | None,
    mode: RunMode,
    *,
    has_decisions: bool = False,
) -> bool:
    """Write the messages of decisions with a status; one whose key the log has already stays as it is.

    Args:
        has_decisions: the decisions to send are kept, each on its message.

    Returns:
        Whether none of the keys was taken.
    """
    if not made:
        return True
    own = _turned([decision for decision, _ in made])
    said = zip(*(mail[1:5] if mail else NO_MAIL for _, mail in made), strict=True)
    statuses = [decision.status for decision, _ in made]
    planned_as = MessageStatus.LOGGED if mode == RunMode.LOG else MessageStatus.PLANNED
    given: dict[str, Sequence[Any]] = {
        "message_id": [
            mail.message_id if mail else message_id_of(key, one.client_id, one.touchpoint, one.occasion)
            for one, mail in made
        ],
        **{name: own[name] for name in _OF_MESSAGE},
        "flow": _each(str, own["flow"]),
        "purpose": _each(lambda touchpoint: renderer.kinds[touchpoint].purpose.value, own["touchpoint"]),
        "status": _each(lambda status: str(planned_as if status == MessageStatus.PLANNED else status), statuses),
        **dict(zip(("subject", "sender_name", "variant", "fields"), said, strict=True)),
        "run_id": [run_id] * len(made),
        "attempts": [0] * len(made),
        "discount_id": discount_ids(connection, made),
        "priority": [one.priority if has_decisions and mail else None for one, mail in made],
    }
    return insert_columns(connection, messages, given, ignore_existing=True) == len(made)


def _turned(decisions: Sequence[Decision]) -> dict[str, tuple[Any, ...]]:
    """The columns of these decisions, by name."""
    return dict(zip(Decision._fields, zip(*decisions, strict=True), strict=True))


def _each(convert: Callable[[Any], Any], values: Sequence[Any]) -> list[Any]:
    """Each value converted, and each distinct one only once: thousands of decisions share a few."""
    known = {value: convert(value) for value in set(values)}
    return list(map(known.__getitem__, values))
