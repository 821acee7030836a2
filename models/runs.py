"""The runs: which flow ran as of which day, in which mode, and whether it finished."""

from datetime import date, datetime

from sqlalchemy import DateTime, Index, Text
from sqlmodel import Field

from models.database.columns import key
from models.database.rows import Row


class RunRow(Row, table=True):
    """One run of one flow.

    Attributes:
        mode: log or send (a plan writes nothing).
        finished_at: None while the run works, and for good when it crashed.
        report: the counts of the run, as JSON.
        held_by: the process whose backfill holds the run's messages back from all other runs; None when none does.
    """

    __tablename__ = "runs"
    __table_args__ = (Index("ix_runs_day", "as_of", "flow"),)

    run_id: str = key(primary_key=True)
    flow: str
    as_of: date
    mode: str
    started_at: datetime = Field(sa_type=DateTime(timezone=True))
    finished_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    report: str | None = Field(default=None, sa_type=Text)
    held_by: str | None = None
