"""The started campaigns: their texts, audience and moment; and the questions for a go, with their answers."""

from datetime import date, datetime

from sqlalchemy import DateTime, Index, Integer, Text
from sqlmodel import Field, SQLModel

from models.database.columns import Moment, key


class CampaignRow(SQLModel, table=True):
    """One campaign, by its name. The name is the occasion of its messages, the template their touchpoint.

    Attributes:
        said: template, texts and offer, as JSON; fixed from the first message on.
        audience: the audience of the last start, as JSON.
        form: the form of the last start, as JSON, without the test address; those who wait are started again by it.
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
    form: str | None = Field(default=None, sa_type=Text)
    first_on: date
    closes_on: date
    starts_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    go_by: str | None = None
    go_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    go_for: int | None = Field(default=None, sa_type=Integer)
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class CampaignGoRow(SQLModel, table=True):
    """A campaign that the desk starts: what exactly it is, and the answer of whoever was asked.

    Attributes:
        form: the three groups that the flow takes, as JSON, without the test address.
        digest: of what is approved; `marks` has a short one of each part, as JSON.
        people: how many it would reach when it was asked.
        counts: who would not get it, as JSON: rows of outcome, reason and number.
        moment: when it goes; None is at once.
        asked_by: "" when it was started in Prefect.
        answer: of programme.campaigns.go.Answer; None while nobody answered.
        run_id: of the Prefect run that the desk started.
        stopped_at, stopped_why: when a run found something else than what was approved, and what; Dutch.
    """

    __tablename__ = "campaign_goes"
    __table_args__ = (Index("ix_campaign_goes_name", "name"), Index("ix_campaign_goes_asked", "asked_at"))

    go_id: str = key(primary_key=True)
    name: str = key()
    draft_id: str | None = None
    form: str = Field(sa_type=Text)
    digest: str
    marks: str = Field(sa_type=Text)
    people: int = Field(sa_type=Integer)
    counts: str = Field(sa_type=Text)
    moment: datetime | None = Field(default=None, sa_type=Moment)
    asked_by: str
    asked_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    answer: str | None = None
    answered_by: str | None = None
    answered_at: datetime | None = Field(default=None, sa_type=Moment)
    reason: str | None = Field(default=None, sa_type=Text)
    started_at: datetime | None = Field(default=None, sa_type=Moment)
    run_id: str | None = None
    stopped_at: datetime | None = Field(default=None, sa_type=Moment)
    stopped_why: str | None = Field(default=None, sa_type=Text)
