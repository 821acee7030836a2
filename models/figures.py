"""The figures that were closed when a report was made, so that a later report can say which of them changed, and why.

Each row is a version: it holds from its day until a later one of the same key. A report writes only what differs from
the version before, so that a year of weekly reports costs little more than one.
"""

from datetime import date

from sqlalchemy import BigInteger, Index, Integer
from sqlmodel import Field

from models.database.columns import key
from models.database.rows import Row


class ClosedReportRow(Row, table=True):
    """A day whose closed figures were kept whole; versions of a day without a row here are what a crash left."""

    __tablename__ = "closed_reports"

    as_of: date = Field(primary_key=True)


class ClosedCellRow(Row, table=True):
    """Customers of a monthly cohort with an occasion in a month that was over, and its revenue.

    Attributes:
        cohort, month: months since the year 0 (year * 12 + month - 1).
    """

    __tablename__ = "closed_cells"

    cohort: int = Field(sa_type=Integer, primary_key=True)
    month: int = Field(sa_type=Integer, primary_key=True)
    as_of: date = Field(primary_key=True)
    active: int
    revenue_cents: int = Field(sa_type=BigInteger)


class ClosedPurchaseRow(Row, table=True):
    """A purchase as the report of a day counted it; `value_cents` is None from the day on which it counted no more."""

    __tablename__ = "closed_purchases"
    __table_args__ = (Index("ix_closed_purchases_client", "client_id"),)

    project_id: str = key(primary_key=True)
    as_of: date = Field(primary_key=True)
    client_id: str = key()
    ordered_on: date
    value_cents: int | None = Field(default=None, sa_type=BigInteger)
