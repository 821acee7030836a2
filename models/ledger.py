"""The ledger: entries and their legs, append-only; what waits for a second person; and the bookings themselves.

Triggers refuse UPDATE and DELETE of entries and legs on both databases. What was wrong is put right by a new entry.
"""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, Text
from sqlmodel import Field

from models.database.columns import key, optional_key
from models.database.rows import Row
from models.referrals import MOMENT, ROW_ID


class LedgerEntryRow(Row, table=True):
    """One entry, known by its business key; its legs sum to zero.

    Attributes:
        kind: a word of programme.money.states.EntryKind.
        referrer_id: whose balances it moves.
        referral_id: the referral that caused it; None for what no referral causes.
        project_id: of a commission.
        end_to_end_id: of an entry about a line of a settlement.
        reason: of an adjustment; "" otherwise.
    """

    __tablename__ = "ledger_entries"
    __table_args__ = (
        Index("ix_ledger_entries_referrer", "referrer_id", "id"),
        Index("ix_ledger_entries_referral", "referral_id", "kind"),
        Index("ix_ledger_entries_project", "project_id"),
        Index("ix_ledger_entries_day", "day"),
    )

    id: int | None = Field(default=None, sa_type=ROW_ID, primary_key=True)
    day: date
    kind: str = key()
    business_key: str = key(unique=True)
    referrer_id: str = key()
    referral_id: str | None = optional_key()
    project_id: str | None = optional_key()
    end_to_end_id: str | None = optional_key()
    made_by: str
    reason: str = Field(default="", sa_type=Text)
    made_at: datetime = Field(sa_type=MOMENT)


class LedgerLegRow(Row, table=True):
    """One leg: `amount_cents` is added to the balance of the account (a source has a negative amount).

    Attributes:
        account: a word of programme.money.states.Account.
        client_id: whose account; "" for the common ones (expense, vat, bank).
    """

    __tablename__ = "ledger_legs"
    __table_args__ = (Index("ix_ledger_legs_account", "client_id", "account", "amount_cents"),)

    entry_id: int = Field(sa_type=BigInteger, primary_key=True, foreign_key="ledger_entries.id")
    account: str = key(primary_key=True)
    client_id: str = key(primary_key=True)
    amount_cents: int = Field(sa_type=BigInteger)


class LedgerBookingRow(Row, table=True):
    """A booking as of a day. The first that found a referral opened the ledger, with the table it was begun with.

    Attributes:
        steps: the reward table as JSON; a booking with another one than the opening's is refused.
        found: referrals that were qualified at `as_of`.
        opened, owed: of the opening booking, the referrals that were paid outside and those that are owed, with sums.
    """

    __tablename__ = "ledger_bookings"
    __table_args__ = (Index("ix_ledger_bookings_day", "as_of"),)

    id: int | None = Field(default=None, sa_type=ROW_ID, primary_key=True)
    as_of: date
    steps: str = Field(sa_type=Text)
    found: int
    entries: int
    opened: int = 0
    opened_cents: int = Field(default=0, sa_type=BigInteger)
    owed: int = 0
    owed_cents: int = Field(default=0, sa_type=BigInteger)
    made_by: str
    booked_at: datetime = Field(sa_type=MOMENT)


class AdjustmentRow(Row, table=True):
    """An amount that a person proposes; another person's approval books it. The keys are names without case, spaces."""

    __tablename__ = "adjustments"
    __table_args__ = (
        CheckConstraint("approver_key IS NULL OR approver_key <> proposer_key", name="ck_adjustments_two_people"),
        CheckConstraint(
            "approved_by IS NULL OR lower(replace(approved_by, ' ', '')) <> lower(replace(proposed_by, ' ', ''))",
            name="ck_adjustments_two_names",
        ),
    )

    id: int | None = Field(default=None, sa_type=ROW_ID, primary_key=True)
    client_id: str = key(foreign_key="clients.client_id", index=True)
    amount_cents: int = Field(sa_type=BigInteger)
    reason: str = Field(sa_type=Text)
    proposed_by: str
    proposer_key: str = key()
    proposed_on: date
    approved_by: str | None = None
    approver_key: str | None = optional_key()
    approved_on: date | None = None
