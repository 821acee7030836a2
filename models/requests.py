"""The log of delivery requests, the limiter that all workers share, and the messages that were sent again."""

from datetime import date, datetime

from sqlalchemy import BigInteger, DateTime, Index, Integer, Text
from sqlmodel import Field

from models.database.columns import key, optional_key
from models.database.rows import Row


class RequestRow(Row, table=True):
    """One request to a provider: claimed, sent at most once, and its result. Never deleted.

    Attributes:
        delivery: the provider (outbox, sendgrid).
        worker: host, process and its start; a claim of a dead process need not wait for the end of its lease.
        state: a programme.sending.state_changes.RequestState.
        first_id, last_id: the range of message ids that the claim keeps from other workers while it is only a claim.
        split_of: the refused request that this one is a piece of.
        detail: the provider's explanation, without addresses.
    """

    __tablename__ = "requests"
    __table_args__ = (
        Index("ix_requests_state", "state", "claimed_at"),
        Index("ix_requests_provider", "provider_id"),
    )

    request_id: str = key(primary_key=True)
    run_id: str | None = optional_key()
    as_of: date
    delivery: str
    touchpoint: str = key()
    recipients: int
    first_id: int = Field(sa_type=BigInteger)
    last_id: int = Field(sa_type=BigInteger)
    worker: str
    state: str
    split_of: str | None = optional_key()
    claimed_at: datetime = Field(sa_type=DateTime(timezone=True))
    lease_until: datetime = Field(sa_type=DateTime(timezone=True))
    sent_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    answered_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    http_status: int | None = None
    provider_id: str | None = optional_key()
    detail: str | None = Field(default=None, sa_type=Text)


class LimiterRow(Row, table=True):
    """The rate limit that a provider last announced; every worker checks it before it sends.

    Attributes:
        resume_at: no worker sends before it.
        remaining: requests still allowed until `window_until`; None when the provider gives no number.
    """

    __tablename__ = "limiter"

    name: str = key(primary_key=True)
    resume_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    remaining: int | None = None
    window_until: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class ResendRow(Row, table=True):
    """A message that a person released again, or that a look-up found was never accepted. Append only.

    Attributes:
        request_id: the request that was in doubt.
        by_name: the person; "reconcile" when the provider's own log decided.
    """

    __tablename__ = "resends"
    __table_args__ = (Index("ix_resends_message", "message_id"),)

    id: int | None = Field(default=None, sa_type=BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    message_id: str = key()
    request_id: str = key()
    by_name: str
    resent_at: datetime = Field(sa_type=DateTime(timezone=True))
