"""The table of rewards, a settlement's rows in their order, and a partner's rates."""

from datetime import date, datetime, time
from functools import partial

import pytest

from programme.money.bank.texts import LONGEST_TEXT
from programme.money.commission import PartnerProject, commissions_of
from programme.money.reward_table import RewardTable
from programme.money.settling import (
    Balance,
    LeftOpen,
    Payee,
    Payout,
    next_settlement_on,
    remittance_of,
    settle_balance,
)
from programme.money.states import OpenReason, PayoutKind
from programme.words.dates import amsterdam
from tests.factories import programme, shipped_programme

TABLE = RewardTable(shipped_programme().referral.steps)
FIT = Payee("C1", "NL91ABNA0417164300", "C. Een")


def test_the_table_is_that_of_the_programme() -> None:
    """Cumulative in euros, as the programme prints it for a check; what a place adds is its reward and its bonus."""
    euros = [100, 200, 350, 450, 550, 775, 900, 1_025, 1_150, 1_275, 1_675, 1_825]
    assert [TABLE.total(n) // 100 for n in range(1, 13)] == euros
    assert all(TABLE.step(n) == TABLE.reward(n) + TABLE.bonus(n) for n in range(1, 40))


@pytest.mark.parametrize(
    ("payee", "cents", "reason"),
    [
        (FIT._replace(is_blocked=True, is_erased=True), -1, OpenReason.NEGATIVE_BALANCE),
        (FIT._replace(is_blocked=True, is_erased=True), 1, OpenReason.BLOCKED),
        (FIT._replace(is_erased=True, iban=None), 1, OpenReason.ERASED),
        (Payee("C1", None, None), 1, OpenReason.NO_IBAN),
        (Payee("C1", None, None, is_refused=True), 1, OpenReason.INVALID_IBAN),
        (FIT._replace(is_refused=True), 1, OpenReason.INVALID_IBAN),
        (FIT._replace(is_returned=True, holder=None), 1, OpenReason.INVALID_IBAN),
        (FIT._replace(iban="TR330006100519786457841326"), 1, OpenReason.INVALID_IBAN),
        (FIT._replace(holder=None), 1, OpenReason.NO_HOLDER),
        (FIT._replace(holder="☃ ☃"), 999, OpenReason.NO_HOLDER),
        (FIT, 999, OpenReason.BELOW_MINIMUM),
    ],
)
def test_the_first_reason_that_applies_leaves_it_open(payee: Payee, cents: int, reason: OpenReason) -> None:
    """In the order of the rows: of two reasons the earlier one is given."""
    found = list(settle_balance(Balance(payee, PayoutKind.REWARD, cents), 1_000))
    assert found == [LeftOpen("C1", PayoutKind.REWARD, cents, reason)]


def test_commission_without_an_invoice_waits_and_the_rest_goes_on() -> None:
    """What was invoiced before is paid; X stays open; an amount of 0 is nothing at all."""
    found = list(settle_balance(Balance(FIT, PayoutKind.COMMISSION, 5_000, 3_000), 0))
    assert found == [
        LeftOpen("C1", PayoutKind.COMMISSION, 3_000, OpenReason.INVOICE_NEEDED),
        Payout("C1", PayoutKind.COMMISSION, 2_000, FIT.iban or "", FIT.holder or ""),
    ]
    assert len(list(settle_balance(Balance(FIT, PayoutKind.COMMISSION, 3_000, 3_000), 0))) == 1
    assert len(list(settle_balance(Balance(FIT, PayoutKind.COMMISSION, 3_000, 1), 0))) == 2
    assert list(settle_balance(Balance(FIT, PayoutKind.REWARD, 0), 0)) == []


def test_the_minimum_itself_is_paid() -> None:
    """Of a commission what is left of it without X, to a cent."""
    for balance in (Balance(FIT, PayoutKind.REWARD, 1_000), Balance(FIT, PayoutKind.COMMISSION, 1_300, 300)):
        *_, last = settle_balance(balance, 1_000)
        assert last == Payout("C1", balance.kind, 1_000, FIT.iban or "", FIT.holder or "")
        *_, last = settle_balance(balance, 1_001)
        assert last == LeftOpen("C1", balance.kind, 1_000, OpenReason.BELOW_MINIMUM)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (amsterdam(date(2026, 7, 1), time(8, 4, 59)), date(2026, 7, 1)),
        (amsterdam(date(2026, 7, 1), time(8, 5)), date(2026, 8, 1)),
        (datetime.fromisoformat("2026-06-30T22:00:00+00:00"), date(2026, 7, 1)),  # in Amsterdam it is the 1st
        (amsterdam(date(2026, 12, 31), time(23)), date(2027, 1, 1)),
    ],
)
def test_the_next_batch_is_of_a_first(now: datetime, expected: date) -> None:
    """Today's until five past eight, when the clock prepares it; the next month's from then on."""
    assert next_settlement_on(now) == expected


def test_the_rate_rises_with_the_place_in_the_year() -> None:
    """4 % up to the fourth project of a calendar year, 5 % up to the ninth, then 6 %; rounded down and capped; what
    was delivered before the system keeps its place and earns nothing."""
    terms = programme(**{"partners.enabled": True}).partners
    assert terms is not None
    days = [date(2025, 12, 31), *(date(2026, 1, n) for n in range(1, 13)), date(2027, 1, 1)]
    jobs = [PartnerProject("C1", day, f"P{n:02d}", "R1", 99_999) for n, day in enumerate(days)]
    found = commissions_of(terms, 14, date(2026, 1, 3), reversed(jobs))

    assert [one.rate_percent for one in found] == [4, 4, 4, 4, 4, 5, 5, 5, 5, 5, 6, 6, 6, 4]
    assert [one.commission_cents for one in found[:6]] == [0, 0, 0, 3_999, 3_999, 4_999]
    dear = commissions_of(terms, 14, None, [PartnerProject("C1", date(2026, 1, 1), "P1", "R1", 10_000_000)])
    assert (dear[0].commission_cents, dear[0].payable_on) == (75_000, date(2026, 1, 15))


_remittance = partial(remittance_of, "Bouwclub")


def test_what_the_client_reads_names_no_friend() -> None:
    """The kind, the invoices and the id: nothing else goes to the bank with a payment."""
    assert _remittance("reward", (), "S20260701-1-0001") == "Bouwclub beloning S20260701-1-0001"
    assert _remittance("commission", ("F1", "F2"), "S20260701-1-0002") == "Bouwclub commissie F1 F2 S20260701-1-0002"


def test_many_invoices_fit_in_what_the_client_reads() -> None:
    """Whole numbers as far as they fit, the others counted; in the bank's characters, as the mail quotes it."""
    many = tuple(f"2026-{n:03d}" for n in range(1, 15))
    said = _remittance("commission", many, "S20260701-1-0002")
    assert said == f"Bouwclub commissie {' '.join(many[:10])} en 4 meer S20260701-1-0002"
    assert len(f"{said} 2026-011") > LONGEST_TEXT
    one_less = _remittance("commission", many[:13], "S20260701-1-0002")
    assert one_less == said.replace("4 meer", "3 meer")
    longest = _remittance("commission", ("\u6797" * 35, "\u6797" * 35), "S20260701-12-00002")
    assert len(longest) <= LONGEST_TEXT
    assert _remittance("commission", ("F_1é", "##"), "S20260701-1-0002") == "Bouwclub commissie F-1e S20260701-1-0002"
