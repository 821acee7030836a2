"""The dated facts of the CRM: projects, quotes, interactions, feedback, invoices and referrals.

`held_on` is the first day on which the export no longer had the row. Readers use the tables of models.present, which
leave such rows out.
"""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from models.database.columns import Moment, key, optional_key, partial_index
from models.database.rows import Row

# Condition of a partial index. A query must repeat it literally (not as a parameter) to use that index.
SAYS_NEGATIVE = "negative"


class ProjectRow(Row, table=True):
    """A project. Its status is derived from the dates, never stored; `value_cents` excludes VAT.

    Attributes:
        is_cancel_unread: the export's `cancelled_on` was unreadable, so ours is the day of that import.
    """

    __tablename__ = "projects"
    __table_args__ = (
        # A covering index: the due queries ask for a range of delivery days and read no other column.
        # The one by client stays narrow: one that covers what tiers ask made PostgreSQL's pages of a campaign to a
        # million clients three times as slow.
        Index("ix_projects_due", "delivered_on", "type", "client_id", "project_id", "held_on"),
        Index("ix_projects_client", "client_id", "delivered_on"),
    )

    project_id: str = key(primary_key=True)
    client_id: str = key(foreign_key="clients.client_id")
    type: str
    value_cents: int = Field(sa_type=BigInteger)
    ordered_on: date
    delivered_on: date | None = None
    cancelled_on: date | None = None
    engineer: str | None = None
    address: str | None = None
    postcode: str | None = None
    built_year: int | None = None
    monument: bool | None = None
    is_cancel_unread: bool | None = None
    held_on: date | None = None


class QuoteRow(Row, table=True):
    """A quote; `value_cents` excludes VAT."""

    __tablename__ = "quotes"
    __table_args__ = (Index("ix_quotes_due", "decision", "decided_on", "client_id", "quote_id", "held_on"),)

    quote_id: str = key(primary_key=True)
    client_id: str = key(foreign_key="clients.client_id", index=True)
    type: str | None = None
    value_cents: int | None = Field(default=None, sa_type=BigInteger)
    sent_on: date
    decided_on: date | None = None
    decision: str | None = None
    held_on: date | None = None


class InteractionRow(Row, table=True):
    """A contact with the client, in either direction.

    Attributes:
        origin: "import", or marks what we noted ourselves: a call, or a mail that came in.
        occurred_at: the moment, where we know it.
        is_reply: a mail of the client's own that came in, which asks for a `reply` task.
    """

    __tablename__ = "interactions"
    __table_args__ = (
        Index("ix_interactions_client", "client_id", "occurred_on"),
        # Covering: every tick asks for the contacts of the last days, and reads no row for most of them.
        Index("ix_interactions_day", "occurred_on", "direction", "client_id", "topic", "is_reply", "interaction_id"),
    )

    interaction_id: str = key(primary_key=True)
    client_id: str = key(foreign_key="clients.client_id")
    occurred_on: date
    direction: str
    channel: str | None = None
    topic: str | None = None
    occurred_at: datetime | None = Field(default=None, sa_type=Moment())
    is_reply: bool = False
    origin: str = "import"
    held_on: date | None = None


class FeedbackRow(Row, table=True):
    """Feedback from a client.

    Attributes:
        given_at: the moment, where we know it; it lies on `given_on` in Amsterdam.
        resolved_on: from when the CRM says that it is resolved.
        settled_on: from when it counts as resolved because its case ended; readers see the earlier of the two as
            `resolved_on` (models.present).
        of_case: the case whose question this answers, when a client says that it was not solved.
        is_score_unread: it counts as negative for the one reason that the import could not read its score.
        origin: "import", or marks what did not come from the CRM: an answer on a page of ours, a complaint by phone.
    """

    __tablename__ = "feedback"
    __table_args__ = (
        Index("ix_feedback_given", "given_on"),
        # Each claim asks for all that may be an open case: low scores are read from here alone, and the few others.
        Index("ix_feedback_low", "score", "client_id", "project_id", "resolved_on", "settled_on", "held_on", "origin"),
        partial_index("ix_feedback_negative", "client_id", where=SAYS_NEGATIVE),
    )

    feedback_id: str = key(primary_key=True)
    client_id: str = key(foreign_key="clients.client_id", index=True)
    project_id: str | None = optional_key(index=True)
    given_on: date
    given_at: datetime | None = Field(default=None, sa_type=Moment())
    kind: str
    score: int | None = None
    negative: bool | None = None
    is_score_unread: bool | None = None
    severity: str | None = None
    comment: str | None = None
    resolved_on: date | None = None
    settled_on: date | None = None
    of_case: str | None = optional_key()
    origin: str = "import"
    held_on: date | None = None


class InvoiceRow(Row, table=True):
    """An invoice, in cents; unpaid while `paid_on` is NULL."""

    __tablename__ = "invoices"
    __table_args__ = (Index("ix_invoices_due", "due_on", "client_id"),)

    invoice_id: str = key(primary_key=True)
    client_id: str = key(foreign_key="clients.client_id", index=True)
    project_id: str | None = optional_key()
    amount_cents: int = Field(sa_type=BigInteger)
    issued_on: date
    due_on: date
    paid_on: date | None = None
    held_on: date | None = None


class ReferralRow(Row, table=True):
    """A referral; `referred_client_id` is NULL until the referred person is a client."""

    __tablename__ = "referrals"

    referral_id: str = key(primary_key=True)
    referrer_id: str = key(foreign_key="clients.client_id", index=True)
    referred_client_id: str | None = optional_key(index=True)
    referred_name: str | None = None
    referred_email: str | None = None
    invited_on: date
    signed_up_on: date | None = None
    held_on: date | None = None
