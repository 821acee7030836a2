"""Partners: what each project earns them, and the invoices that they send for it (referrals section 8)."""

from datetime import date, datetime

from sqlalchemy import Connection, Engine, insert, select

from models.database.engine import reading, writing_durably
from models.tables import partner_invoices
from programme.money.commission import Commission, commissions_of
from programme.money.entries import Entry, move
from programme.money.states import Account, EntryKind
from programme.terms.schema import Programme
from programme.words.dates import day_in_amsterdam
from programme.words.wording import euros
from tasks.clients.lookup import require_client
from tasks.money.ledger import Made, lock_ledger, write_entries
from tasks.money.qualified import read_qualified
from tasks.referrals.batches import SettlementRefused
from tasks.referrals.deciding import require_words
from tasks.referrals.settlement import read_uninvoiced

MOST_VAT_PERCENT = 21  # the Dutch general rate of 2026 (Wet op de omzetbelasting 1968, art. 9)
LONGEST_NUMBER = 35  # characters, so that it fits the bank's remittance line


def read_commissions(
    engine: Engine, programme: Programme, as_of: date, partner_id: str | None = None
) -> list[Commission]:
    """The commission of each project as of a day, by partner, delivery and project id."""
    with reading(engine) as connection:
        return commissions_within(connection, programme, as_of, partner_id)


def commissions_within(
    connection: Connection, programme: Programme, as_of: date, partner_id: str | None = None
) -> list[Commission]:
    """As read_commissions, by the caller's connection."""
    if programme.partners is None:
        return []
    asked = None if partner_id is None else [partner_id]
    projects = read_qualified(connection, programme, as_of, asked).partner_projects
    terms = programme.referral
    return commissions_of(programme.partners, terms.hold_days, terms.paid_before, projects)


def record_invoice(
    engine: Engine, client_id: str, number: str, amount_cents: int, vat_cents: int, by: str, at: datetime
) -> None:
    """A partner's invoice for all that was released and not invoiced; its VAT becomes payable with it.

    Raises UnknownClient or SettlementRefused, naming the amount.
    """
    require_client(engine, client_id)
    made_by, number = require_words(by, "--by NAME"), require_words(number, "NUMBER")
    if len(number) > LONGEST_NUMBER or not number.isprintable():
        raise SettlementRefused(f"{number[:40]!r} is no invoice number of at most {LONGEST_NUMBER} characters")
    table, today = partner_invoices.c, day_in_amsterdam(at)
    with writing_durably(engine) as connection:
        lock_ledger(connection)
        known = select(table.number).where(table.client_id == client_id, table.number == number)
        if connection.execute(known).first():
            raise SettlementRefused(f"{client_id} sent an invoice {number} already; a number counts once")
        due = read_uninvoiced(connection).get(client_id, 0)
        if due <= 0 or amount_cents != due:
            what = (
                f"the amount to be invoiced is {due} cents ({euros(due)})" if due > 0 else "nothing is to be invoiced"
            )
            raise SettlementRefused(f"{client_id}: {what}, without VAT; the invoice says {amount_cents}")
        if not 0 <= vat_cents * 100 <= amount_cents * MOST_VAT_PERCENT:
            raise SettlementRefused(f"VAT of {vat_cents} cents is not in 0 .. {MOST_VAT_PERCENT} % of {amount_cents}")
        values = {"client_id": client_id, "number": number, "amount_cents": amount_cents, "vat_cents": vat_cents}
        connection.execute(insert(partner_invoices).values(**values, made_by=made_by, day=today, made_at=at))
        legs = move(Account.VAT, Account.COMMISSION_PAYABLE, client_id, vat_cents)
        entry = Entry(EntryKind.INVOICE, f"invoice:{client_id}:{number}", client_id, legs)
        write_entries(connection, [entry], Made(today, made_by, at))
