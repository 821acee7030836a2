"""Mail from nobody we know: a person links it to a client, or puts it aside."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, select, update
from sqlalchemy.sql.elements import ColumnElement

from models.database import clock
from models.present import clients
from models.tables import inbound_mails
from programme.inbound.replies import IncomingKind
from programme.words.dates import day_in_amsterdam
from tasks.inbound.replies.storing import make_interaction

LINKED = "linked"
PUT_ASIDE = "put_aside"


class MailNotOpen(Exception):
    """There is no such mail that waits."""


class NoSuchClient(Exception):
    """There is no such client, or it was erased."""


class UnknownMail(NamedTuple):
    """A mail that waits for somebody to say whose it is; everything in it but the moment is the sender's."""

    mail_id: str
    received_at: datetime
    sender: str
    subject: str
    words: str


class LinkedMail(NamedTuple):
    """The interaction that a mail became, and the day it came."""

    interaction_id: str
    came_on: date


def count_unknown(connection: Connection) -> int:
    """The number of mails that wait."""
    return int(connection.execute(select(func.count()).select_from(inbound_mails).where(_waits())).scalar_one())


def list_unknown(connection: Connection, limit: int, offset: int = 0) -> list[UnknownMail]:
    """The mails that wait, the oldest first."""
    columns = inbound_mails.c["mail_id", "received_at", "sender", "subject", "words"]
    query = select(*columns).where(_waits()).order_by(inbound_mails.c.received_at, inbound_mails.c.mail_id)
    return [
        UnknownMail(row.mail_id, clock.aware(row.received_at), row.sender, row.subject or "", row.words or "")
        for row in connection.execute(query.limit(limit).offset(offset))
    ]


def link_to_client(connection: Connection, mail_id: str, client_id: str, by_name: str, at: datetime) -> LinkedMail:
    """Make the mail an interaction of this client, dated the day it came.

    A `reply` task follows in the next tick of care, of a mail that is not too old for one.

    Raises:
        MailNotOpen: it does not wait any more.
        NoSuchClient: the client does not exist, or was erased.
    """
    known = select(clients.c.client_id).where(clients.c.client_id == client_id, clients.c.erased_on.is_(None))
    if connection.execute(known).first() is None:
        raise NoSuchClient(f"there is no client {client_id}")
    _settle(connection, mail_id, LINKED, by_name, at)
    of_mail = select(inbound_mails.c.received_at).where(inbound_mails.c.mail_id == mail_id)
    received_at = clock.aware(connection.execute(of_mail).scalar_one())
    interaction_id = make_interaction(connection, mail_id, client_id, received_at)
    values = {"client_id": client_id, "interaction_id": interaction_id}
    connection.execute(update(inbound_mails).where(inbound_mails.c.mail_id == mail_id).values(values))
    return LinkedMail(interaction_id, day_in_amsterdam(received_at))


def put_aside(connection: Connection, mail_id: str, by_name: str, at: datetime) -> None:
    """Take the mail off the list; nothing else comes of it. Raises MailNotOpen."""
    _settle(connection, mail_id, PUT_ASIDE, by_name, at)


def _settle(connection: Connection, mail_id: str, as_what: str, by_name: str, at: datetime) -> None:
    """Of two who settle it at once, the second hears that it was settled."""
    values = {"settled_at": at, "settled_by": by_name, "settled_as": as_what}
    open_one = update(inbound_mails).where(inbound_mails.c.mail_id == mail_id, _waits())
    if not connection.execute(open_one.values(values)).rowcount:
        raise MailNotOpen("this mail does not wait any more; somebody has linked it or put it aside")


def _waits() -> ColumnElement[bool]:
    return (inbound_mails.c.standing == IncomingKind.UNKNOWN.value) & inbound_mails.c.settled_at.is_(None)
