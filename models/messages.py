"""The message log: one row for each (client, touchpoint, occasion) that we acted on, with its status."""

from datetime import date, datetime

from sqlalchemy import BigInteger, DateTime, Index, Integer, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.database.columns import key, optional_key

# Condition of the queue's partial index. A query must repeat it literally (not as a parameter) to use that index.
PLANNED = "status = 'planned'"


class MessageRow(SQLModel, table=True):
    """One e-mail to one recipient, or the mark that there will be none (superseded, repeated, held_out …).

    Attributes:
        message_id: 32 hex digits, derived from client, touchpoint and occasion (contract section 2).
        as_of: the day of the message; a later run that takes it up sets its own day.
        closes_on: last day of the occasion's window; a message still planned after it expires.
        variant: the choices of the template's blocks, as JSON; with `fields` it is all that rendering needs.
        fields: the recipient's own values, as JSON, unescaped.
        request_id, lease_until: the claim. A message that is claimed but not on the wire still has status planned.
        not_before: the earliest moment of the next claim, because a provider asked us to wait.
        reason: why it was cancelled.
        is_tracked: whether the provider was asked to report opens; None until the message was handed over.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("client_id", "touchpoint", "occasion", name="uq_messages_key"),
        Index("ix_messages_recipient", "recipient", "as_of"),
        Index("ix_messages_day", "as_of"),
        # The queue. On PostgreSQL no index covers the status: then a change of status stays inside its page (a HOT
        # update), which makes sending three times as fast.
        Index("ix_messages_queue", "as_of", "id", sqlite_where=text(PLANNED)),
    )

    id: int | None = Field(default=None, sa_type=BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    message_id: str = key(unique=True)
    client_id: str = key()
    recipient: str = key()
    touchpoint: str = key()
    occasion: str = key()
    flow: str
    purpose: str
    as_of: date
    due_on: date
    closes_on: date
    status: str
    segment: str | None = None
    tier: str | None = None
    subject: str | None = None
    sender_name: str | None = None
    variant: str | None = Field(default=None, sa_type=Text)
    fields: str | None = Field(default=None, sa_type=Text)
    run_id: str | None = optional_key()
    provider_id: str | None = optional_key()
    attempts: int = 0
    request_id: str | None = optional_key()
    lease_until: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    not_before: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    settled_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    reason: str | None = None
    is_tracked: bool | None = None
