"""The append-only log of what clients did, from which the day of the last activity is read.

When the CRM corrects a fact, no row is edited: a new row retracts the wrong one, and the right one is added. Triggers
refuse UPDATE and DELETE.
"""

from datetime import date

from sqlalchemy import BigInteger, Index, Integer
from sqlmodel import Field

from models.database.columns import key, partial_index
from models.database.rows import Row


class ActivityRow(Row, table=True):
    """One thing that a client did, or (with `retracts`) the withdrawal of an earlier row.

    Attributes:
        source_id: id of the row that it is about (project, quote, interaction, feedback, referral, message).
        retracts: id of the activity row that this one withdraws; the other columns repeat that row.
    """

    __tablename__ = "activity"
    __table_args__ = (
        Index("ix_activity_client", "client_id", "occurred_on"),
        Index("ix_activity_day", "occurred_on", "client_id"),
        Index("ix_activity_source", "kind", "source_id"),
        # Partial: otherwise SQLite's planner uses it for "retracts IS NULL" and reads every row never withdrawn.
        partial_index("ix_activity_retracts", "retracts", unique=True, where="retracts IS NOT NULL"),
    )

    id: int | None = Field(default=None, sa_type=BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    client_id: str = key()
    kind: str
    source_id: str = key()
    occurred_on: date
    retracts: int | None = Field(default=None, sa_type=BigInteger)
