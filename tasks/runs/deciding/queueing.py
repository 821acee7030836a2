"""Stores the decisions of a plan and the messages they make, in one transaction per chunk.

The unique key (client, touchpoint, occasion) makes this safe to run twice, and by two runs at once: the second finds
the key taken and makes no second message. `turn` handles two flows that write to one recipient.

A decision to send stands on the message that it makes; all others, and one that finds the key taken, are rows of their
own. Rows are made column by column; what is the same for many who are alike is made once.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Engine, select

from models.database.bulk import Columns, insert_columns
from models.database.engine import writing
from models.database.given import in_values
from models.tables import messages, other_decisions
from programme.facts.records import Recipient
from programme.rules.decide import Decision
from programme.words.states import MessageStatus, Outcome, RunMode
from programme.words.tokens import message_id_of
from tasks.base.memory import without_cycle_search
from tasks.clients.codes import claim_codes
from tasks.mail.logged import OF_MAIL, PreparedMail, columns_of
from tasks.mail.preparing import Send, prepare, prepare_all
from tasks.mail.render import Renderer, with_code
from tasks.mail.sharing import holds_own_code
from tasks.runs.deciding.chunks import DecidedAlike, PlanChunk
from tasks.runs.deciding.composing import compose
from tasks.runs.deciding.concurrency import Turn
from tasks.runs.deciding.discounts import discount_ids

# The columns that a message and a decision take from the decision as it is.
_OF_MESSAGE = (
    "client_id",
    "recipient",
    "touchpoint",
    "occasion",
    "as_of",
    "due_on",
    "closes_on",
    "segment",
    "tier",
    "priority",
)
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
_KEY = ("client_id", "touchpoint", "occasion")
_NO_MAIL: Any = (None,) * len(OF_MAIL)

Request = tuple[str, str, bool]
"""What messages of one request share: the touchpoint, the variant, and whether opens are measured.

The last is guessed here; delivery judges it by all records of the address.
"""

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
) -> PlanChunk:
    """Write a chunk's decisions, its messages (planned or logged) and their discount codes.

    Args:
        turn: the run's turn, so that what another run wrote meanwhile counts; None when there can be no other run.

    Returns:
        The chunk as stored.
    """
    chunk = compose(engine, renderer, key, chunk)
    with writing(engine) as connection:
        if turn is not None:
            chunk = turn.current(connection, chunk)
        made = list(_mails(connection, renderer, key, chunk))
        all_are_new = _write(connection, key, _blocks(renderer, mode, chunk, made), run_id)
        apart = [one for one in chunk.decisions if one.outcome != Outcome.SEND]
        if not all_are_new:
            apart += _not_standing(connection, chunk, made)
        alike = [each for each in chunk.alike if each.decision.outcome != Outcome.SEND]
        write_decisions(connection, apart, run_id, alike)
    return chunk


def _mails(connection: Connection, renderer: Renderer, key: bytes, chunk: PlanChunk) -> Iterator[Made]:
    """The decisions about one recipient each that make a message, each with its mail."""
    making = [one for one in chunk.decisions if one.status]
    own = [one for one in making if one.outcome == Outcome.SEND]
    sends = [_send_of(one, chunk.recipients[one.client_id]) for one in own]
    prepared = iter(_with_stored_codes(connection, renderer, key, sends, prepare_all(renderer, sends, key)))
    for one in making:
        yield one, next(prepared) if one.outcome == Outcome.SEND else None


def _blocks(renderer: Renderer, mode: RunMode, chunk: PlanChunk, made: Sequence[Made]) -> list[Columns]:
    """The messages of a chunk, request by request: neighbours in one request change few pages of the database.

    Args:
        made: those of one recipient each.
    """
    by_request: dict[Request, list[Made]] = defaultdict(list)
    for each in made:
        by_request[_request_of(chunk, *each)].append(each)
    blocks = [(request, _columns_of(renderer, mode, those)) for request, those in by_request.items()]
    for alike in chunk.alike:
        if alike.decision.status:
            request = alike.decision.touchpoint, alike.mails["variant"][0] if alike.mails else "", alike.is_followed
            blocks.append((request, _stretched(_columns_of(renderer, mode, [(alike.decision, None)]), alike)))
    return [block for _, block in sorted(blocks, key=itemgetter(0))]


def _request_of(chunk: PlanChunk, decision: Decision, mail: PreparedMail | None) -> Request:
    client = chunk.recipients[decision.client_id].client(decision.client_id)
    return decision.touchpoint, mail.variant_json if mail else "", bool(client.tracking_consent)


def _stretched(one: Columns, alike: DecidedAlike) -> Columns:
    """The columns of the one decision for each of those alike, with what is their own, and their mails."""
    count = len(alike.client_ids)
    own = {**alike.own, **(alike.mails or {})}
    return {name: own[name] if name in own else [value] * count for name, (value,) in one.items()}


def _send_of(decision: Decision, recipient: Recipient) -> Send:
    return decision, recipient.client(decision.client_id), recipient


def _with_stored_codes(
    connection: Connection, renderer: Renderer, key: bytes, sends: Sequence[Send], mails: list[PreparedMail]
) -> list[PreparedMail]:
    """The mails, once the codes that they hold are stored for clients who had none.

    A mail holds the code that its client would get; where another client has that one, it is prepared again.
    """
    new = {
        client.client_id
        for (decision, client, _), mail in zip(sends, mails, strict=True)
        if not client.code and _holds_own_code(renderer, decision, mail)
    }
    codes = claim_codes(connection, key, new)
    for place, (decision, client, recipient) in enumerate(sends):
        code = codes.get(client.client_id)
        if code is not None and code != with_code(client, key).code:
            mails[place] = prepare(renderer, decision, replace(client, code=code), recipient, key)
    return mails


def _holds_own_code(renderer: Renderer, decision: Decision, mail: PreparedMail) -> bool:
    gives_it = mail.code is not None and mail.code.is_own
    return holds_own_code(renderer.compiled(decision.touchpoint, mail.variant_json), gives_it)


def write_decisions(
    connection: Connection, decisions: Sequence[Decision], run_id: str, alike: Sequence[DecidedAlike] = ()
) -> None:
    """Keep these decisions, which stand on no message; one that is kept already stays as it is."""
    blocks = [_columns_of_decisions(decisions)] if decisions else []
    blocks += [_stretched(_columns_of_decisions([each.decision]), each) for each in alike]
    if not blocks:
        return
    given = _joined(blocks)
    given["run_id"] = [run_id] * len(given["client_id"])
    insert_columns(connection, other_decisions, given, ignore_existing=True)


def _columns_of_decisions(decisions: Sequence[Decision]) -> Columns:
    own = _turned(decisions)
    return {
        **{name: own[name] for name in _OF_DECISION},
        "flow": _each(str, own["flow"]),
        "outcome": _each(str, own["outcome"]),
        "reason": _each(lambda reason: str(reason or ""), own["reason"]),
        "also": _each(",".join, own["also"]),
    }


def _not_standing(connection: Connection, chunk: PlanChunk, made: Sequence[Made]) -> list[Decision]:
    """The decisions to send that stand on no message of their day, because it was there already."""
    sent = {mail.message_id: decision for decision, mail in made if mail}
    for alike in chunk.alike:
        if alike.mails:
            sent.update(zip(alike.mails["message_id"], alike.decisions(), strict=True))
    query = select(messages.c.message_id, messages.c.as_of).where(
        in_values(messages.c.message_id, sent), messages.c.priority.is_not(None)
    )
    standing = {(row.message_id, row.as_of) for row in connection.execute(query)}
    return [one for message_id, one in sent.items() if (message_id, one.as_of) not in standing]


def write_messages(
    connection: Connection, renderer: Renderer, key: bytes, made: Sequence[Made], run_id: str | None
) -> None:
    """Write the messages of decisions that are not kept; one whose key the log has already stays as it is."""
    blocks = [_columns_of(renderer, RunMode.SEND, made)] if made else []
    _write(connection, key, [{**block, "priority": [None] * len(made)} for block in blocks], run_id)


def _columns_of(renderer: Renderer, mode: RunMode, made: Sequence[Made]) -> Columns:
    """The messages of decisions with a status, which stand on them."""
    own = _turned([decision for decision, _ in made])
    planned_as = MessageStatus.LOGGED if mode == RunMode.LOG else MessageStatus.PLANNED
    statuses = [decision.status for decision, _ in made]
    return {
        **{name: own[name] for name in _OF_MESSAGE},
        "flow": _each(str, own["flow"]),
        "purpose": _each(lambda touchpoint: renderer.kinds[touchpoint].purpose.value, own["touchpoint"]),
        "status": _each(lambda status: str(planned_as if status == MessageStatus.PLANNED else status), statuses),
        **columns_of([mail or _NO_MAIL for _, mail in made]),
    }


def _write(connection: Connection, key: bytes, blocks: Sequence[Columns], run_id: str | None) -> bool:
    """Write messages, block by block; one whose key the log has already stays as it is.

    Returns:
        Whether none of the keys was taken.
    """
    if not blocks:
        return True
    given = _joined(blocks)
    count = len(given["client_id"])
    ids, keys = given["message_id"], zip(*(given[name] for name in _KEY), strict=True)
    given |= {
        "message_id": [known or message_id_of(key, *of) for known, of in zip(ids, keys, strict=True)],
        # Only a decision to send stands on its message.
        "priority": [each if known else None for known, each in zip(ids, given["priority"], strict=True)],
        "discount_id": discount_ids(connection, given["as_of"], given.pop("code")),
        "run_id": [run_id] * count,
        "attempts": [0] * count,
    }
    return insert_columns(connection, messages, given, ignore_existing=True) == count


def _joined(blocks: Sequence[Columns]) -> dict[str, list[Any]]:
    """The blocks as one."""
    return {name: list(chain.from_iterable(block[name] for block in blocks)) for name in blocks[0]}


def _turned(decisions: Sequence[Decision]) -> dict[str, tuple[Any, ...]]:
    """The columns of these decisions, by name."""
    return dict(zip(Decision._fields, zip(*decisions, strict=True), strict=True))


def _each(convert: Callable[[Any], Any], values: Sequence[Any]) -> list[Any]:
    """Each value converted, and each distinct one only once: thousands of decisions share a few."""
    known = {value: convert(value) for value in set(values)}
    return list(map(known.__getitem__, values))
