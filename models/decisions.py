"""Every decision that a run took, kept for good: why a client did or did not get a mail.

A decision to send says nothing that its message does not, so it stands on the message (`MessageRow.priority`), and
`decisions` is a view of those and of `other_decisions` (decision 0016). Who changes what such a decision says has it
moved off its message first (tasks/runs/deciding/decided.py); single rows can be written through the view as well.
"""

from datetime import date

from sqlalchemy import BigInteger, Column, Integer, MetaData, Table
from sqlmodel import Field, SQLModel

from models.database.columns import key, optional_key
from models.database.rows import Row

# The columns of the public interface, in the order in which commands print them.
DECISION_COLUMNS = [
    "as_of",
    "flow",
    "client_id",
    "recipient",
    "touchpoint",
    "occasion",
    "due_on",
    "outcome",
    "reason",
    "segment",
    "tier",
    "priority",
    "also",
    "until",
]


class DecisionRow(Row, table=True):
    """The decision about one candidate on one day. The same decision taken again is not written twice.

    Attributes:
        reason: "" for send, because a unique constraint treats NULLs as distinct.
        tier: None when the client has none.
        also: the other rules that would have stopped it, in the order of the table, separated by commas.
        until: the day on which the temporary rules no longer stop it; None when none of them did.
    """

    __tablename__ = "decisions"

    id: int | None = Field(default=None, sa_type=BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    as_of: date
    flow: str
    client_id: str = key()
    recipient: str = key()
    touchpoint: str = key()
    occasion: str = key()
    due_on: date
    outcome: str
    reason: str = ""
    segment: str
    tier: str | None = None
    priority: int
    also: str = ""
    until: date | None = None
    run_id: str | None = optional_key()


_ALL = SQLModel.metadata.tables[DecisionRow.__tablename__]
# The decisions that stand on no message; outside the metadata, so that whoever goes through all tables meets each once.
other_decisions = Table(
    "other_decisions", MetaData(), *(Column(each.name, each.type, primary_key=each.primary_key) for each in _ALL.c)
)
