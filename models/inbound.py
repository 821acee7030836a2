"""The mail that comes in: replies of clients, and mail from addresses that nobody knows."""

from datetime import date, datetime

from sqlalchemy import DateTime, Index, LargeBinary, Text
from sqlmodel import Field

from models.database.columns import key, optional_key, partial_index
from models.database.rows import Row

TO_FORWARD = "content IS NOT NULL"


class InboundMailRow(Row, table=True):
    """One mail that came in, kept once however often it is delivered.

    Attributes:
        mail_id: derived from its Message-ID and its envelope (programme.inbound.replies.mail_id_of).
        standing: a programme.inbound.replies.IncomingKind; only mail of a client or an unknown sender keeps its words.
        sender: the address that it came from, as we compare addresses; "" when it is not kept or not readable.
        client_id, message_id, interaction_id: the client, the message of ours that it answers, and the interaction
            that it became; None as long as nobody knows.
        words: what the sender wrote, without what it quotes.
        content, content_type: the request as it came, until the mail was forwarded.
        claimed_at: when somebody began to forward it.
        settled_at, settled_by, settled_as: of an unknown sender: linked to a client, or put aside.
    """

    __tablename__ = "inbound_mails"
    __table_args__ = (
        Index("ix_inbound_mails_interaction", "interaction_id"),
        Index("ix_inbound_mails_client", "client_id"),
        Index("ix_inbound_mails_standing", "standing", "received_at"),
        # What is still to be forwarded; normally there is nothing.
        partial_index("ix_inbound_mails_content", "mail_id", where=TO_FORWARD),
    )

    mail_id: str = key(primary_key=True)
    standing: str
    received_at: datetime = Field(sa_type=DateTime(timezone=True))
    received_on: date
    sender: str = key()
    client_id: str | None = optional_key()
    message_id: str | None = optional_key()
    interaction_id: str | None = optional_key()
    subject: str | None = Field(default=None, sa_type=Text)
    words: str | None = Field(default=None, sa_type=Text)
    content: bytes | None = Field(default=None, sa_type=LargeBinary)
    content_type: str | None = Field(default=None, sa_type=Text)
    claimed_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    forwarded_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    settled_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    settled_by: str | None = None
    settled_as: str | None = None
