"""The forecast as it was last worked out: what goes out in the days to come, and to whom."""

from datetime import date, datetime

from sqlalchemy import DateTime, Index, Text
from sqlmodel import Field

from models.database.columns import key
from models.database.rows import Row


class ForecastRow(Row, table=True):
    """One forecast; the latest that is finished is the one that counts, and the others are removed.

    Attributes:
        as_of: the first day; the facts known on it count.
        programme: the digest of the programme that it was worked out with.
        made_at: the moment at which the work began.
        finished_at: None while it is worked out, and for good when that was broken off.
        took_seconds: how long the work took, rounded up.
        counts: of the agenda, as JSON.
        clients, projects: how many there were, to see what came in since.
    """

    __tablename__ = "forecasts"

    forecast_id: str = key(primary_key=True)
    as_of: date
    programme: str
    made_at: datetime = Field(sa_type=DateTime(timezone=True))
    finished_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    took_seconds: int = 0
    counts: str = Field(default="", sa_type=Text)
    clients: int = 0
    projects: int = 0


class ForecastMailRow(Row, table=True):
    """One mail of a forecast."""

    __tablename__ = "forecast_mails"
    __table_args__ = (Index("ix_forecast_mails_client", "client_id"),)

    forecast_id: str = key(primary_key=True)
    day: date = Field(primary_key=True)
    touchpoint: str = key(primary_key=True)
    client_id: str = key(primary_key=True)
