"""Clients, their earlier addresses, the suppression list, and the codes of each client."""

from datetime import date, datetime

from sqlalchemy import BigInteger, DateTime, Index, Integer
from sqlmodel import Field

from models.database.columns import key, partial_index
from models.database.rows import Row
from programme.words.naming.names import DEATH_MARKS

# Every tick asks whose name notes a death. A query must repeat this condition literally to use its partial index.
MAY_NOTE_DEATH = "(" + " OR ".join(f"lower(name) LIKE '%{mark}%'" for mark in DEATH_MARKS) + ")"

# Condition of the partial index that models.present.gone_clients reads.
IS_GONE = "held_on IS NOT NULL"


class ClientRow(Row, table=True):
    """A client record of the CRM.

    Attributes:
        email: the address as the client wrote it, when it is valid.
        recipient: that address trimmed and lower-cased, its domain in ASCII; "" without a valid one. Two records
            with one recipient are one person to us.
        id_crc32: crc32 of the client id as UTF-8; the season's spread is taken from it.
        partner_since: day from which a signed agreement makes the client a partner, who earns commission.
        consent_told_on, channel_told_on, phone_consent_told_on: day on which the client said so to us, which outranks
            the export; a `no` of the export counts all the same.
        erased_on: day on which the person's data were erased on request.
        held_on: day on which the export no longer had the client; see models.present.
    """

    __tablename__ = "clients"
    __table_args__ = (
        # Covering: a day asks who shares an address with those who are due, and reads no row for nearly all of them.
        Index("ix_clients_recipient", "recipient", "client_id", "held_on"),
        partial_index("ix_clients_noted", "client_id", where=MAY_NOTE_DEATH),
        # The day leads, or SQLite would rather read all of the index above.
        partial_index("ix_clients_gone", "held_on", "client_id", where=IS_GONE),
    )

    client_id: str = key(primary_key=True)
    name: str
    email: str | None = None
    recipient: str = key()
    phone: str | None = None
    kind: str
    consent: str
    consent_told_on: date | None = None
    channel: str
    channel_told_on: date | None = None
    phone_consent: bool | None = None
    phone_consent_told_on: date | None = None
    tracking_consent: bool | None = None
    iban: str | None = None
    iban_holder: str | None = None
    created_on: date | None = None
    partner_since: date | None = None
    erased_on: date | None = None
    held_on: date | None = None
    id_crc32: int = Field(sa_type=BigInteger)


class EarlierRecipientRow(Row, table=True):
    """An earlier address of a client record; an opt-out under it still binds us. A trigger writes the rows."""

    __tablename__ = "earlier_recipients"

    client_id: str = key(primary_key=True)
    recipient: str = key(primary_key=True)


class SuppressionRow(Row, table=True):
    """An address that gets no mail from `since` on, whatever the reason.

    Attributes:
        pushed_at: when it was put on the provider's own list too, as a second safety net.
    """

    __tablename__ = "suppressions"

    email: str = key(primary_key=True)
    reason: str
    since: date
    pushed_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class ErasedAddressRow(Row, table=True):
    """An address of an erased person, as an HMAC under the secret key: whoever brings it back, nothing goes there."""

    __tablename__ = "erased_addresses"

    hash: str = key(primary_key=True)
    erased_on: date


class ClientCodeRow(Row, table=True):
    """A client's own code, stored on first use, so that a new secret key does not change it."""

    __tablename__ = "client_codes"

    client_id: str = key(primary_key=True)
    code: str = key(unique=True)


class DiscountCodeRow(Row, table=True):
    """A discount that mails of one day gave; the messages name it (`MessageRow.discount_id`).

    A campaign's code is one row for all who got it, the code that comes with a tier is one client's own.

    Attributes:
        valid_until: None when it lasts as long as the tier.
    """

    __tablename__ = "discount_codes"
    __table_args__ = (Index("ix_discount_codes", "code", "given_on"),)

    id: int | None = Field(default=None, sa_type=BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    code: str = key()
    percent: int
    given_on: date
    valid_until: date | None = None
