"""What the bank answered: each entry once, booked only where it fits a line, and listed where it does not."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from re import fullmatch
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, insert, select, update

from models.database.bulk import insert_rows
from models.database.engine import writing_durably
from models.database.given import in_values
from models.tables import bank_entries, bank_imports, settlement_batches, settlement_lines
from programme.money.bank.payments import BankEntry, BankFeedback, Rejection
from programme.money.settling import END_TO_END_FORM
from programme.money.states import WRONG_ACCOUNT, BatchState, EntryKind, LineState
from programme.terms.schema import Programme
from programme.words.dates import day_in_amsterdam
from tasks.base import checkpoints
from tasks.money.bank.feedback import read_feedback
from tasks.money.ledger import Made, lock_ledger, write_entries
from tasks.money.payees import record_returned_iban
from tasks.referrals.batches import (
    BatchLine,
    SettlementRefused,
    as_line,
    close_finished,
    line_entry,
    read_line,
    set_line_state,
)

_COLUMNS = (
    "account_iban",
    "booked_on",
    "is_credit",
    "amount_cents",
    "bank_reference",
    "end_to_end_id",
    "ordinal",
)
BANK = "bank"  # who made the entries that follow from the bank's files


@dataclass
class StatementReport:
    """What a file of the bank came to; ids of lines and batches only.

    Attributes:
        known: entries of ours that an earlier file had.
        others: entries that are no payment of ours.
        unmatched: all entries that fit no line, those of earlier files too.
    """

    entries: int = 0
    known: int = 0
    others: int = 0
    paid: list[str] = field(default_factory=list)
    returned: list[str] = field(default_factory=list)
    rejected: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    unmatched: list[dict[str, Any]] = field(default_factory=list)


def import_statement(engine: Engine, programme: Programme, data: bytes, name: str, at: datetime) -> StatementReport:
    """All of a file or of a zip of them, or nothing. The same file again changes nothing.

    Raises StatementRefused or SettlementRefused.
    """
    if not programme.payouts.iban:
        raise SettlementRefused("programme.toml: payouts.iban is not filled in: whose statement is to be read?")
    feedback = read_feedback(data, name, programme.payouts.iban)
    return take_feedback(engine, feedback, name, hashlib.sha256(data).hexdigest(), at)


def take_feedback(engine: Engine, feedback: BankFeedback, name: str, sha256: str, at: datetime) -> StatementReport:
    """What the bank said, in one transaction. Safe to repeat."""
    with writing_durably(engine) as connection:
        lock_ledger(connection)
        report = StatementReport(entries=len(feedback.entries))
        ours = [entry for entry in feedback.entries if fullmatch(END_TO_END_FORM, entry.end_to_end_id)]
        report.others = len(feedback.entries) - len(ours)
        report.known = len(ours) - _keep_new(connection, ours, at)
        checkpoints.passed("in_statement")
        touched = _book_entries(connection, report, at)
        touched |= _book_rejections(connection, feedback.rejections, report, at)
        report.closed = [batch_id for batch_id in sorted(touched) if close_finished(connection, batch_id, at)]
        report.unmatched = read_unmatched(connection)
        connection.execute(
            insert(bank_imports).values(
                name=name, sha256=sha256, entries=report.entries, ours=len(ours), imported_at=at
            )
        )
    checkpoints.passed("after_statement")
    return report


def read_unmatched(connection: Connection) -> list[dict[str, Any]]:
    """The entries that fit no line, by booking day: what a person has to look at."""
    table = bank_entries.c
    rows = connection.execute(
        select(*(table[name] for name in _COLUMNS[1:]))
        .where(table.booked_as.is_(None))
        .order_by(table.booked_on, table.id)
    )
    return [
        {
            "booked_on": row.booked_on.isoformat(),
            "sign": "credit" if row.is_credit else "debit",
            "amount_cents": row.amount_cents,
            "end_to_end_id": row.end_to_end_id,
            "bank_reference": row.bank_reference,
        }
        for row in rows
    ]


def _keep_new(connection: Connection, entries: Iterable[BankEntry], at: datetime) -> int:
    rows = [(*(getattr(entry, name) for name in _COLUMNS), entry.reason or "", at) for entry in entries]
    return insert_rows(connection, bank_entries, (*_COLUMNS, "reason", "imported_at"), rows, ignore_existing=True)


def _book_entries(connection: Connection, report: StatementReport, at: datetime) -> set[str]:
    """Try every unmatched entry, those of before first, all debits before all credits. Returns the batches touched."""
    table = bank_entries.c
    waiting = connection.execute(
        select(bank_entries).where(table.booked_as.is_(None)).order_by(table.is_credit, table.id)
    ).all()
    lines = _read_lines(connection, [entry.end_to_end_id for entry in waiting])
    exported = _exported(connection, {line.batch_id for line in lines.values()})
    booked = []
    for entry in waiting:
        line = lines.get(entry.end_to_end_id)
        state = _state_after(entry, line, exported)
        if line is not None and state is not None:
            lines[line.end_to_end_id] = line._replace(state=state)
            booked.append((entry, line, state))
            (report.paid if state is LineState.PAID else report.returned).append(line.end_to_end_id)
    _write_booked(connection, booked, at)
    return {line.batch_id for _, line, _ in booked}


def _state_after(entry: Any, line: BatchLine | None, exported: Collection[str]) -> LineState | None:
    """A debit of an open line of an exported batch is paid, a credit of a paid line returned; both to the cent."""
    if line is None or entry.amount_cents != line.amount_cents:
        return None
    if entry.is_credit:
        return LineState.RETURNED if line.state is LineState.PAID else None
    return LineState.PAID if line.state is LineState.OPEN and line.batch_id in exported else None


def _write_booked(connection: Connection, booked: Sequence[tuple[Any, BatchLine, LineState]], at: datetime) -> None:
    """The entries of the ledger, each on the bank's booking day; the lines; and what the bank's entries became."""
    for (day, state), group in groupby(booked, key=lambda each: (each[0].booked_on, each[2])):
        each_entry = [line_entry(EntryKind(state.value), line, entry.reason) for entry, line, _ in group]
        write_entries(connection, each_entry, Made(day, BANK, at))
    if not booked:
        return
    connection.execute(
        update(bank_entries).where(bank_entries.c.id == bindparam("entry")).values(booked_as=bindparam("became")),
        [{"entry": entry.id, "became": state.value} for entry, _, state in booked],
    )
    lines = settlement_lines.c
    connection.execute(
        update(settlement_lines)
        .where(lines.end_to_end_id == bindparam("line"))
        .values(state=bindparam("became"), reason=bindparam("why")),
        [{"line": line.end_to_end_id, "became": state.value, "why": entry.reason} for entry, line, state in booked],
    )
    for entry, line, state in booked:
        if state is LineState.RETURNED:
            _refuse_account(connection, line, entry.reason, at)


def _book_rejections(
    connection: Connection, rejections: Iterable[Rejection], report: StatementReport, at: datetime
) -> set[str]:
    touched = set()
    for rejection in rejections:
        if rejection.status != "RJCT":
            continue
        for line in _rejected_lines(connection, rejection):
            made = Made(day_in_amsterdam(at), BANK, at)
            write_entries(connection, [line_entry(EntryKind.REJECTED, line, rejection.reason)], made)
            set_line_state(connection, line.end_to_end_id, LineState.REJECTED, rejection.reason)
            if rejection.reason in WRONG_ACCOUNT:
                _refuse_account(connection, line, rejection.reason, at)
            report.rejected.append(line.end_to_end_id)
            touched.add(line.batch_id)
    return touched


def _rejected_lines(connection: Connection, rejection: Rejection) -> list[BatchLine]:
    """The open lines of an exported batch that it is about: of the narrowest id that it names."""
    lines = settlement_lines.c
    if rejection.end_to_end_id is not None:
        line = read_line(connection, rejection.end_to_end_id)
        found = [line] if line else []
    else:
        batch_id = rejection.payment_information_id
        batch_id = rejection.message_id if batch_id is None else batch_id
        query = select(*(lines[name] for name in BatchLine._fields)).where(lines.batch_id == (batch_id or ""))
        found = [as_line(row) for row in connection.execute(query.order_by(lines.number))]
    exported = _exported(connection, {line.batch_id for line in found})
    return [line for line in found if line.state is LineState.OPEN and line.batch_id in exported]


def _exported(connection: Connection, batch_ids: Collection[str]) -> set[str]:
    """Which of these batches are exported and not closed."""
    table = settlement_batches.c
    query = select(table.batch_id).where(table.state == BatchState.EXPORTED.value, table.batch_id.in_(batch_ids))
    return set(connection.scalars(query))


def _refuse_account(connection: Connection, line: BatchLine, reason: str, at: datetime) -> None:
    record_returned_iban(connection, line.referrer_id, line.iban, line.end_to_end_id, reason, at)


def _read_lines(connection: Connection, end_to_end_ids: Sequence[str]) -> dict[str, BatchLine]:
    query = select(*(settlement_lines.c[name] for name in BatchLine._fields)).where(
        in_values(settlement_lines.c.end_to_end_id, sorted(set(end_to_end_ids)))
    )
    return {row.end_to_end_id: as_line(row) for row in connection.execute(query)}
