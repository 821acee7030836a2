"""The work of people at the firm: their tasks and notes, who is away, who did what, and the mails to staff."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, Integer, Text
from sqlmodel import Field

from models.database.columns import Moment, key, optional_key, partial_index
from models.database.rows import Row

MOMENT = Moment()
ROW_ID = BigInteger().with_variant(Integer, "sqlite")


class PeopleTaskRow(Row, table=True):
    """One task for a person; its owner is worked out whenever it is shown.

    Attributes:
        task_id: `{kind}:{client_id}:{cause}`, one a cause, ever; client_id is "" for a sign-up nobody knows yet.
        channel: phone, letter or work.
        level: whom it asks for; of a case's task the case's own level counts instead.
        project_id: the project whose engineer is asked first; None for the client's latest delivered one.
        state: open, done, cancelled or expired.
        outcome: how it ended; None while it is open, and when nobody ended it.
        snoozed_until: hidden from the list of the day before this day.
        call_back_at: when the client asked to be called again.
        attempts: calls that reached nobody.
        case_id, step: the step of a case that it is for.
        told_level: the level whose owner was last mailed about it.
    """

    __tablename__ = "people_tasks"
    __table_args__ = (
        Index("ix_people_tasks_state", "state", "due_at"),
        Index("ix_people_tasks_client", "client_id"),
        Index("ix_people_tasks_case", "case_id"),
        Index("ix_people_tasks_kind", "kind", "made_at"),
        Index("ix_people_tasks_cause", "kind", "cause"),
    )

    task_id: str = key(primary_key=True)
    kind: str = key()
    client_id: str = key()
    cause: str = key()
    purpose: str
    channel: str
    level: str
    project_id: str | None = optional_key()
    made_at: datetime = Field(sa_type=MOMENT)
    due_at: datetime = Field(sa_type=MOMENT)
    state: str
    outcome: str | None = None
    ended_at: datetime | None = Field(default=None, sa_type=MOMENT)
    ended_by: str | None = None
    snoozed_until: date | None = None
    call_back_at: datetime | None = Field(default=None, sa_type=MOMENT)
    attempts: int = 0
    case_id: str | None = optional_key()
    step: str | None = None
    told_level: str | None = None


class TaskInvoiceRow(Row, table=True):
    """An invoice that a task covers; no other task is made about it."""

    __tablename__ = "task_invoices"
    __table_args__ = (Index("ix_task_invoices_task", "task_id"),)

    invoice_id: str = key(primary_key=True)
    task_id: str = key()


class TaskNoteRow(Row, table=True):
    """What a person wrote down about a task: an attempt, its end, or a note alone. The client may read it.

    Attributes:
        kind: attempt, end, note or snooze.
        outcome: of an attempt and of the end.
    """

    __tablename__ = "task_notes"
    __table_args__ = (Index("ix_task_notes_task", "task_id", "id"), Index("ix_task_notes_client", "client_id"))

    id: int | None = Field(default=None, sa_type=ROW_ID, primary_key=True)
    task_id: str = key()
    client_id: str = key()
    kind: str
    outcome: str | None = None
    note: str | None = Field(default=None, sa_type=Text)
    by_name: str
    at: datetime = Field(sa_type=MOMENT)


class ActRow(Row, table=True):
    """Who did what: written by the desk and by `--by`, and never changed. It holds no words of a client.

    Attributes:
        at: the moment of the act; `recorded_at` is when it was entered.
        source: desk or cli.
        act: the verb, e.g. "end task"; `subject_id` is what it was done to.
        client_id: whom it is about; None when it is about no client.
        before, after: what changed, as JSON; None when there is nothing to say.
    """

    __tablename__ = "acts"
    __table_args__ = (
        Index("ix_acts_at", "at", "id"),
        Index("ix_acts_subject", "subject_id"),
        Index("ix_acts_client", "client_id"),
    )

    id: int | None = Field(default=None, sa_type=ROW_ID, primary_key=True)
    at: datetime = Field(sa_type=MOMENT)
    recorded_at: datetime = Field(sa_type=MOMENT)
    by_name: str = key()
    source: str
    act: str
    subject_id: str = key()
    client_id: str | None = optional_key()
    before: str | None = Field(default=None, sa_type=Text)
    after: str | None = Field(default=None, sa_type=Text)


class AbsenceRow(Row, table=True):
    """A person of the firm who is away: from `from_at`, and there again from `until_at` on."""

    __tablename__ = "absences"
    __table_args__ = (Index("ix_absences_name", "name", "until_at"),)

    id: int | None = Field(default=None, sa_type=ROW_ID, primary_key=True)
    name: str = key()
    from_at: datetime = Field(sa_type=MOMENT)
    until_at: datetime = Field(sa_type=MOMENT)
    made_by: str


class StaffMailRow(Row, table=True):
    """A mail to somebody at the firm, written down with its cause and sent after the commit.

    Attributes:
        kind: the kind of mail, e.g. task or digest.
        body: the values of its template, as JSON: numbers and links, never a client's name or words.
        sent_at: None until the provider took it.
    """

    __tablename__ = "staff_mails"
    __table_args__ = (partial_index("ix_staff_mails_unsent", "id", where="sent_at IS NULL"),)

    id: int | None = Field(default=None, sa_type=ROW_ID, primary_key=True)
    name: str
    kind: str
    task_id: str | None = optional_key()
    body: str = Field(sa_type=Text)
    made_at: datetime = Field(sa_type=MOMENT)
    sent_at: datetime | None = Field(default=None, sa_type=MOMENT)


class CallConsentRow(Row, table=True):
    """What a client said about calls for marketing, with its proof; the latest row of a client counts.

    Attributes:
        consent: whether the client may be called.
        source: desk, call (do_not_call), preferences or import.
        wording: the sentence that the client agreed to; `how` is where it was said.
    """

    __tablename__ = "call_consents"
    __table_args__ = (Index("ix_call_consents_client", "client_id", "id"),)

    id: int | None = Field(default=None, sa_type=ROW_ID, primary_key=True)
    client_id: str = key()
    consent: bool
    source: str
    wording: str | None = Field(default=None, sa_type=Text)
    how: str | None = None
    told_at: datetime = Field(sa_type=MOMENT)
    by_name: str | None = None
