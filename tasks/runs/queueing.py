"""Stores the decisions of a plan and the messages they make, in one transaction per chunk.

The unique key (client, touchpoint, occasion) makes this safe to run twice, and by two runs at once: the second finds
the key taken and makes no second message. `turn` handles two flows that write to one recipient.
"""

from dataclasses import replace

from sqlalchemy import Connection, Engine

from models.database.bulk import insert_rows
from models.database.engine import writing
from models.decisions import DECISION_COLUMNS
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

MESSAGE_COLUMNS = [
    "message_id",
    "client_id",
    "recipient",
    "touchpoint",
    "occasion",
    "flow",
    "purpose",
    "as_of",
    "due_on",
    "closes_on",
    "status",
    "segment",
    "tier",
    "subject",
    "sender_name",
    "variant",
    "fields",
    "run_id",
    "attempts",
]
CODE_COLUMNS = ["client_id", "code", "percent", "given_on", "valid_until", "touchpoint", "message_id"]


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
        sends = [decision for decision in chunk.decisions if decision.outcome == Outcome.SEND]
        own = [one for one in sends if one.client_id in chunk.recipients]
        clients = _clients_with_codes(connection, key, chunk, own)
        prepared = {id(one): chunk.prepared[one.client_id] for one in sends if one.client_id not in chunk.recipients}
        prepared |= {
            id(one): prepare(renderer, one, clients[one.client_id], chunk.recipients[one.client_id], key) for one in own
        }
        write_decisions(connection, chunk.decisions, run_id)
        rows = [
            message_row(renderer, key, decision, prepared.get(id(decision)), run_id, mode)
            for decision in chunk.decisions
            if decision.status
        ]
        insert_rows(connection, messages, MESSAGE_COLUMNS, rows, ignore_existing=True)
        write_codes(connection, [(decision, prepared[id(decision)]) for decision in sends])
    return chunk.decisions


def _clients_with_codes(
    connection: Connection, key: bytes, chunk: PlanChunk, sends: list[Decision]
) -> dict[str, Client]:
    """The clients that get a message, by id, each with its own code, made where there was none."""
    ids = {decision.client_id for decision in sends}
    clients = {client_id: chunk.recipients[client_id].client(client_id) for client_id in ids}
    codes = claim_codes(connection, key, [client_id for client_id in ids if not clients[client_id].code])
    return clients | {client_id: replace(clients[client_id], code=code) for client_id, code in codes.items()}


def write_decisions(connection: Connection, decisions: list[Decision], run_id: str) -> None:
    """Keep these decisions; one that is kept already stays as it is."""
    rows = [
        [
            one.as_of,
            str(one.flow),
            one.client_id,
            one.recipient,
            one.touchpoint,
            one.occasion,
            one.due_on,
            one.outcome.value,
            one.reason.value if one.reason else "",
            one.segment,
            one.tier,
            one.priority,
            ",".join(one.also),
            one.until,
            run_id,
        ]
        for one in decisions
    ]
    insert_rows(connection, decisions_table, [*DECISION_COLUMNS, "run_id"], rows, ignore_existing=True)


def message_row(
    renderer: Renderer, key: bytes, decision: Decision, mail: PreparedMail | None, run_id: str | None, mode: RunMode
) -> list[object]:
    """The row of MESSAGE_COLUMNS for a decision with a status; `mail` is None when no mail will go."""
    status = decision.status
    if status == MessageStatus.PLANNED and mode == RunMode.LOG:
        status = MessageStatus.LOGGED
    message_id = (
        mail.message_id if mail else message_id_of(key, decision.client_id, decision.touchpoint, decision.occasion)
    )
    return [
        message_id,
        decision.client_id,
        decision.recipient,
        decision.touchpoint,
        decision.occasion,
        str(decision.flow),
        renderer.kinds[decision.touchpoint].purpose.value,
        decision.as_of,
        decision.due_on,
        decision.closes_on,
        str(status),
        decision.segment,
        decision.tier,
        mail.subject if mail else None,
        mail.sender_name if mail else None,
        mail.variant_json if mail else None,
        mail.fields_json if mail else None,
        run_id,
        0,
    ]


def write_codes(connection: Connection, sends: list[tuple[Decision, PreparedMail]]) -> None:
    """Keep the codes that these mails give, from the day of their decision."""
    rows = [
        [
            decision.client_id,
            mail.code.code,
            mail.code.percent,
            decision.as_of,
            mail.code.valid_until,
            decision.touchpoint,
            mail.message_id,
        ]
        for decision, mail in sends
        if mail.code
    ]
    insert_rows(connection, discount_codes, CODE_COLUMNS, rows, ignore_existing=True)
