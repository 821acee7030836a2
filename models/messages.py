"""The message log: one row for each (client, touchpoint, occasion) that we acted on, with its status.

The log is a view of two tables that share their ids. `message_plans` has what a message says and to whom, written when
it is planned; `message_states` has the few columns that its delivery changes, so that sending a million mails rewrites
narrow rows (decision 0013); `message_variants` has the choices that thousands of messages share (decision 0015).
Readers read `messages`; only an outer join names its tables, because SQLite would first make all of the view for it.
models.database.bulk fills all of them. What changes many rows at once updates the table that has the column; single
rows can be written through the view as well.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Index, Integer, MetaData, Table, Text
from sqlmodel import Field, SQLModel

from models.database.columns import key, optional_key
from models.database.rows import Row

# Condition of the queue's partial index. A query must repeat it literally (not as a parameter) to use that index.
PLANNED = "status = 'planned'"
# The columns of message_states beside the id.
OF_STATE = (
    "as_of",
    "status",
    "attempts",
    "request_id",
    "not_before",
    "provider_id",
    "settled_at",
    "reason",
    "is_tracked",
)


class MessageRow(Row, table=True):
    """One e-mail to one recipient, or the mark that there will be none (superseded, repeated, held_out …).

    Attributes:
        message_id: 32 hex digits, derived from client, touchpoint and occasion (contract section 2).
        as_of: the day of the message; a later run that takes it up sets its own day.
        closes_on: last day of the occasion's window; a message still planned after it expires.
        variant: the choices of the template's blocks, as JSON; with `fields` it is all that rendering needs.
        fields: the recipient's own values, as JSON, unescaped.
        request_id: the request that carried it last. A message that is claimed but not on the wire has none yet.
        not_before: the earliest moment of the next claim, because a provider asked us to wait.
        reason: why it was cancelled.
        is_tracked: whether the provider was asked to report opens; None until the message was handed over.
        discount_id: the discount code that it gives; many messages give the same.
        priority: of the decision to send it, which the log has here (models/decisions.py); None when that stands apart.
    """

    __tablename__ = "messages"

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
    not_before: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    settled_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    reason: str | None = None
    is_tracked: bool | None = None
    discount_id: int | None = Field(default=None, sa_type=BigInteger)
    priority: int | None = None


class MessageVariantRow(Row, table=True):
    """The choices of a template's blocks that many messages share, as JSON; no two rows have the same.

    They are a template's and a marketer's words, not those of a client, so they outlive the messages.
    """

    __tablename__ = "message_variants"
    # On PostgreSQL, whose ordinary indexes take no long text, a constraint over its hash.
    __table_args__ = (Index("uq_message_variants", "variant", unique=True),)

    id: int | None = Field(default=None, sa_type=BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    variant: str = Field(sa_type=Text)


_LOG = SQLModel.metadata.tables[MessageRow.__tablename__]
_PARTS = MetaData()  # of their own: whoever goes through all tables meets each message once, in the log
_VARIANT_ID = Column("variant_id", BigInteger)  # also the last column of the view, for who groups by it


def _part(name: str, columns: list["Column[Any]"]) -> Table:
    own = [_LOG.c.id, *columns]
    return Table(name, _PARTS, *(Column(each.name, each.type, primary_key=each.primary_key) for each in own))


_of_plan = [one for one in _LOG.c if one.name not in ("id", "variant", *OF_STATE)]
message_states = _part("message_states", [_LOG.c[name] for name in OF_STATE])
message_plans = _part("message_plans", [*_of_plan, _VARIANT_ID])
_LOG.info["parts"] = (message_plans, message_states)
_LOG.info["whole"] = _part("messages", [*_of_plan, *(_LOG.c[name] for name in OF_STATE), _VARIANT_ID])
_LOG.info["shared"] = {"variant": SQLModel.metadata.tables[MessageVariantRow.__tablename__]}
_LOG.info["told_by"] = "message_id"
