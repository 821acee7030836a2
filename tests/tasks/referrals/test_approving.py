"""Approving a batch: what one line holds keeps no other from the bank."""

from sqlalchemy import Engine, insert

from models.database.engine import writing
from models.tables import partner_invoices
from tasks.money.booking import book
from tasks.referrals import deciding
from tests import payouts


def test_a_partner_with_many_invoices_is_paid(engine: Engine) -> None:
    """Twelve that no line paid yet, for want of an account, are paid by one line."""
    payouts.add_year(engine)
    at = payouts.at(payouts.SETTLED_ON)
    book(engine, payouts.programme(), payouts.SETTLED_ON, "rewards", at)
    common = {"client_id": "D1", "amount_cents": 500, "vat_cents": 0, "made_by": "x", "made_at": at}
    rows = [{**common, "number": f"FACTUUR-2026-{n:03d}", "day": payouts.SETTLED_ON} for n in range(12)]
    with writing(engine) as connection:
        connection.execute(insert(partner_invoices), rows)
    batch, lines = payouts.settle(engine, payouts.SETTLED_ON)
    assert [cents for _, cents in lines] == [25_000, 6_000]
    assert b"FACTUUR-2026-004 en 7 meer S20260601-1-0002" in deciding.export(engine, batch, at)
