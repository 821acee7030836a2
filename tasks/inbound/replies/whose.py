"""Of whom a mail is: by the token it was sent to, else by the mail that it answers, else by its sender."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from models.present import clients
from models.tables import messages
from programme.inbound.incoming import Incoming
from programme.words.states import COUNTING_STATUSES
from tasks.inbound.replies.mailbox import Mailbox

MOST_REFERENCES = 20  # Message-IDs that are looked up, the nearest first


class Owner(NamedTuple):
    """Whose mail it is.

    Attributes:
        message_id: the message that it answers; None when only its sender is known.
        recipient: the address that our mail went to, or that this mail came from.
        client_id: the record with the latest message to that address, then the smallest id.
    """

    message_id: str | None
    recipient: str
    client_id: str


def find_owner(connection: Connection, mailbox: Mailbox, mail: Incoming, day: date) -> Owner | None:
    """Whose mail it is on that day; None for mail from nobody we know."""
    for row in _answered(connection, mailbox, mail):
        client_id = _record_of(connection, row.recipient, day) or _standing_client(connection, row.client_id)
        if client_id:
            return Owner(row.message_id, row.recipient, client_id)
    if not mail.sender:
        return None
    found = _record_of(connection, mail.sender, day) or _former_record(connection, mail.sender, day)
    return Owner(None, mail.sender, found) if found else None


def _answered(connection: Connection, mailbox: Mailbox, mail: Incoming) -> list[Any]:
    """The messages that it may answer, the surest first."""
    by_token = mailbox.reply.message_of(mailbox.keys, mail.addressed) if mailbox.reply else None
    found = _messages_where(connection, messages.c.message_id == by_token) if by_token else []
    for reference in mail.replied[:MOST_REFERENCES]:
        found += _by_reference(connection, reference, mail.sender)
    return found


def _by_reference(connection: Connection, reference: str, sender: str) -> list[Any]:
    """The message with this Message-ID: our own id in the outbox, the provider's id of a request elsewhere.

    A request carries many messages; of those, the one to this sender, or the only one.
    """
    name = reference.partition("@")[0]
    own = _messages_where(connection, messages.c.message_id == name.lower())
    if own:
        return own
    of_request = messages.c.provider_id == name
    to_sender = _messages_where(connection, of_request & (messages.c.recipient == sender))
    if to_sender:
        return to_sender
    every = _messages_where(connection, of_request)
    return every if len(every) == 1 else []


def _messages_where(connection: Connection, condition: Any) -> list[Any]:
    query = select(*messages.c["message_id", "client_id", "recipient"]).where(condition, messages.c.recipient != "")
    return list(connection.execute(query.limit(2)))


def _record_of(connection: Connection, recipient: str, day: date) -> str | None:
    """The record of this address with the latest message to it, then the smallest id; None when no record has it."""
    latest = (
        select(messages.c.client_id, func.max(messages.c.as_of).label("day"))
        .where(messages.c.recipient == recipient, messages.c.as_of <= day, _went())
        .group_by(messages.c.client_id)
        .subquery()
    )
    query = (
        select(clients.c.client_id)
        .outerjoin(latest, latest.c.client_id == clients.c.client_id)
        .where(clients.c.recipient == recipient, clients.c.erased_on.is_(None))
        .order_by(latest.c.day.desc().nulls_last(), clients.c.client_id)
    )
    return connection.execute(query.limit(1)).scalar()


def _former_record(connection: Connection, recipient: str, day: date) -> str | None:
    """The record that this address belonged to when we last wrote to it."""
    query = (
        select(messages.c.client_id)
        .join(clients, clients.c.client_id == messages.c.client_id)
        .where(messages.c.recipient == recipient, messages.c.as_of <= day, _went(), clients.c.erased_on.is_(None))
        .order_by(messages.c.as_of.desc(), messages.c.client_id)
    )
    return connection.execute(query.limit(1)).scalar()


def _standing_client(connection: Connection, client_id: str) -> str | None:
    query = select(clients.c.client_id).where(clients.c.client_id == client_id, clients.c.erased_on.is_(None))
    return connection.execute(query).scalar()


def _went() -> Any:
    statuses: Sequence[str] = sorted(COUNTING_STATUSES)
    return messages.c.status.in_(statuses)
