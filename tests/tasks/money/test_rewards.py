"""How far the money of a reward is, as of a day, and which account it may go to."""

from datetime import date, timedelta

from sqlalchemy import Engine, insert

from models.database.engine import writing
from models.tables import projects, referrals
from programme.money.bank.payments import BankFeedback, Rejection
from tasks.money.booking import book
from tasks.money.payees import read_payees, record_iban
from tasks.money.qualified import found_of, read_judged
from tasks.money.rewards import read_rewards
from tasks.referrals.statements import take_feedback
from tests.payouts import IBAN, PAID_ON, RETURNED_ON, SETTLED_ON, add_year, at, entry, programme, settle, tell_bank

DAY = timedelta(days=1)
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


def test_an_account_that_the_bank_calls_wrong_is_paid_no_more(sqlite_engine: Engine) -> None:
    """Of the client of that line alone, and until it is given anew; another reason is none of the account."""
    add_year(sqlite_engine)
    book(sqlite_engine, programme(), date(2026, 5, 5), "rewards", at(date(2026, 5, 5)))
    refused = {}
    for number, code in enumerate(("AC01", "AC03", "AC04", "AC06", "BE01", "RC01", "AM05", "")):
        day = SETTLED_ON + timedelta(days=number)
        batch_id, ((line, _), *_) = settle(sqlite_engine, day)
        rejected = Rejection(line, batch_id, batch_id, code, "RJCT")
        take_feedback(sqlite_engine, BankFeedback((), (rejected,)), "status", "0" * 64, at(day))
        with writing(sqlite_engine) as connection:
            payees = read_payees(connection, ["A1", "D1"])
            refused[code] = payees["A1"].is_returned
            assert not payees["D1"].is_returned
            record_iban(connection, "A1", IBAN, "A. Rekening", at(day))
            assert not read_payees(connection, ["A1"])["A1"].is_returned

    assert [code for code, is_refused in refused.items() if is_refused] == [
        "AC01",
        "AC03",
        "AC04",
        "AC06",
        "BE01",
        "RC01",
    ]


def test_a_partner_earns_with_what_was_ordered_since_the_sign_up_and_delivered_in_time(sqlite_engine: Engine) -> None:
    """Delivered by the day and within 24 months of the sign-up, not cancelled; asked for one referrer, his alone."""
    add_year(sqlite_engine)
    signed_up_on, last = date(2026, 4, 3), date(2028, 4, 3)
    jobs: list[tuple[str, dict[str, date]]] = [
        ("at_once", {"ordered_on": signed_up_on, "delivered_on": last}),
        ("too_late", {"ordered_on": signed_up_on, "delivered_on": last + DAY}),
        ("running", {"ordered_on": signed_up_on}),
        ("cancelled", {"ordered_on": signed_up_on, "delivered_on": last, "cancelled_on": last}),
    ]
    with writing(sqlite_engine) as connection:
        for name, days in jobs:
            own = {"project_id": name, "client_id": "F7", "type": "uitbouw", "value_cents": 100_000}
            connection.execute(insert(projects).values(**own, **days))
        rival = {
            "referral_id": "R7a",
            "referrer_id": "A1",
            "referred_client_id": "F7",
            "invited_on": signed_up_on + DAY,
        }
        connection.execute(insert(referrals).values(**rival, signed_up_on=signed_up_on + DAY))

        def earned(as_of: date, referrer: str = "D1") -> list[str]:
            judged = read_judged(connection, programme(), as_of, [referrer])
            return [job.project_id for job in found_of(connection, programme(), as_of, judged).partner_projects]

        assert earned(last - DAY) == ["P7"]
        assert sorted(earned(last)) == sorted(earned(last + 9 * DAY)) == ["P7", "at_once"]
        assert earned(last, "A1") == []
        assert {one.referral.referrer_id for one in read_judged(connection, programme(), last, ["A2"])} == {"A2"}
