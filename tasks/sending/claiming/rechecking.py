"""Checks rules 1 to 3b and 6 again when a message is claimed, as far as they apply to its kind, on today's facts."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, select

from models.database import clock
from models.database.given import in_values
from models.tables import message_states, messages
from programme.facts.records import Client, Recipient
from programme.rules.decide import recheck_reason
from programme.sending.state_changes import Cause
from programme.terms.schema import Programme
from programme.words.dates import day_in_amsterdam
from programme.words.states import MessageStatus, Reason
from tasks.clients.facts.audience import read_recipients
from tasks.sending.messenger import Letter
from tasks.sending.status_changes import change_status


class Rechecked(NamedTuple):
    """What does not go now.

    Attributes:
        cancelled: messages by reason.
        held: ids that wait for a case to close.
        moved: ids that wait for the run that says them anew, for another address of their client.
        out: all ids that do not go now.
    """

    cancelled: dict[Reason, int]
    held: list[int]
    moved: list[int]
    out: frozenset[int]


def known_on(connection: Connection, as_of: date) -> date:
    """The day whose facts decide who may be mailed: today at least, because a mail of a past day arrives today.

    Each claim asks anew: a delivery that began before midnight mails nobody who opted out after it.
    """
    return max(as_of, day_in_amsterdam(clock.read_now(connection)))


def recheck(connection: Connection, programme: Programme, as_of: date, suspects: Collection[Letter]) -> Rechecked:
    """Judge the few messages that SQL could not clear, by the facts as of a day, and cancel those that may not go."""
    recipients = read_recipients(connection, programme, {letter.client_id for letter in suspects}, as_of)
    known = {client.client_id: (recipient, client) for recipient in recipients for client in recipient.clients}
    by_reason: dict[Reason, list[int]] = defaultdict(list)
    moved: list[int] = []
    occasions = _occasions(connection, programme, suspects)
    for letter in suspects:
        if reason := reason_now(programme, as_of, letter, known, occasions.get(letter.id, "")):
            by_reason[reason].append(letter.id)
        elif known[letter.client_id][0].address != letter.recipient:
            moved.append(letter.id)
    out = frozenset(moved).union(*by_reason.values())
    held = by_reason.pop(Reason.OPEN_CASE, [])
    for reason, ids in by_reason.items():
        cancel(connection, ids, reason)
    return Rechecked({reason: len(ids) for reason, ids in by_reason.items()}, held, moved, out)


def reason_now(
    programme: Programme,
    as_of: date,
    letter: Letter,
    known: Mapping[str, tuple[Recipient, Client]],
    occasion: str,
) -> Reason | None:
    """Why a letter may not go to its client as known today; None when it may.

    It is for the address that it was made for. For another one the next run makes a touchpoint's anew; nothing makes
    those of campaigns and rooms anew, so for them another address counts as none.
    """
    if letter.client_id not in known:
        return Reason.NO_ADDRESS
    recipient, client = known[letter.client_id]
    if recipient.address != letter.recipient and letter.touchpoint not in programme.touchpoints:
        return Reason.NO_ADDRESS
    return reason_by_facts(programme, as_of, letter, recipient, client, occasion)


def reason_by_facts(
    programme: Programme, as_of: date, letter: Letter, recipient: Recipient, client: Client, occasion: str
) -> Reason | None:
    """Why a mail like this letter may not go to the recipient of today; None when it may."""
    kind = programme.kinds.in_log(letter.touchpoint, letter.purpose)
    return recheck_reason(programme, kind, recipient, client, as_of, occasion)


def _occasions(connection: Connection, programme: Programme, letters: Collection[Letter]) -> dict[int, str]:
    """The occasion, by the message's own number, of the letters of whose occasion a rule may ask."""
    asked = [letter.id for letter in letters if programme.kinds.in_log(letter.touchpoint, letter.purpose).until_built]
    if not asked:
        return {}
    query = select(messages.c.id, messages.c.occasion).where(in_values(messages.c.id, asked))
    return dict(connection.execute(query).tuples().all())


def cancel(connection: Connection, ids: Collection[int], reason: str) -> int:
    """Cancel the messages that are still planned, and return their number."""
    these = in_values(message_states.c.id, ids)
    values = {"reason": str(reason), "settled_at": clock.now()}
    return change_status(connection, Cause.WITHDRAWAL, MessageStatus.CANCELLED, these, **values)
