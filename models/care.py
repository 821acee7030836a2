"""Cases of complaints: what opened and joined each, its steps with their clock, and the ticks that follow them.

Moments are aware and in UTC; the rules of programme.care turn them into Amsterdam's clock.
"""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, Integer, Text
from sqlmodel import Field

from models.database.columns import Moment, key, optional_key, partial_index
from models.database.rows import Row

MOMENT = Moment()
ROW_ID = BigInteger().with_variant(Integer, "sqlite")
OPEN = "state = 'open'"


class CaseRow(Row, table=True):
    """One complaint that care follows; its id is that of the feedback that opened it.

    The level is worked out: the severity's, no lower than `least_level`, raised once for each missed step of a person.

    Attributes:
        severity: what a person or the worst complaint says; an unknown one is stored as medium.
        least_level: of a case that followed another, one level higher than that stood; None for the first.
        missed: steps of people that were missed so far.
        previous: the case that this one followed; None for the first.
        root: the nearest case back along `previous` that no answer opened; its own id when no answer opened it.
        given_at: the moment of the feedback that opened it.
        closed_at: the moment of the act, the answer or the tick that ended it.
    """

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_client", "client_id"),
        partial_index("ix_cases_open", "case_id", where=OPEN),
    )

    case_id: str = key(primary_key=True)
    client_id: str = key()
    project_id: str | None = optional_key()
    severity: str
    least_level: str | None = None
    missed: int = 0
    previous: str | None = optional_key()
    root: str = key()
    state: str
    given_at: datetime = Field(sa_type=MOMENT)
    opened_at: datetime = Field(sa_type=MOMENT)
    closed_at: datetime | None = Field(default=None, sa_type=MOMENT)


class CaseFeedbackRow(Row, table=True):
    """Feedback that a case follows; `place` counts from 0 in the order taken, the first opened the case."""

    __tablename__ = "case_feedback"
    __table_args__ = (Index("ix_case_feedback_case", "case_id", "place"),)

    feedback_id: str = key(primary_key=True)
    case_id: str = key(foreign_key="cases.case_id")
    place: int
    taken_at: datetime = Field(sa_type=MOMENT)


class CaseStepRow(Row, table=True):
    """One step of a case.

    Attributes:
        place: 0 to 5, the order of the steps.
        due_at: of a step of a person, from when not having done it is a miss; None until it can be worked out.
        done_at: when it was done, or its mail sent.
        done_by: who did it.
        missed_at: the tick that found it missed; a missed step may still be done later.
        state: open, done, missed, sent, phone or skipped.
        message_id: of the mail that was sent; the provider may refuse it later.
    """

    __tablename__ = "case_steps"
    __table_args__ = (Index("ix_case_steps_state", "state", "step", "done_at"),)

    case_id: str = key(primary_key=True, foreign_key="cases.case_id")
    step: str = key(primary_key=True)
    place: int
    deadline_at: datetime = Field(sa_type=MOMENT)
    due_at: datetime | None = Field(default=None, sa_type=MOMENT)
    done_at: datetime | None = Field(default=None, sa_type=MOMENT)
    done_by: str | None = None
    missed_at: datetime | None = Field(default=None, sa_type=MOMENT)
    state: str
    message_id: str | None = optional_key()


class CaseAnswerRow(Row, table=True):
    """An answer to the question of a case's mail that was taken: its effect on the case was applied."""

    __tablename__ = "case_answers"

    answer_id: int = Field(sa_type=BigInteger, primary_key=True)
    case_id: str = key()
    taken_at: datetime = Field(sa_type=MOMENT)


class TickRow(Row, table=True):
    """One tick of care: a quarter hour.

    Attributes:
        at: the quarter hour.
        looked_on: the day whose daily look this tick did; None for all other ticks.
    """

    __tablename__ = "ticks"
    __table_args__ = (Index("ix_ticks_looked", "looked_on"),)

    at: datetime = Field(sa_type=MOMENT, primary_key=True)
    looked_on: date | None = None


class CareLineRow(Row, table=True):
    """One line of what care did; also the memory of what is told once (`old`, `no_way`).

    Attributes:
        at: the tick that tells it; None for the effect of an act until the next tick tells it.
        did: a word of programme.care.lines.Did.
        line: the line without `at` and `did`, as JSON: ids, levels, moments and the address of a mail, never words.
    """

    __tablename__ = "care_lines"
    __table_args__ = (
        Index("ix_care_lines_at", "at"),
        partial_index("ix_care_lines_untold", "id", where="at IS NULL"),
        Index("ix_care_lines_feedback", "did", "feedback_id"),
        Index("ix_care_lines_task", "did", "task_id"),
        Index("ix_care_lines_case", "case_id"),
    )

    id: int | None = Field(default=None, sa_type=ROW_ID, primary_key=True)
    at: datetime | None = Field(default=None, sa_type=MOMENT)
    did: str
    case_id: str | None = optional_key()
    task_id: str | None = optional_key()
    feedback_id: str | None = optional_key()
    line: str = Field(sa_type=Text)


class HealthSnapshotRow(Row, table=True):
    """The health of a client from `day` on; a row is written only when something changed.

    Attributes:
        indicators: those that held, in the order of the programme, joined by ",".
    """

    __tablename__ = "health_snapshots"
    __table_args__ = (Index("ix_health_snapshots_day", "day"),)

    client_id: str = key(primary_key=True)
    day: date = Field(primary_key=True)
    score: int
    band: str
    indicators: str = ""
