"""Settlements: a batch, its lines, what was left open, the file for the bank, and what the bank answered."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field

from models.database.columns import key, optional_key, partial_index
from models.database.rows import Row
from models.referrals import MOMENT, ROW_ID

UNDECIDED = "state IN ('prepared', 'approved')"


class SettlementBatchRow(Row, table=True):
    """A batch of payouts. At most one is prepared or approved, and nobody approves what he prepared.

    Attributes:
        batch_id: `S` + as_of as YYYYMMDD + `-` + `number`, the running number of that day from 1.
        preparer_key, approver_key: the names without case and spaces, which the database compares.
    """

    __tablename__ = "settlement_batches"
    __table_args__ = (
        UniqueConstraint("as_of", "number", name="uq_settlement_batches"),
        CheckConstraint("approver_key IS NULL OR approver_key <> preparer_key", name="ck_settlement_two_people"),
        CheckConstraint(
            "approved_by IS NULL OR lower(replace(approved_by, ' ', '')) <> lower(replace(prepared_by, ' ', ''))",
            name="ck_settlement_two_names",
        ),
        # An expression that is the same for every undecided batch: so there is one of them at most.
        partial_index(
            "ix_settlement_batches_undecided",
            text("(state IN ('prepared', 'approved'))"),
            unique=True,
            where=UNDECIDED,
        ),
    )

    batch_id: str = key(primary_key=True)
    as_of: date
    number: int
    state: str
    prepared_by: str
    preparer_key: str = key()
    prepared_at: datetime = Field(sa_type=MOMENT)
    approved_by: str | None = None
    approver_key: str | None = optional_key()
    approved_at: datetime | None = Field(default=None, sa_type=MOMENT)
    execution_on: date | None = None
    exported_at: datetime | None = Field(default=None, sa_type=MOMENT)
    closed_at: datetime | None = Field(default=None, sa_type=MOMENT)


class SettlementLineRow(Row, table=True):
    """One payout of a batch to one client.

    Attributes:
        kind: "reward" or "commission".
        adjust_cents: how much of a reward line comes of adjustments.
        reason: what voided it, or the bank's reason for rejecting or returning it; "" otherwise.
    """

    __tablename__ = "settlement_lines"
    __table_args__ = (
        UniqueConstraint("batch_id", "number", name="uq_settlement_lines"),
        CheckConstraint("amount_cents > 0", name="ck_settlement_lines_amount"),
        Index("ix_settlement_lines_referrer", "referrer_id", "kind"),
        Index("ix_settlement_lines_state", "state"),
    )

    end_to_end_id: str = key(primary_key=True)
    batch_id: str = key(foreign_key="settlement_batches.batch_id")
    number: int
    referrer_id: str = key()
    kind: str
    amount_cents: int = Field(sa_type=BigInteger)
    adjust_cents: int = Field(default=0, sa_type=BigInteger)
    iban: str
    holder: str
    state: str
    reason: str = ""


class LineInvoiceRow(Row, table=True):
    """A partner's invoice that a line pays; when the line comes back, a later line pays it."""

    __tablename__ = "settlement_line_invoices"
    __table_args__ = (Index("ix_settlement_line_invoices", "client_id", "number"),)

    end_to_end_id: str = key(primary_key=True, foreign_key="settlement_lines.end_to_end_id")
    client_id: str = key()
    number: str = key(primary_key=True)


class LeftOpenRow(Row, table=True):
    """An amount that a batch left open, with the reason; `place` is the order in which it was found."""

    __tablename__ = "settlement_left_open"

    batch_id: str = key(primary_key=True, foreign_key="settlement_batches.batch_id")
    place: int = Field(primary_key=True)
    referrer_id: str = key()
    kind: str
    amount_cents: int = Field(sa_type=BigInteger)
    reason: str


class SettlementFileRow(Row, table=True):
    """The bytes that were approved; every export gives these. Triggers refuse UPDATE and DELETE."""

    __tablename__ = "settlement_files"

    batch_id: str = key(primary_key=True, foreign_key="settlement_batches.batch_id")
    content: bytes = Field(sa_type=LargeBinary)
    sha256: str
    made_at: datetime = Field(sa_type=MOMENT)


class SettlementActRow(Row, table=True):
    """Who did what to a batch or a line, and why. Triggers refuse UPDATE and DELETE."""

    __tablename__ = "settlement_acts"
    __table_args__ = (Index("ix_settlement_acts", "batch_id", "id"),)

    id: int | None = Field(default=None, sa_type=ROW_ID, primary_key=True)
    batch_id: str = key()
    end_to_end_id: str | None = optional_key()
    act: str
    made_by: str
    reason: str = Field(default="", sa_type=Text)
    made_at: datetime = Field(sa_type=MOMENT)


class BankImportRow(Row, table=True):
    """A file of the bank that was read. Its bytes are not kept: most of it is other business."""

    __tablename__ = "bank_imports"

    id: int | None = Field(default=None, sa_type=ROW_ID, primary_key=True)
    name: str
    sha256: str
    entries: int
    ours: int
    imported_at: datetime = Field(sa_type=MOMENT)


class BankEntryRow(Row, table=True):
    """A booked entry of the bank that is ours, once for ever, known by its first seven columns.

    Attributes:
        ordinal: how many such entries stand before it in its statement.
        reason: the bank's reason of a return; "" without one.
        booked_as: "paid" or "returned"; None while it is unmatched, and tried again at each import.
    """

    __tablename__ = "bank_entries"
    __table_args__ = (
        UniqueConstraint(
            "account_iban",
            "booked_on",
            "is_credit",
            "amount_cents",
            "bank_reference",
            "end_to_end_id",
            "ordinal",
            name="uq_bank_entries",
        ),
        Index("ix_bank_entries_line", "end_to_end_id"),
    )

    id: int | None = Field(default=None, sa_type=ROW_ID, primary_key=True)
    account_iban: str
    booked_on: date
    is_credit: bool
    amount_cents: int = Field(sa_type=BigInteger)
    bank_reference: str = key()
    end_to_end_id: str = key()
    ordinal: int
    reason: str = ""
    booked_as: str | None = None
    imported_at: datetime = Field(sa_type=MOMENT)
