"""The go for a campaign: what exactly is asked, and the answer."""

from datetime import datetime

from sqlalchemy import Index, Integer, Text
from sqlmodel import Field

from models.database.columns import Moment, key
from models.database.rows import Row

MOMENT = Moment()


class CampaignGoRow(Row, table=True):
    """A campaign that the desk starts: what exactly it is, and the answer of whoever was asked.

    Attributes:
        form: the three groups that the flow takes, as JSON, without the test address.
        digest: of what is approved; `marks` has a short one of each part, as JSON.
        people: how many it would reach when it was asked.
        counts: who would not get it, as JSON: rows of outcome, reason and number.
        moment: when it goes; None is at once.
        asked_by: "" when it was started in Prefect.
        answer: of programme.campaigns.go.GoAnswer; None while nobody answered.
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
    moment: datetime | None = Field(default=None, sa_type=MOMENT)
    asked_by: str
    asked_at: datetime = Field(sa_type=MOMENT)
    expires_at: datetime = Field(sa_type=MOMENT)
    answer: str | None = None
    answered_by: str | None = None
    answered_at: datetime | None = Field(default=None, sa_type=MOMENT)
    reason: str | None = Field(default=None, sa_type=Text)
    started_at: datetime | None = Field(default=None, sa_type=MOMENT)
    run_id: str | None = None
    stopped_at: datetime | None = Field(default=None, sa_type=MOMENT)
    stopped_why: str | None = Field(default=None, sa_type=Text)
