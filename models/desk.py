"""Who is logged in at the desk, the links that lead there, and the doubtful messages that somebody let rest."""

from datetime import datetime

from sqlalchemy import DateTime, Index
from sqlmodel import Field

from models.database.columns import key
from models.database.rows import Row

MOMENT = DateTime(timezone=True)


class DeskLinkRow(Row, table=True):
    """A login link; whoever opens it and presses its button is `person`, once, until `expires_at`.

    Attributes:
        token_hash: SHA-256 of the token, which only the mail holds.
    """

    __tablename__ = "desk_links"
    __table_args__ = (Index("ix_desk_links_person", "person", "made_at"),)

    token_hash: str = key(primary_key=True)
    person: str = key()
    made_at: datetime = Field(sa_type=MOMENT)
    expires_at: datetime = Field(sa_type=MOMENT)
    used_at: datetime | None = Field(default=None, sa_type=MOMENT)


class DeskSessionRow(Row, table=True):
    """A person at work on one device.

    Attributes:
        session_hash: SHA-256 of what the cookie holds.
        email: the person's address as it was then; with another one in the programme the session has ended.
        source: "link", or "proxy" when the firm's own login named the person; that one has to do so at each request.
    """

    __tablename__ = "desk_sessions"

    session_hash: str = key(primary_key=True)
    person: str = key()
    email: str = key()
    source: str
    began_at: datetime = Field(sa_type=MOMENT)
    expires_at: datetime = Field(sa_type=MOMENT)
    ended_at: datetime | None = Field(default=None, sa_type=MOMENT)


class LeftInDoubtRow(Row, table=True):
    """A message in doubt that a person decided not to send again."""

    __tablename__ = "left_in_doubt"

    message_id: str = key(primary_key=True)
    by_name: str
    left_at: datetime = Field(sa_type=MOMENT)
