"""The started campaigns (texts, audience, moment, who gave the go), the drafts of others, and saved audiences."""

from datetime import date, datetime

from sqlalchemy import DateTime, Index, Integer, Text
from sqlmodel import Field

from models.database.columns import Moment, key
from models.database.rows import Row

MOMENT = Moment()


class CampaignRow(Row, table=True):
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


class CampaignDraftRow(Row, table=True):
    """A campaign that somebody is writing on the desk. It has no messages: a campaign begins when it is started.

    Attributes:
        name: the campaign's name as written, "" when there is none yet.
        form: the groups "message", "audience" and "sending" of the campaign's form, as JSON.
        written_by, changed_by: who began it, and who saved it last.
        version: 1 when new, one more with each save; whoever saves names the version that was changed.
    """

    __tablename__ = "campaign_drafts"
    __table_args__ = (Index("ix_campaign_drafts_changed", "changed_at"),)

    draft_id: str = key(primary_key=True)
    name: str = Field(sa_type=Text)
    form: str = Field(sa_type=Text)
    written_by: str
    changed_by: str
    created_at: datetime = Field(sa_type=MOMENT)
    changed_at: datetime = Field(sa_type=MOMENT)
    version: int = Field(sa_type=Integer)


class SavedAudienceRow(Row, table=True):
    """An audience that was saved under a name. Drafts and campaigns keep a copy of their own.

    Attributes:
        name_key: the name without regard to case, which no other one may have.
        audience: the group "audience" of the campaign's form, as JSON.
    """

    __tablename__ = "saved_audiences"
    __table_args__ = (Index("ix_saved_audiences_name", "name_key", unique=True),)

    audience_id: str = key(primary_key=True)
    name: str = Field(sa_type=Text)
    name_key: str = key()
    audience: str = Field(sa_type=Text)
    written_by: str
    created_at: datetime = Field(sa_type=MOMENT)
    changed_at: datetime = Field(sa_type=MOMENT)
