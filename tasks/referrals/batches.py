"""A batch as it stands: its lines, what it left open, its sums; and the writing that all decisions share."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, insert, select, update

from models.tables import (
    settlement_acts,
    settlement_batches,
    settlement_left_open,
    settlement_line_invoices,
    settlement_lines,
)
from programme.money.entries import Entry, move
from programme.money.settling import LeftOpen
from programme.money.states import (
    IN_TRANSIT_OF,
    PAYABLE_OF,
    Account,
    BatchState,
    EntryKind,
    LineState,
    OpenReason,
    PayoutKind,
)


class SettlementRefused(Exception):
    """A decision about a batch that cannot be taken; the message says why and what can be done."""


class NoAccountToPayFrom(SettlementRefused):
    """The programme does not name the firm's own account, so nothing can be paid."""


class BatchLine(NamedTuple):
    """One payment of a batch, to the account that was known when it was prepared.

    Attributes:
        adjust_cents: corrections within the amount; only of rewards.
        reason: why it became void, or the code with which the bank refused it or sent it back; else "".
    """

    end_to_end_id: str
    batch_id: str
    number: int
    referrer_id: str
    kind: PayoutKind
    amount_cents: int
    adjust_cents: int
    iban: str
    holder: str
    state: LineState
    reason: str


SCHEDULED_NAME = "referral-settlement"  # who prepares when the clock does; any approver may approve that


class Batch(NamedTuple):
    """Payments that two people let go together.

    Attributes:
        as_of: the day up to which it pays.
        prepared_at: aware.
        execution_on: the bank's day, known from the approval on.
    """

    batch_id: str
    as_of: date
    state: BatchState
    prepared_by: str
    prepared_at: datetime
    approved_by: str | None
    execution_on: date | None

    @property
    def preparer(self) -> str:
        """Who prepared it, in Dutch."""
        return "het systeem" if self.prepared_by == SCHEDULED_NAME else self.prepared_by


@dataclass(frozen=True)
class Settlement:
    """A batch with its lines in order; without a batch only what stays open."""

    batch: Batch | None
    lines: tuple[BatchLine, ...] = ()
    left_open: tuple[LeftOpen, ...] = ()

    @property
    def total_cents(self) -> int:
        """What its lines pay together, without void ones."""
        return sum(line.amount_cents for line in self.lines if line.state is not LineState.VOID)

    def as_json(self) -> dict[str, Any]:
        """As `bouwclub settlement` and the flow print it (contract.md)."""
        return {
            "batch_id": self.batch.batch_id if self.batch else None,
            "state": self.batch.state.value if self.batch else None,
            "total_cents": self.total_cents,
            "lines": [
                {
                    "referrer_id": line.referrer_id,
                    "kind": line.kind.value,
                    "amount_cents": line.amount_cents,
                    "iban": line.iban,
                    "end_to_end_id": line.end_to_end_id,
                    "state": line.state.value,
                }
                for line in self.lines
            ],
            "left_open": [
                {
                    "referrer_id": each.referrer_id,
                    "kind": each.kind.value,
                    "amount_cents": each.amount_cents,
                    "reason": each.reason.value,
                }
                for each in self.left_open
            ],
        }


def read_settlement(connection: Connection, batch_id: str) -> Settlement:
    """Raises SettlementRefused for a batch that is not there."""
    table = settlement_left_open.c
    rows = connection.execute(
        select(table.referrer_id, table.kind, table.amount_cents, table.reason)
        .where(table.batch_id == batch_id)
        .order_by(table.place)
    )
    left_open = tuple(
        LeftOpen(referrer_id, PayoutKind(kind), cents, OpenReason(reason)) for referrer_id, kind, cents, reason in rows
    )
    return Settlement(require_batch(connection, batch_id), tuple(read_lines(connection, batch_id)), left_open)


def undecided_batch(connection: Connection) -> str | None:
    """The id of the batch that is prepared or approved; there is one at most."""
    states = [BatchState.PREPARED.value, BatchState.APPROVED.value]
    query = select(settlement_batches.c.batch_id).where(settlement_batches.c.state.in_(states))
    return connection.execute(query).scalar()


def read_batches(connection: Connection, first: int, rows: int) -> list[Batch]:
    """Batches in any state, the newest first."""
    query = select(*(settlement_batches.c[name] for name in Batch._fields)).order_by(
        settlement_batches.c.prepared_at.desc(), settlement_batches.c.batch_id.desc()
    )
    found = connection.execute(query.offset(first).limit(rows))
    return [Batch(*row)._replace(state=BatchState(row.state)) for row in found]


def require_batch(connection: Connection, batch_id: str) -> Batch:
    """The batch. Raises SettlementRefused, which names the latest ones."""
    query = select(*(settlement_batches.c[name] for name in Batch._fields))
    row = connection.execute(query.where(settlement_batches.c.batch_id == batch_id)).first()
    if row is None:
        known = connection.execute(
            select(settlement_batches.c.batch_id).order_by(settlement_batches.c.prepared_at.desc()).limit(3)
        ).scalars()
        latest = ", ".join(known) or "none"
        raise SettlementRefused(f"there is no batch {batch_id!r}; the latest: {latest}")
    return Batch(*row)._replace(state=BatchState(row.state))


def read_lines(connection: Connection, batch_id: str) -> list[BatchLine]:
    """The lines of a batch in their order."""
    query = select(*(settlement_lines.c[name] for name in BatchLine._fields))
    query = query.where(settlement_lines.c.batch_id == batch_id).order_by(settlement_lines.c.number)
    return [as_line(row) for row in connection.execute(query)]


def read_line(connection: Connection, end_to_end_id: str) -> BatchLine | None:
    """The line of that id, None when no batch has it."""
    query = select(*(settlement_lines.c[name] for name in BatchLine._fields))
    row = connection.execute(query.where(settlement_lines.c.end_to_end_id == end_to_end_id)).first()
    return as_line(row) if row else None


def as_line(row: Any) -> BatchLine:
    """A row of settlement_lines with the names of BatchLine, its words as states."""
    return BatchLine(*row)._replace(kind=PayoutKind(row.kind), state=LineState(row.state))


def read_invoices_of(connection: Connection, batch_id: str) -> dict[str, tuple[str, ...]]:
    """The invoice numbers that each line pays, by end-to-end id."""
    own = settlement_line_invoices.c
    query = (
        select(own.end_to_end_id, own.number)
        .join(settlement_lines, settlement_lines.c.end_to_end_id == own.end_to_end_id)
        .where(settlement_lines.c.batch_id == batch_id)
        .order_by(own.end_to_end_id, own.number)
    )
    found: dict[str, tuple[str, ...]] = {}
    for end_to_end_id, number in connection.execute(query):
        found[end_to_end_id] = (*found.get(end_to_end_id, ()), number)
    return found


def line_entry(kind: EntryKind, line: BatchLine, reason: str = "") -> Entry:
    """The entry by which a line's money moves."""
    payable, in_transit = PAYABLE_OF[line.kind], IN_TRANSIT_OF[line.kind]
    ways = {
        EntryKind.RESERVE: (payable, in_transit),
        EntryKind.PAID: (in_transit, Account.BANK),
        EntryKind.RETURNED: (Account.BANK, payable),
        EntryKind.VOID: (in_transit, payable),
        EntryKind.REJECTED: (in_transit, payable),
    }
    legs = move(*ways[kind], line.referrer_id, line.amount_cents)
    key = f"{kind}:{line.end_to_end_id}"
    return Entry(kind, key, line.referrer_id, legs, end_to_end_id=line.end_to_end_id, reason=reason)


def set_line_state(connection: Connection, end_to_end_id: str, state: LineState, reason: str = "") -> None:
    """Write what became of a line; its money moves by an entry of the caller."""
    connection.execute(
        update(settlement_lines)
        .where(settlement_lines.c.end_to_end_id == end_to_end_id)
        .values(state=state.value, reason=reason)
    )


def set_batch_state(connection: Connection, batch_id: str, state: BatchState, **values: Any) -> None:
    """Write where a batch is, and columns that change with it."""
    connection.execute(
        update(settlement_batches).where(settlement_batches.c.batch_id == batch_id).values(state=state.value, **values)
    )


def close_finished(connection: Connection, batch_id: str, at: datetime) -> bool:
    """Close an exported batch of which no line is open any more."""
    lines = settlement_lines.c
    is_open = select(lines.number).where(lines.batch_id == batch_id, lines.state == LineState.OPEN.value).limit(1)
    if require_batch(connection, batch_id).state is not BatchState.EXPORTED or connection.execute(is_open).first():
        return False
    set_batch_state(connection, batch_id, BatchState.CLOSED, closed_at=at)
    return True


def record_batch_act(
    connection: Connection,
    batch_id: str,
    act: str,
    made_by: str,
    at: datetime,
    reason: str = "",
    end_to_end_id: str | None = None,
) -> None:
    """Who did what with a batch or one of its lines, for good; what else people do is in tasks.care.acting.acts."""
    connection.execute(
        insert(settlement_acts).values(
            batch_id=batch_id, end_to_end_id=end_to_end_id, act=act, made_by=made_by, reason=reason, made_at=at
        )
    )
