"""Amounts that two people put right: one proposes, another who may approve payouts enters it in the ledger."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Engine, insert, select, update

from models.database.engine import reading, writing_durably
from models.tables import adjustments
from programme.money.entries import Entry, move
from programme.money.states import Account, EntryKind
from programme.terms.schema import Programme
from programme.words.dates import day_in_amsterdam
from programme.words.naming.people import name_key
from tasks.clients.lookup import require_client
from tasks.money.ledger import Made, lock_ledger, write_entries
from tasks.referrals.batches import SettlementRefused
from tasks.referrals.deciding import require_approver, require_words

MOST_CENTS = 10_000_000_00  # what no single adjustment can be meant to exceed: ten million euros


class Adjustment(NamedTuple):
    """A correction of what a client is owed; below zero it takes back. `approved_by` is None until somebody does."""

    id: int
    client_id: str
    amount_cents: int
    reason: str
    proposed_by: str
    approved_by: str | None


def propose_adjustment(
    engine: Engine, client_id: str, amount_cents: int, reason: str, by: str, at: datetime
) -> Adjustment:
    """Nothing is entered before another person approves it. Raises UnknownClient or SettlementRefused."""
    require_client(engine, client_id)
    name, why = require_words(by, "--by NAME"), require_words(reason, "--reason TEXT")
    if amount_cents == 0 or abs(amount_cents) > MOST_CENTS:
        raise SettlementRefused(
            f"--cents {amount_cents} is no adjustment; write cents, up to {MOST_CENTS} (below zero takes back)"
        )
    values = {
        "client_id": client_id,
        "amount_cents": amount_cents,
        "reason": why,
        "proposed_by": name,
        "proposer_key": name_key(name),
        "proposed_on": day_in_amsterdam(at),
    }
    with writing_durably(engine) as connection:
        made = connection.execute(insert(adjustments).values(values)).inserted_primary_key
        return Adjustment(int(made[0]) if made else 0, client_id, amount_cents, why, name, None)


def approve_adjustment(engine: Engine, programme: Programme, number: int, by: str, at: datetime) -> Adjustment:
    """Enter it on the real day. Raises SettlementRefused."""
    table = adjustments.c
    with writing_durably(engine) as connection:
        lock_ledger(connection)
        row = connection.execute(
            select(*(table[name] for name in Adjustment._fields)).where(table.id == number)
        ).first()
        if row is None:
            waiting = connection.scalars(select(table.id).where(table.approved_by.is_(None)).order_by(table.id)).all()
            known = f"those that wait: {', '.join(map(str, waiting))}" if waiting else "none waits"
            raise SettlementRefused(f"there is no adjustment {number}; {known}")
        proposed = Adjustment(*row)
        if proposed.approved_by:
            raise SettlementRefused(f"adjustment {number} was approved by {proposed.approved_by} already")
        approver = require_approver(programme, by)
        if name_key(approver.name) == name_key(proposed.proposed_by):
            raise SettlementRefused(f"{approver.name} proposed adjustment {number}, and another person must approve it")
        today = day_in_amsterdam(at)
        legs = move(Account.EXPENSE, Account.PAYABLE, proposed.client_id, proposed.amount_cents)
        entry = Entry(EntryKind.ADJUST, f"adjust:{number}", proposed.client_id, legs, reason=proposed.reason)
        write_entries(connection, [entry], Made(today, approver.name, at))
        connection.execute(
            update(adjustments)
            .where(table.id == number)
            .values(approved_by=approver.name, approver_key=name_key(approver.name), approved_on=today)
        )
        return proposed._replace(approved_by=approver.name)


def waiting_adjustments(engine: Engine) -> list[Adjustment]:
    """Those that nobody approved yet, by id."""
    table = adjustments.c
    query = select(*(table[name] for name in Adjustment._fields)).where(table.approved_by.is_(None)).order_by(table.id)
    with reading(engine) as connection:
        return [Adjustment(*row) for row in connection.execute(query)]
