"""Every decision that a run took, kept for good: why a client did or did not get a mail."""

from datetime import date

from sqlalchemy import BigInteger, Index, Integer, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.database.columns import key, optional_key

# The columns of the public interface, in the order in which commands print them.
DECISION_COLUMNS = [
    "as_of",
    "flow",
    "client_id",
    "recipient",
    "touchpoint",
    "occasion",
    "due_on",
    "outcome",
    "reason",
    "segment",
    "tier",
    "priority",
    "also",
    "until",
]


class DecisionRow(SQLModel, table=True):
    """The decision about one candidate on one day. The same decision taken again is not written twice.

    Attributes:
        reason: "" for send, because a unique constraint treats NULLs as distinct.
        tier: None when the client has none.
        also: the other rules that would have stopped it, in the order of the table, separated by commas.
        until: the day on which the temporary rules no longer stop it; None when none of them did.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        UniqueConstraint("client_id", "touchpoint", "occasion", "as_of", "outcome", "reason", name="uq_decisions"),
        Index("ix_decisions_day", "as_of", "flow"),
    )

    id: int | None = Field(default=None, sa_type=BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    as_of: date
    flow: str
    client_id: str = key()
    recipient: str = key()
    touchpoint: str = key()
    occasion: str = key()
    due_on: date
    outcome: str
    reason: str = ""
    segment: str
    tier: str | None = None
    priority: int
    also: str = ""
    until: date | None = None
    run_id: str | None = optional_key()
