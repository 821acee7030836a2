"""Whatever is changed behind the ledger's back, one of its laws says so."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.database.engine import open_engine
from tasks.money.booking import book
from tasks.money.check import check_ledger
from tasks.referrals.adjusting import approve_adjustment, propose_adjustment
from tasks.referrals.partners import record_invoice
from tests import payouts

# Each is made where the guards of the tables are gone, as by somebody with the database's own tools.
OF_RELEASE = "(SELECT id FROM ledger_entries WHERE kind = 'commission_release')"
COMMISSION_FROM_NOTHING = (
    f"INSERT INTO ledger_legs (entry_id, account, client_id, amount_cents) VALUES ({OF_RELEASE}, 'expense', '', -100); "
    "UPDATE ledger_legs SET amount_cents = amount_cents + 100 WHERE account = 'commission_payable' "
    f"AND entry_id = {OF_RELEASE}"
)
FAULTS = {
    "a commission that no project earned": COMMISSION_FROM_NOTHING,
    "the VAT of an invoice": "UPDATE partner_invoices SET vat_cents = vat_cents + 1",
    "the account of a line": "UPDATE settlement_lines SET iban = 'NL02ABNA0123456789' WHERE kind = 'reward'",
    "an account in the file": "UPDATE settlement_files SET content = CAST(replace(CAST(content AS TEXT), "
    "(SELECT iban FROM settlement_lines WHERE kind = 'reward'), 'NL02ABNA0123456789') AS BLOB)",
    "the cents of an adjustment": "UPDATE adjustments SET amount_cents = amount_cents + 1",
    "whom an adjustment is for": "UPDATE adjustments SET client_id = 'A2'",
    "the file of a closed batch": "DELETE FROM settlement_files",
    "one leg": "UPDATE ledger_legs SET amount_cents = amount_cents + 1 WHERE rowid = 1",
    "a line that is gone": "DELETE FROM settlement_lines WHERE kind = 'reward'",
    "what the bank said": "UPDATE bank_entries SET amount_cents = amount_cents + 1",
}


@pytest.fixture
def books(sqlite_engine: Engine) -> Engine:
    """A year with a commission, its invoice, and an adjustment, settled and paid."""
    payouts.add_year(sqlite_engine)
    at = payouts.at(payouts.SETTLED_ON)
    book(sqlite_engine, payouts.programme(), payouts.SETTLED_ON, "rewards", at)
    proposed = propose_adjustment(sqlite_engine, "A1", 500, "vergeten", payouts.FIRST, at)
    approve_adjustment(sqlite_engine, payouts.programme(), proposed.id, payouts.SECOND, at)
    record_invoice(sqlite_engine, "D1", "N1", 6_000, 1_260, "x", at)
    _, lines = payouts.settle(sqlite_engine, payouts.SETTLED_ON)
    payouts.tell_bank(sqlite_engine, [payouts.entry(payouts.PAID_ON, *line) for line in lines])
    return sqlite_engine


def _broken(books: Engine, folder: Path, change: str) -> list[str]:
    """The laws that do not hold on a copy of the books in which this was changed."""
    path = folder / "changed.db"
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(books.url.database or "")) as own, closing(sqlite3.connect(path)) as changed:
        own.backup(changed)
        guards = changed.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            changed.execute(f"DROP TRIGGER {name}")
        before = changed.total_changes
        changed.executescript(change)
        assert changed.total_changes > before
        for _, guard in guards:
            changed.execute(guard)
        changed.commit()
    return [law.claim for law in check_ledger(open_engine(f"sqlite:///{path}"), payouts.programme()) if not law.holds]


def test_each_change_behind_its_back_breaks_a_law(books: Engine, tmp_path: Path) -> None:
    """And where nothing was changed, all hold."""
    assert _broken(books, tmp_path, "UPDATE ledger_legs SET amount_cents = amount_cents") == []
    unseen = [name for name, change in FAULTS.items() if not _broken(books, tmp_path, change)]
    assert unseen == []
