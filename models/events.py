"""The events of the provider about our mails, the answers of clients, and every change of who may be mailed."""

from datetime import date, datetime

from sqlalchemy import BigInteger, DateTime, Index, Integer, Text
from sqlmodel import Field

from models.database.columns import Moment, key, optional_key, partial_index
from models.database.rows import Row

# Condition of a partial index; a query must repeat it literally. The word is programme.inbound.answers.Question.SOLVED.
OF_CASES = "question = 'opgelost'"
# Condition of a partial index. A query must repeat it literally (not as a parameter) to use that index.
CHOSEN = "change = 'chosen'"


class EventRow(Row, table=True):
    """One event of the provider's webhook, stored before anything is done with it.

    The same event may arrive more than once, also under another id, so figures count distinct messages, never rows.

    Attributes:
        provider_event_id: sg_event_id, or a digest of the event when it has none.
        kind: an EventKind; "other" for an event that we do not know.
        message_id: ours, as the provider returned it; for a bounce without it, the message found by address and time.
        recipient: the address, trimmed and lower-cased; "" when the event names none.
        is_machine: an open by a mail provider's proxy, not by a person.
        payload: the event as it arrived, as JSON; retention may empty it.
        applied_at: None until its effect on its message has been applied.
    """

    __tablename__ = "events"
    __table_args__ = (
        # The report reads all that it asks of events from here, and no row.
        Index("ix_events_message", "message_id", "kind", "is_machine", "occurred_at"),
        Index("ix_events_recipient", "recipient"),
        Index("ix_events_received", "received_at"),
        # Finds the events still to be applied; normally there are none.
        partial_index("ix_events_unapplied", "id", where="applied_at IS NULL"),
    )

    id: int | None = Field(default=None, sa_type=BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    provider_event_id: str = key(unique=True)
    kind: str
    message_id: str | None = optional_key()
    provider_message_id: str | None = optional_key()
    recipient: str = key()
    occurred_at: datetime = Field(sa_type=DateTime(timezone=True))
    received_at: datetime = Field(sa_type=DateTime(timezone=True))
    is_machine: bool = False
    reason: str | None = None
    payload: str | None = Field(default=None, sa_type=Text)
    applied_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class AnswerRow(Row, table=True):
    """One answer given on one of our pages; a changed answer is a new row, and the latest row counts.

    Attributes:
        scale, wording: how it was asked: "0-10" for a score, and the question with the version of its words, so that
            figures never mix answers to different questions. None for answers from before these were kept.
        needs_contact: the bureau must call or write back (questions of the municipality, a refused permit …).
        handled_at, handled_by: when and by whom that was done.
    """

    __tablename__ = "answers"
    __table_args__ = (
        Index("ix_answers_message", "message_id", "question", "id"),
        Index("ix_answers_client", "client_id"),
        Index("ix_answers_day", "answered_on"),
        partial_index("ix_answers_open", "id", where="needs_contact AND handled_at IS NULL"),
        # The few answers to the mails of cases, which every tick of care looks for.
        partial_index("ix_answers_solved", "id", where=OF_CASES),
    )

    id: int | None = Field(default=None, sa_type=BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    message_id: str = key()
    client_id: str = key()
    question: str
    answer: str
    score: int | None = None
    comment: str | None = Field(default=None, sa_type=Text)
    scale: str | None = None
    wording: str | None = None
    answered_at: datetime = Field(sa_type=Moment())
    answered_on: date
    needs_contact: bool = False
    handled_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    handled_by: str | None = None


class ConsentHistoryRow(Row, table=True):
    """One change of what somebody may get from us: what, when, by whom or what, in which words, and the proof.

    Attributes:
        recipient: the address that it holds for, with all client records of it; "" when it is about one record alone.
        client_id: the record that it is about; None when it is about the address.
        change: suppressed or lifted; "chosen" on the preference page; "stated" of a consent, by whatever way.
        reason: of a suppression.
        subject: what was chosen (programme.words.states.PreferenceName) or stated (models.consent.SUBJECT_OF).
        value: what it became.
        since: the day from which it holds.
        source: page, one_click, preferences, webhook, sync, import, desk or cli.
        wording: the words that were read or said when it was given; None where nobody recorded them.
        by_name, proof: set when a person at the firm entered it.
    """

    __tablename__ = "consent_history"
    __table_args__ = (
        Index("ix_consent_history_recipient", "recipient", "change"),
        Index("ix_consent_history_client", "client_id"),
        # Finds what anybody chose; on most days it is asked for people who chose nothing.
        partial_index("ix_consent_history_chosen", "recipient", where=CHOSEN),
    )

    id: int | None = Field(default=None, sa_type=BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    recipient: str = key()
    client_id: str | None = optional_key()
    change: str
    reason: str | None = None
    subject: str | None = optional_key()
    value: str | None = None
    since: date | None = None
    changed_at: datetime = Field(sa_type=DateTime(timezone=True))
    source: str
    wording: str | None = Field(default=None, sa_type=Text)
    message_id: str | None = optional_key()
    by_name: str | None = None
    proof: str | None = Field(default=None, sa_type=Text)


class SyncCursorRow(Row, table=True):
    """The moment that a recurring exchange with the provider has reached; the next one starts a little earlier."""

    __tablename__ = "sync_cursors"

    name: str = key(primary_key=True)
    reached_at: datetime = Field(sa_type=DateTime(timezone=True))
