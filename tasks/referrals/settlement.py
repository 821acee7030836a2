"""Prepare a batch as of a day, or find the one that waits for a decision (referrals section 5)."""

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, exists, func, insert, select

from models.database.bulk import insert_rows
from models.database.engine import writing_durably
from models.tables import (
    ledger_entries,
    ledger_legs,
    partner_invoices,
    settlement_batches,
    settlement_left_open,
    settlement_line_invoices,
    settlement_lines,
)
from programme.money.settling import (
    Balance,
    LeftOpen,
    Payee,
    Payout,
    batch_id_of,
    end_to_end_id_of,
    settle_balance,
)
from programme.money.states import (
    PAYABLE_OF,
    Account,
    BatchState,
    EntryKind,
    LineState,
    PayoutKind,
)
from programme.terms.schema import Programme
from programme.words.naming.people import name_key
from tasks.base import checkpoints
from tasks.money.booking import BookingReport, book_within
from tasks.money.ledger import Made, lock_ledger, read_balances, write_entries
from tasks.money.payees import read_payees
from tasks.referrals.batches import (
    BatchLine,
    Settlement,
    SettlementRefused,
    line_entry,
    read_settlement,
    record_batch_act,
    undecided_batch,
)


class Prepared(NamedTuple):
    """`booking` is None where a batch that waits was found, and nothing was booked."""

    settlement: Settlement
    booking: BookingReport | None


def prepare_settlement(engine: Engine, programme: Programme, as_of: date, made_by: str, at: datetime) -> Prepared:
    """One transaction: the batch with its lines, or nothing. Safe to repeat: a batch that waits is given back.

    Args:
        made_by: a person's name, or SCHEDULED_NAME.

    Raises BookingRefused or SettlementRefused.
    """
    made = Made(as_of, " ".join(made_by.split()), at)
    if not made.by:
        raise SettlementRefused("a batch is prepared by somebody; write a name: --by NAME")
    with writing_durably(engine) as connection:
        lock_ledger(connection)
        if waiting := undecided_batch(connection):
            return Prepared(read_settlement(connection, waiting), None)
        booking = book_within(connection, programme, made)
        outcomes = list(_settled(connection, programme))
        payouts = [each for each in outcomes if isinstance(each, Payout)]
        left_open = tuple(each for each in outcomes if isinstance(each, LeftOpen))
        if not payouts:
            return Prepared(Settlement(None, (), left_open), booking)
        batch_id = _write_batch(connection, made, payouts, left_open)
        settlement = read_settlement(connection, batch_id)
    checkpoints.passed("after_batch")
    return Prepared(settlement, booking)


def _settled(connection: Connection, programme: Programme) -> Iterator[Payout | LeftOpen]:
    """A line or what stays open of every balance: by referrer, his rewards before his commission."""
    balances = read_balances(connection, *PAYABLE_OF.values())
    owed = {
        (client_id, kind): balances[account][client_id]
        for kind, account in PAYABLE_OF.items()
        for client_id in balances[account]
    }
    payees = read_payees(connection, {client_id for client_id, _ in owed})
    uninvoiced = read_uninvoiced(connection)
    minimum = programme.referral.payout_minimum_cents
    for client_id in sorted({client_id for client_id, _ in owed}):
        payee = payees.get(client_id, Payee(client_id, is_erased=True))
        for kind in PayoutKind:
            x = uninvoiced.get(client_id, 0) if kind is PayoutKind.COMMISSION else 0
            yield from settle_balance(Balance(payee, kind, owed.get((client_id, kind), 0), x), minimum)


def read_uninvoiced(connection: Connection) -> dict[str, int]:
    """X by partner, in cents: commission that was released and that no invoice stands for.

    It is below zero after a cancellation.
    """
    entries, legs, invoices = ledger_entries.c, ledger_legs.c, partner_invoices.c
    released = (
        select(legs.client_id, func.sum(legs.amount_cents))
        .join_from(ledger_legs, ledger_entries, entries.id == legs.entry_id)
        .where(legs.account == Account.COMMISSION_PAYABLE.value)
        .where(entries.kind.in_([EntryKind.COMMISSION.value, EntryKind.COMMISSION_RELEASE.value]))
        .group_by(legs.client_id)
    )
    found = {client_id: int(cents) for client_id, cents in connection.execute(released)}
    sent = select(invoices.client_id, func.sum(invoices.amount_cents)).group_by(invoices.client_id)
    for client_id, cents in connection.execute(sent):
        found[client_id] = found.get(client_id, 0) - int(cents)
    return found


def _write_batch(connection: Connection, made: Made, payouts: list[Payout], left_open: tuple[LeftOpen, ...]) -> str:
    batches = settlement_batches.c
    number = 1 + (connection.execute(select(func.max(batches.number)).where(batches.as_of == made.day)).scalar() or 0)
    batch_id = batch_id_of(made.day, number)
    connection.execute(
        insert(settlement_batches).values(
            batch_id=batch_id,
            as_of=made.day,
            number=number,
            state=BatchState.PREPARED.value,
            prepared_by=made.by,
            preparer_key=name_key(made.by),
            prepared_at=made.at,
        )
    )
    checkpoints.passed("in_batch")
    adjusted = _read_unpaid_adjustments(connection)
    lines = [_line(batch_id, place, payout, adjusted) for place, payout in enumerate(payouts, start=1)]
    insert_rows(connection, settlement_lines, BatchLine._fields, [_plain(line) for line in lines])
    _write_invoices(connection, lines)
    write_entries(connection, (line_entry(EntryKind.RESERVE, line) for line in lines), made)
    rows = [(batch_id, place, *_plain(each)) for place, each in enumerate(left_open, start=1)]
    insert_rows(
        connection, settlement_left_open, ("batch_id", "place", "referrer_id", "kind", "amount_cents", "reason"), rows
    )
    record_batch_act(connection, batch_id, "prepare", made.by, made.at)
    return batch_id


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """The row with the words of its enumerations, for a driver that knows no Python."""
    return tuple(value.value if isinstance(value, StrEnum) else value for value in row)


def _line(batch_id: str, number: int, payout: Payout, adjusted: dict[str, int]) -> BatchLine:
    adjust_cents = adjusted.get(payout.referrer_id, 0) if payout.kind is PayoutKind.REWARD else 0
    return BatchLine(
        end_to_end_id_of(batch_id, number),
        batch_id,
        number,
        payout.referrer_id,
        payout.kind,
        payout.amount_cents,
        adjust_cents,
        payout.iban,
        payout.holder,
        LineState.OPEN,
        "",
    )


def _read_unpaid_adjustments(connection: Connection) -> dict[str, int]:
    """What of each referrer's adjustments no open or paid line holds yet, in cents."""
    entries, legs, lines = ledger_entries.c, ledger_legs.c, settlement_lines.c
    entered = (
        select(entries.referrer_id, func.sum(legs.amount_cents))
        .join_from(ledger_entries, ledger_legs, legs.entry_id == entries.id)
        .where(entries.kind == EntryKind.ADJUST.value, legs.account == Account.PAYABLE.value)
        .group_by(entries.referrer_id)
    )
    found = {client_id: int(cents) for client_id, cents in connection.execute(entered)}
    held = (
        select(lines.referrer_id, func.sum(lines.adjust_cents))
        .where(lines.state.in_([LineState.OPEN.value, LineState.PAID.value]), lines.adjust_cents != 0)
        .group_by(lines.referrer_id)
    )
    for client_id, cents in connection.execute(held):
        found[client_id] = found.get(client_id, 0) - int(cents)
    return found


def _write_invoices(connection: Connection, lines: list[BatchLine]) -> None:
    """Each line of commission pays all invoices of its partner that no open or paid line pays."""
    of_partner = {line.referrer_id: line.end_to_end_id for line in lines if line.kind is PayoutKind.COMMISSION}
    if not of_partner:
        return
    own, paying = partner_invoices.c, settlement_line_invoices.c
    is_paid = exists().where(
        paying.client_id == own.client_id,
        paying.number == own.number,
        settlement_lines.c.end_to_end_id == paying.end_to_end_id,
        settlement_lines.c.state.in_([LineState.OPEN.value, LineState.PAID.value]),
    )
    unpaid = connection.execute(select(own.client_id, own.number).where(~is_paid).order_by(own.client_id, own.number))
    rows = [(of_partner[client_id], client_id, number) for client_id, number in unpaid if client_id in of_partner]
    insert_rows(connection, settlement_line_invoices, ("end_to_end_id", "client_id", "number"), rows)
