"""How far the money of a reward is, as of a day."""

from datetime import date

from sqlalchemy import Engine

from tasks.money.booking import book
from tasks.money.rewards import read_rewards
from tests.payouts import PAID_ON, RETURNED_ON, SETTLED_ON, add_year, at, entry, programme, settle, tell_bank

BEFORE, BETWEEN = date(2026, 5, 31), date(2026, 6, 3)


def test_a_return_dated_before_its_payment_takes_nothing_back_before_it(sqlite_engine: Engine) -> None:
    """Reserved and not yet paid is in transit, whatever day the bank gives the return of what it paid later."""
    add_year(sqlite_engine)
    book(sqlite_engine, programme(), date(2026, 5, 5), "rewards", at(date(2026, 5, 5)))
    _, lines = settle(sqlite_engine, SETTLED_ON)
    tell_bank(sqlite_engine, [entry(RETURNED_ON, *line) for line in lines])
    tell_bank(sqlite_engine, [entry(PAID_ON, *lines[0], is_credit=True, reason="AC04")])

    def states(as_of: date) -> set[str]:
        found = read_rewards(sqlite_engine, programme(), as_of, "A1")
        return {str(each.state) for each in found if each.referral_id != "R1"}  # paid before the system

    assert [states(day) for day in (BEFORE, SETTLED_ON, BETWEEN, RETURNED_ON)] == [
        {"payable"},
        {"in_transit"},
        {"in_transit"},
        {"payable"},
    ]
