"""Stores the decisions of a plan and the messages they make, in one transaction per chunk.

The unique key (client, touchpoint, occasion) makes this safe to run twice, and by two runs at once: the second finds
the key taken and makes no second message. `turn` handles two flows that write to one recipient.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Engine

from models.database.bulk import insert_columns
from models.database.engine import writing
from models.tables import decisions as decisions_table
from models.tables import discount_codes, messages
from programme.facts.records import Client
from programme.rules.decide import Decision
from programme.words.states import MessageStatus, Outcome, RunMode
from programme.words.tokens import message_id_of
from tasks.base.memory import without_cycle_search
from tasks.clients.codes import claim_codes
from tasks.mail.preparing import prepare
from tasks.mail.render import PreparedMail, Renderer
from tasks.runs.concurrency import Turn
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
        own = [one for one in chunk.decisions if one.outcome == Outcome.SEND and one.client_id in chunk.recipients]
        clients = _clients_with_codes(connection, key, chunk, own)

        def mail_of(one: Decision) -> PreparedMail | None:
            if one.outcome != Outcome.SEND:
                return None
            if one.client_id not in chunk.recipients:
                return chunk.prepared[one.client_id]
            return prepare(renderer, one, clients[one.client_id], chunk.recipients[one.client_id], key)

        made = sorted(((one, mail_of(one)) for one in chunk.decisions if one.status), key=_text_of)
        write_decisions(connection, chunk.decisions, run_id)
        write_messages(connection, renderer, key, made, run_id, mode)
        write_codes(connection, [(decision, mail) for decision, mail in made if mail])
    return chunk.decisions


def _text_of(made: Made) -> tuple[str, str]:
    """What messages of one request share: those are neighbours, so that sending changes few pages of the database."""
    decision, mail = made
    return decision.touchpoint, mail.variant_json if mail else ""


def _clients_with_codes(
    connection: Connection, key: bytes, chunk: PlanChunk, sends: list[Decision]
) -> dict[str, Client]:
    """The clients that get a message, by id, each with its own code, made where there was none."""
    ids = {decision.client_id for decision in sends}
    clients = {client_id: chunk.recipients[client_id].client(client_id) for client_id in ids}
    codes = claim_codes(connection, key, [client_id for client_id in ids if not clients[client_id].code])
    return clients | {client_id: replace(clients[client_id], code=code) for client_id, code in codes.items()}


def write_decisions(connection: Connection, decisions: Sequence[Decision], run_id: str) -> None:
    """Keep these decisions; one that is kept already stays as it is."""
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
    insert_columns(connection, decisions_table, given, ignore_existing=True)


def write_messages(
    connection: Connection, renderer: Renderer, key: bytes, made: Sequence[Made], run_id: str | None, mode: RunMode
) -> None:
    """Write the messages of decisions with a status; one whose key the log has already stays as it is."""
    if not made:
        return
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
    }
    insert_columns(connection, messages, given, ignore_existing=True)


def write_codes(connection: Connection, sends: Iterable[tuple[Decision, PreparedMail]]) -> None:
    """Keep the codes that these mails give, from the day of their decision."""
    giving = [(decision, mail, mail.code) for decision, mail in sends if mail.code]
    given: dict[str, Sequence[Any]] = {
        "client_id": [decision.client_id for decision, _, _ in giving],
        "code": [code.code for _, _, code in giving],
        "percent": [code.percent for _, _, code in giving],
        "given_on": [decision.as_of for decision, _, _ in giving],
        "valid_until": [code.valid_until for _, _, code in giving],
        "touchpoint": [decision.touchpoint for decision, _, _ in giving],
        "message_id": [mail.message_id for _, mail, _ in giving],
    }
    insert_columns(connection, discount_codes, given, ignore_existing=True)


def _turned(decisions: Sequence[Decision]) -> dict[str, tuple[Any, ...]]:
    """The columns of these decisions, by name."""
    return dict(zip(Decision._fields, zip(*decisions, strict=True), strict=True))


def _each(convert: Callable[[Any], Any], values: Sequence[Any]) -> list[Any]:
    """Each value converted, and each distinct one only once: thousands of decisions share a few."""
    known = {value: convert(value) for value in set(values)}
    return list(map(known.__getitem__, values))
