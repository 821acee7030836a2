"""What people decide about a batch: approve, export, withdraw, reject by hand (referrals section 5)."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Engine, insert, select

from models.database.engine import writing_durably
from models.tables import settlement_files
from programme.money.bank.payments import Payment, PaymentFile
from programme.money.bank.target import next_target_day
from programme.money.settling import remittance_of
from programme.money.states import PAYABLE_OF, BatchState, EntryKind, LineState
from programme.terms.schema import Programme
from programme.terms.tables.payout_terms import Person
from programme.words.dates import day_in_amsterdam
from programme.words.naming.people import name_key
from programme.words.states import Role
from tasks.base import checkpoints
from tasks.money.bank.payments import write_payment_file
from tasks.money.ledger import Made, lock_ledger, read_balances, write_entries
from tasks.money.payees import read_payees
from tasks.referrals.batches import (
    Batch,
    BatchLine,
    NoAccountToPayFrom,
    Settlement,
    SettlementRefused,
    close_finished,
    line_entry,
    read_invoices_of,
    read_line,
    read_lines,
    read_settlement,
    record_batch_act,
    require_batch,
    set_batch_state,
    set_line_state,
)


class LineChange(NamedTuple):
    """Why a line can no longer be paid as it was prepared."""

    line: BatchLine
    what: str


class Approval(NamedTuple):
    """A batch as it was approved, and the lines that became void by it."""

    settlement: Settlement
    voided: tuple[LineChange, ...]


def approve(
    engine: Engine,
    programme: Programme,
    batch_id: str,
    by: str,
    at: datetime,
    noted: Callable[[Connection, Approval], None] | None = None,
) -> Approval:
    """Fix the file's bytes for good; lines that changed since they were prepared become void and stay owed.

    Args:
        noted: what the caller writes of it in the same transaction.

    Raises SettlementRefused or PaymentFileInvalid; then nothing was written.
    """
    with writing_durably(engine) as connection:
        lock_ledger(connection)
        batch = _require_state(connection, batch_id, "approve", BatchState.PREPARED)
        approver = require_approver(programme, by)
        if name_key(approver.name) == name_key(batch.prepared_by):
            raise SettlementRefused(
                f"{approver.name} prepared {batch_id}, and another person must approve it. {_who_may(programme)}"
            )
        lines = read_lines(connection, batch_id)
        changes = _read_changes(connection, lines)
        _void(connection, changes, Made(day_in_amsterdam(at), approver.name, at))
        checkpoints.passed("in_approval")
        gone = {change.line.end_to_end_id for change in changes}
        standing = [line for line in lines if line.end_to_end_id not in gone]
        named = {"approved_by": approver.name, "approver_key": name_key(approver.name), "approved_at": at}
        if standing:
            file = _payment_file(connection, programme, batch, standing, at)
            _store_file(connection, batch_id, write_payment_file(file), at)
            set_batch_state(connection, batch_id, BatchState.APPROVED, execution_on=file.execution_on, **named)
        else:
            set_batch_state(connection, batch_id, BatchState.CLOSED, closed_at=at, **named)
        record_batch_act(connection, batch_id, "approve", approver.name, at)
        approval = Approval(read_settlement(connection, batch_id), tuple(changes))
        if noted:
            noted(connection, approval)
    checkpoints.passed("after_approval")
    return approval


def export(engine: Engine, batch_id: str, at: datetime) -> bytes:
    """The bytes that were approved, each time the same. The batch is exported before anybody has them.

    Raises SettlementRefused: not approved, too late for its execution day, or a line that changed since.
    """
    with writing_durably(engine) as connection:
        lock_ledger(connection)
        batch = _require_state(
            connection, batch_id, "export", BatchState.APPROVED, BatchState.EXPORTED, BatchState.CLOSED
        )
        content = _read_file(connection, batch)
        if batch.state is BatchState.APPROVED:
            _require_exportable(connection, batch, at)
            set_batch_state(connection, batch_id, BatchState.EXPORTED, exported_at=at)
            checkpoints.passed("in_export")
        record_batch_act(connection, batch_id, "export", "", at)
    checkpoints.passed("after_export")
    return content


def withdraw(
    engine: Engine,
    batch_id: str,
    by: str,
    reason: str,
    at: datetime,
    noted: Callable[[Connection], None] | None = None,
) -> Settlement:
    """Take back a batch that never left: its lines are void, and their amounts payable again; `noted` as in approve."""
    made_by, why = require_words(by, "--by NAME"), require_words(reason, "--reason TEXT")
    with writing_durably(engine) as connection:
        lock_ledger(connection)
        _require_state(connection, batch_id, "withdraw", BatchState.PREPARED, BatchState.APPROVED)
        lines = [line for line in read_lines(connection, batch_id) if line.state is LineState.OPEN]
        _void(connection, [LineChange(line, "withdrawn") for line in lines], Made(day_in_amsterdam(at), made_by, at))
        set_batch_state(connection, batch_id, BatchState.WITHDRAWN, closed_at=at)
        record_batch_act(connection, batch_id, "withdraw", made_by, at, why)
        if noted:
            noted(connection)
        return read_settlement(connection, batch_id)


def reject(engine: Engine, programme: Programme, what: str, by: str, reason: str, at: datetime) -> Settlement:
    """What the bank never took of an exported batch, by hand after its execution day: a line, or all open lines.

    Args:
        what: an end-to-end id or a batch id.
    """
    why = require_words(reason, "--reason TEXT")
    with writing_durably(engine) as connection:
        lock_ledger(connection)
        line = read_line(connection, what)
        batch = _require_state(connection, line.batch_id if line else what, "reject", BatchState.EXPORTED)
        approver = require_approver(programme, by)
        today = day_in_amsterdam(at)
        if batch.execution_on is None or today <= batch.execution_on:
            raise SettlementRefused(
                f"{batch.batch_id} is executed on {batch.execution_on}, and until that day is over the bank may still "
                "take it; wait, and read its statement first"
            )
        lines = [line] if line else read_lines(connection, batch.batch_id)
        still_open = [each for each in lines if each.state is LineState.OPEN]
        if not still_open:
            raise SettlementRefused(f"{what} has no open line; nothing is rejected")
        entries = (line_entry(EntryKind.REJECTED, each, why) for each in still_open)
        write_entries(connection, entries, Made(today, approver.name, at))
        for each in still_open:
            set_line_state(connection, each.end_to_end_id, LineState.REJECTED, why)
        record_batch_act(
            connection, batch.batch_id, "reject", approver.name, at, why, line.end_to_end_id if line else None
        )
        close_finished(connection, batch.batch_id, at)
        return read_settlement(connection, batch.batch_id)


def require_approver(programme: Programme, name: str) -> Person:
    """The person of [[people]] with this name, whatever its case and spaces, who may approve payouts."""
    key = name_key(name)
    for person in programme.people:
        if name_key(person.name) == key and Role.APPROVER in person.roles:
            return person
    raise SettlementRefused(f"{name!r} is no approver. {_who_may(programme)}")


def require_words(text: str, option: str) -> str:
    """The text with single spaces. Raises SettlementRefused for an empty one."""
    words = " ".join(text.split())
    if not words:
        raise SettlementRefused(f"nothing stands in {option.split()[0]}; write {option}")
    return words


def _who_may(programme: Programme) -> str:
    names = [person.name for person in programme.people if Role.APPROVER in person.roles]
    who = ", ".join(names) or "nobody yet: give two of [[people]] the role approver"
    return f"Approvers in programme.toml: {who}"


def _require_state(connection: Connection, batch_id: str, act: str, *states: BatchState) -> Batch:
    batch = require_batch(connection, batch_id)
    if batch.state not in states:
        allowed = " or ".join(states)
        raise SettlementRefused(f"{batch_id} is {batch.state}; to {act} it, it must be {allowed}")
    return batch


def _read_changes(connection: Connection, lines: Sequence[BatchLine]) -> list[LineChange]:
    """The open lines that can no longer be paid as they were prepared, each with the first reason that applies."""
    balances = read_balances(connection, *PAYABLE_OF.values())
    payees = read_payees(connection, [line.referrer_id for line in lines])
    changes = []
    for line in lines:
        payee = payees.get(line.referrer_id)
        if line.state is not LineState.OPEN:
            continue
        if balances[PAYABLE_OF[line.kind]].get(line.referrer_id, 0) < 0:
            changes.append(LineChange(line, "the balance is below zero"))
        elif payee is None or payee.is_erased:
            changes.append(LineChange(line, "the client was erased"))
        elif payee.is_blocked:
            changes.append(LineChange(line, "the client is blocked"))
        elif payee.iban != line.iban:
            changes.append(LineChange(line, "the IBAN is another one"))
        elif payee.holder != line.holder:
            changes.append(LineChange(line, "the holder is another one"))
    return changes


def _void(connection: Connection, changes: Iterable[LineChange], made: Made) -> None:
    changes = list(changes)
    write_entries(connection, (line_entry(EntryKind.VOID, change.line, change.what) for change in changes), made)
    for change in changes:
        set_line_state(connection, change.line.end_to_end_id, LineState.VOID, change.what)


def _payment_file(
    connection: Connection, programme: Programme, batch: Batch, lines: Sequence[BatchLine], at: datetime
) -> PaymentFile:
    terms = programme.payouts
    if not terms.iban or not terms.holder:
        raise NoAccountToPayFrom(
            "programme.toml: payouts.iban and payouts.holder are not filled in: without them nothing can be paid"
        )
    invoices = read_invoices_of(connection, batch.batch_id)
    payments = tuple(
        Payment(
            line.end_to_end_id,
            line.amount_cents,
            line.iban,
            line.holder,
            remittance_of(programme.trade.club, line.kind, invoices.get(line.end_to_end_id, ()), line.end_to_end_id),
        )
        for line in lines
    )
    execution_on = next_target_day(day_in_amsterdam(at))
    return PaymentFile(batch.batch_id, at, execution_on, terms.iban, terms.holder, terms.bic, payments)


def _store_file(connection: Connection, batch_id: str, content: bytes, at: datetime) -> None:
    digest = hashlib.sha256(content).hexdigest()
    connection.execute(insert(settlement_files).values(batch_id=batch_id, content=content, sha256=digest, made_at=at))


def _read_file(connection: Connection, batch: Batch) -> bytes:
    table, batch_id = settlement_files.c, batch.batch_id
    row = connection.execute(select(table.content, table.sha256).where(table.batch_id == batch_id)).first()
    if row is None and batch.execution_on:
        raise SettlementRefused(f"{batch_id} had a file, which went with the books of its year (books_years)")
    if row is None:
        raise SettlementRefused(f"{batch_id} was closed without a file: none of its lines could be paid")
    content = bytes(row.content)
    if hashlib.sha256(content).hexdigest() != row.sha256:
        raise SettlementRefused(f"the stored file of {batch_id} is not the one that was approved; call an engineer")
    return content


def _require_exportable(connection: Connection, batch: Batch, at: datetime) -> None:
    anew = f"withdraw it (bouwclub settlement withdraw {batch.batch_id}) and prepare anew"
    if batch.execution_on is None or day_in_amsterdam(at) > batch.execution_on:
        raise SettlementRefused(f"the execution day of {batch.batch_id}, {batch.execution_on}, is over; {anew}")
    changes = _read_changes(connection, read_lines(connection, batch.batch_id))
    if changes:
        first = changes[0]
        more = f" (and {len(changes) - 1} more)" if len(changes) > 1 else ""
        raise SettlementRefused(
            f"line {first.line.end_to_end_id} changed since the approval: {first.what}{more}; {anew}"
        )
