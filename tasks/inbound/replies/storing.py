"""Takes in one mail: kept once, made an interaction of its client, its one wish fulfilled, all in one transaction."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Engine, insert, select

from models.database.bulk import insert_rows
from models.database.engine import writing_durably
from models.erased import erased_among
from models.suppressions import suppress
from models.tables import activity, inbound_mails, interactions
from programme.inbound.incoming import Incoming
from programme.inbound.replies import (
    ORIGIN,
    IncomingKind,
    interaction_id_of,
    is_unsubscribe,
    machine_standing,
    mail_id_of,
    subject_of,
    words_of,
)
from programme.words.dates import day_in_amsterdam
from programme.words.states import ActivityKind, Channel, Direction, SuppressionReason
from tasks.inbound.replies.mailbox import Mailbox
from tasks.inbound.replies.whose import Owner, find_owner

COLUMNS = (
    "mail_id", "standing", "received_at", "received_on", "sender", "client_id", "message_id", "interaction_id",
    "subject", "words", "content", "content_type",
)  # fmt: skip


class TakenIn(NamedTuple):
    """What became of a mail; `is_new` is False when it had come in before, and nothing was written."""

    mail_id: str
    standing: IncomingKind
    is_new: bool


def take_in(
    engine: Engine, mailbox: Mailbox, mail: Incoming, content_type: str, content: bytes, received_at: datetime
) -> TakenIn:
    """Take in a mail, in one transaction that survives a power cut. Safe to repeat: the same mail is kept once.

    Args:
        content: the request that it came in, kept until the mail was forwarded.
        received_at: aware; its day in Amsterdam is the day of the interaction.
    """
    mail_id, day = mail_id_of(mail), day_in_amsterdam(received_at)
    standing = machine_standing(mail, mailbox.our_addresses, mailbox.domain)
    with writing_durably(engine) as connection:
        owner = None if standing else find_owner(connection, mailbox, mail, day)
        standing = standing or (IncomingKind.CLIENT if owner else IncomingKind.UNKNOWN)
        row = [mail_id, standing.value, received_at, day, *_kept(mail, standing, owner, content, content_type)]
        if not insert_rows(connection, inbound_mails, COLUMNS, [row], ignore_existing=True):
            return TakenIn(mail_id, standing, False)
        if owner:
            make_interaction(connection, mail_id, owner.client_id, received_at)
        if standing in (IncomingKind.CLIENT, IncomingKind.UNKNOWN) and is_unsubscribe(mail):
            _unsubscribe(connection, mailbox, owner, mail.sender, received_at)
    return TakenIn(mail_id, standing, True)


def make_interaction(connection: Connection, mail_id: str, client_id: str, received_at: datetime) -> str:
    """The inbound interaction of a mail of this client, on the day it came; its id. Safe to repeat."""
    interaction_id = interaction_id_of(mail_id)
    add_interaction(connection, interaction_id, client_id, received_at)
    return interaction_id


def add_interaction(connection: Connection, interaction_id: str, client_id: str, received_at: datetime) -> None:
    """The same under an id of its own."""
    day = day_in_amsterdam(received_at)
    known = select(interactions.c.interaction_id).where(interactions.c.interaction_id == interaction_id)
    if connection.execute(known).first() is None:
        connection.execute(
            insert(interactions).values(
                interaction_id=interaction_id,
                client_id=client_id,
                occurred_on=day,
                direction=Direction.IN.value,
                channel=Channel.EMAIL.value,
                occurred_at=received_at,
                is_reply=True,
                origin=ORIGIN,
            )
        )
        connection.execute(
            insert(activity).values(
                client_id=client_id,
                kind=ActivityKind.INTERACTION_IN.value,
                source_id=interaction_id,
                occurred_on=day,
            )
        )


def _kept(
    mail: Incoming, standing: IncomingKind, owner: Owner | None, content: bytes, content_type: str
) -> tuple[object, ...]:
    """What is kept of it: of what no person wrote to us, nothing."""
    if standing not in (IncomingKind.CLIENT, IncomingKind.UNKNOWN):
        return ("", None, None, None, None, None, None, None)
    client_id, message_id = (owner.client_id, owner.message_id) if owner else (None, None)
    interaction_id = interaction_id_of(mail_id_of(mail)) if owner else None
    return (
        mail.sender, client_id, message_id, interaction_id, subject_of(mail), words_of(mail), content, content_type,
    )  # fmt: skip


def _unsubscribe(connection: Connection, mailbox: Mailbox, owner: Owner | None, sender: str, at: datetime) -> None:
    """Of the address that our mail went to, and of the one that the wish came from.

    That of an erased person gets nothing as it is, and is not to stand on a list in plain.
    """
    addresses = {owner.recipient, sender} if owner else {sender}
    for address in sorted(addresses - {""} - erased_among(connection, mailbox.keys, addresses)):
        suppress(
            connection,
            address,
            SuppressionReason.UNSUBSCRIBE,
            day_in_amsterdam(at),
            source=ORIGIN,
            changed_at=at,
            message_id=owner.message_id if owner else None,
        )
