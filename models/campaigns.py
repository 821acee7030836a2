"""The started campaigns: their texts, audience and moment, and who gave the go."""

from datetime import date, datetime

from sqlalchemy import DateTime, Integer, Text
from sqlmodel import Field, SQLModel

from models.database.columns import key


class CampaignRow(SQLModel, table=True):
    """One campaign, by its name. The name is the occasion of its messages, the template their touchpoint.

    Attributes:
        said: template, texts and offer, as JSON; fixed from the first message on.
        audience: the audience of the last start, as JSON.
        first_on: the first day on which it may go; its messages are due then.
        closes_on: the last day on which it may go.
        starts_at: the chosen moment; None when it was started at once.
        go_by, go_at, go_for: who gave the go, when, and for how many people.
        withdrawn_by, withdrawn_at: who stopped it for good, and when.
    """

    __tablename__ = "campaigns"

    name: str = key(primary_key=True)
    template: str = key()
    said: str = Field(sa_type=Text)
    audience: str = Field(sa_type=Text)
    first_on: date
    closes_on: date
    starts_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    go_by: str | None = None
    go_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    go_for: int | None = Field(default=None, sa_type=Integer)
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
