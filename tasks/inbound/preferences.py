"""The preference page of a recipient: what stands now and why he gets mail, and the choices that he makes."""

from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Connection, Engine, case, select

from models.consent import Chosen, Proof, choose
from models.database.engine import reading, writing_durably
from models.present import is_not_cancelled
from models.suppressions import is_opt_out
from models.tables import clients, messages, projects, quotes, referrals, suppressions
from programme.facts.preferences import wanted_at
from programme.facts.records import Preference
from programme.inbound.preferences import Choosing, Present, present_of
from programme.words.dates import day_in_amsterdam
from programme.words.states import Consent
from tasks.clients.facts.preferences import read_preferences

SOURCE = "preferences"


class Why(StrEnum):
    """Why somebody gets mail at all, the strongest reason first."""

    CONSENT = "consent"
    CLIENT = "client"
    QUOTE = "quote"
    REFERRAL = "referral"
    KNOWN = "known"


class PreferencePage(NamedTuple):
    """What the page shows.

    Attributes:
        refused: the client refused marketing, so of the topics only what is about the own work comes.
        has_delivery: a project was delivered, so the question whether it is built makes sense.
        has_chosen: a choice was made before, also one that was taken back since.
    """

    present: Present
    why: Why
    is_unsubscribed: bool
    refused: bool
    has_delivery: bool
    has_chosen: bool


def read_page(engine: Engine, message_id: str, today: date) -> PreferencePage | None:
    """The page of a message's recipient; None when there is no such message, or its client was erased."""
    with reading(engine) as connection:
        recipient = _recipient_of(connection, message_id)
        if recipient is None:
            return None
        off = select(suppressions.c.email).where(suppressions.c.email == recipient, is_opt_out())
        consents = set(connection.scalars(select(clients.c.consent).where(clients.c.recipient == recipient)))
        delivered = _deliveries(connection, recipient, today)
        choices = _choices(connection, recipient)
        return PreferencePage(
            _present(connection, recipient, choices, delivered, today),
            _why(connection, recipient, consents),
            connection.execute(off).first() is not None,
            Consent.NO in consents,
            bool(delivered),
            bool(choices),
        )


def keep_choices(engine: Engine, message_id: str, choices: tuple[Choosing, ...], at: datetime) -> bool:
    """Keep what a form changes for the recipient of a message, in one transaction that survives a power cut.

    Safe to repeat.

    Returns:
        False, with nothing done, where read_page returns None.
    """
    with writing_durably(engine) as connection:
        # The second click of a double click waits here for the first.
        connection.execute(select(messages.c.id).where(messages.c.message_id == message_id).with_for_update())
        recipient = _recipient_of(connection, message_id)
        if recipient is None:
            return False
        today, before = day_in_amsterdam(at), _choices(connection, recipient)
        delivered = _deliveries(connection, recipient, today)
        news = _present(connection, recipient, before, delivered, today).news(choices)
        proof = Proof(SOURCE, at, message_id=message_id)
        choose(connection, recipient, [Chosen(*one) for one in news], proof)
        return True


def _recipient_of(connection: Connection, message_id: str) -> str | None:
    """The present address of the message's client, who may have another one than when it was sent."""
    address = case((clients.c.recipient != "", clients.c.recipient), else_=messages.c.recipient)
    query = (
        select(address)
        .join_from(messages, clients, clients.c.client_id == messages.c.client_id)
        .where(messages.c.message_id == message_id, clients.c.erased_on.is_(None))
    )
    return connection.execute(query).scalar() or None


def _deliveries(connection: Connection, recipient: str, today: date) -> set[date]:
    own = projects.c
    query = (
        select(own.delivered_on)
        .join_from(projects, clients, clients.c.client_id == own.client_id)
        .where(clients.c.recipient == recipient, own.delivered_on <= today)
        .where(is_not_cancelled(today, projects))
    )
    return set(connection.scalars(query))


def _why(connection: Connection, recipient: str, consents: set[str]) -> Why:
    if Consent.YES in consents and Consent.NO not in consents:
        return Why.CONSENT
    mine = select(clients.c.client_id).where(clients.c.recipient == recipient)
    for reason, column in ((Why.CLIENT, projects.c.client_id), (Why.QUOTE, quotes.c.client_id)):
        if connection.execute(select(column).where(column.in_(mine)).limit(1)).first():
            return reason
    brought = referrals.c.referred_client_id.in_(mine)
    is_brought = connection.execute(select(referrals.c.referral_id).where(brought).limit(1)).first()
    return Why.REFERRAL if is_brought else Why.KNOWN


def _choices(connection: Connection, recipient: str) -> tuple[Preference, ...]:
    return read_preferences(connection, [recipient]).get(recipient, ())


def _present(
    connection: Connection,
    recipient: str,
    choices: tuple[Preference, ...],
    delivered: set[date],
    today: date,
) -> Present:
    records = connection.execute(
        select(clients.c.channel, clients.c.phone_consent).where(clients.c.recipient == recipient)
    ).all()
    channels = {row.channel for row in records}
    calls = {row.phone_consent for row in records if row.phone_consent is not None}
    return present_of(wanted_at(choices, today), channels, calls, delivered, today)
