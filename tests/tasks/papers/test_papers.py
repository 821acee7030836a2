"""The papers are the ledger: sums that balance, no friend, and no way for data to be more than text."""

import csv
import io
import re
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from models.database.engine import reading, writing
from models.tables import clients
from programme.money.papers import Section, Statement, summary
from programme.money.states import Account, EntryKind, PayoutKind
from tasks.money.ledger import read_balances
from tasks.papers.lists import write_journal, write_year
from tasks.papers.pdf import statement_pdf
from tasks.papers.sheet import statement_html
from tasks.papers.statement import NoStatement, read_statement, years_of
from tasks.referrals import adjusting, partners
from tests import payouts

BRAND = payouts.programme().brand
HOSTILE = '=cmd|"/c calc"!A1 <script>alert(1)</script> {{7*7}}'


@pytest.fixture
def year(engine: Engine) -> Engine:
    """The year of `payouts`, with a correction whose reason names a friend, and a partner's invoice that was paid."""
    payouts.play_year(engine)
    proposed = adjusting.propose_adjustment(
        engine, "A1", -2_500, f"voor {payouts.FRIEND_NAME}", payouts.FIRST, payouts.at(payouts.END)
    )
    adjusting.approve_adjustment(engine, payouts.programme(), proposed.id, payouts.SECOND, payouts.at(payouts.END))
    partners.record_invoice(engine, "D1", "2026-1", 6_000, 1_260, payouts.FIRST, payouts.at(payouts.END))
    return engine


def statement(engine: Engine, client_id: str = "A1", year: int = 2026) -> Statement:
    return read_statement(engine, payouts.programme(), client_id, year, date(2027, 3, 1))


def read_csv(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))


def test_a_statement_is_derived_from_the_ledger(year: Engine) -> None:
    """Opening, each entry and closing follow from one another, and the closing is what the ledger owes."""
    (rewards,) = statement(year).sections
    balances = [rewards.opening_cents, *(line.balance_cents for line in rewards.lines)]
    assert [after - before for before, after in pairwise(balances)] == [line.change_cents for line in rewards.lines]
    with reading(year) as connection:
        owed = read_balances(connection, Account.PENDING, Account.PAYABLE, Account.IN_TRANSIT)
    assert rewards.closing_cents == sum(own.get("A1", 0) for own in owed.values()) == 32_500
    assert (rewards.earned_cents, rewards.paid_cents) == (32_500, 0)  # it was paid, and came back
    words = [line.words for line in rewards.lines]
    assert words[0] == "Beloning voor aanbeveling R1, eerder al betaald (€ 100)"
    assert "Teruggestuurd door de bank, kenmerk S20260601-1-0001" in words
    assert words[-1] == "Correctie 1"


def test_a_year_opens_where_the_last_one_closed(year: Engine) -> None:
    """Nothing falls between two years, and a year without entries still says what is open."""
    following = statement(year, year=2027)
    assert following.until == date(2027, 3, 1)
    assert following.sections[0].opening_cents == following.sections[0].closing_cents == 32_500
    assert following.kept_until == date(2034, 12, 31)
    assert statement(year, year=2020).sections == []
    with pytest.raises(NoStatement, match="2028 has not begun"):
        statement(year, year=2028)
    with reading(year) as connection:
        assert years_of(connection, "A1") == [2026]
        assert years_of(connection, "F1") == []


def test_a_year_that_gave_less_than_it_took_says_so_in_words() -> None:
    """What was paid in December may come back in January; nobody was paid an amount below zero."""
    section = Section(PayoutKind.REWARD, 0, (), -10_000, -20_000)
    year = Statement("A1", "", 2027, date(2027, 1, 5), date(2034, 12, 31), [section])
    said = "In 2027 draaiden wij € 100 aan beloningen terug en kwam er € 200 van de bank terug. Op 5 januari 2027 "
    assert summary(year).startswith(said)


def test_commission_stands_apart_from_rewards(year: Engine) -> None:
    """The one belongs on an invoice and carries VAT, the other must not."""
    (commission,) = statement(year, "D1").sections
    assert commission.kind is PayoutKind.COMMISSION
    assert [(line.words, line.change_cents) for line in commission.lines] == [
        ("Commissie voor project P7", 6_000),
        ("Commissie voor project P7 mag worden gefactureerd (€ 60)", 0),
        ("Btw van factuur 2026-1", 1_260),
    ]


def test_every_kind_of_entry_has_its_words() -> None:
    """A kind that is added to the ledger is not left without a sentence for those who read papers."""
    from programme.money.papers import WORDS

    assert set(WORDS) == set(EntryKind)


def test_no_friend_is_named_and_nothing_is_more_than_text(year: Engine, tmp_path: Path) -> None:
    """Neither a friend's name, nor a reason that a person wrote, nor a name that is a formula or markup."""
    with writing(year) as connection:
        connection.execute(update(clients).where(clients.c.client_id == "A1").values(name=HOSTILE))
    found = statement(year)
    html, pdf = statement_html(found, BRAND), statement_pdf(found, BRAND)
    write_journal(year, None, None, tmp_path / "journal.csv")
    write_year(year, 2026, tmp_path / "year.csv")
    texts = [html, (tmp_path / "journal.csv").read_text("utf-8"), (tmp_path / "year.csv").read_text("utf-8")]

    assert not [text for text in texts if payouts.FRIEND_NAME in text]
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert not re.findall(r"https?://|src=|style=", html)
    assert read_csv(tmp_path / "year.csv")[0]["name"].startswith("'=cmd")
    assert pdf.startswith(b"%PDF-")
    assert payouts.FRIEND_NAME.encode() not in pdf


def test_a_statement_as_pdf_is_the_same_each_time(year: Engine) -> None:
    """Letters that its fonts lack are written in those they have; a long year goes on on a next page."""
    found = statement(year)._replace(name="Łukasz Иванов € 🙂")
    assert statement_pdf(found, BRAND) == statement_pdf(found, BRAND)
    (rewards,) = found.sections
    long = found._replace(sections=[rewards._replace(lines=[*rewards.lines] * 20)])
    assert statement_pdf(long, BRAND).count(b"/Type /Page\n") > statement_pdf(found, BRAND).count(b"/Type /Page\n") == 1


def test_the_journal_balances(year: Engine, tmp_path: Path) -> None:
    """Every entry has as much debit as credit, so any range of days has."""
    totals = write_journal(year, None, None, tmp_path / "journal.csv")
    rows = read_csv(tmp_path / "journal.csv")
    assert list(rows[0]) == ["day", "entry", "account", "debit", "credit", "text"]
    entries: dict[str, Decimal] = {}
    for row in rows:
        entries[row["entry"]] = entries.get(row["entry"], Decimal()) + Decimal(row["debit"]) - Decimal(row["credit"])
    assert set(entries.values()) == {Decimal()}
    assert totals.debit == totals.credit == sum(Decimal(row["debit"]) for row in rows) * 100
    part = write_journal(year, payouts.PAID_ON, payouts.PAID_ON, tmp_path / "part.csv")
    assert (part.legs, part.debit) == (2, 25_000)
    assert {row["account"] for row in read_csv(tmp_path / "part.csv")} == {"in_transit:A1", "bank"}


def test_the_year_says_what_the_bank_paid(year: Engine, tmp_path: Path) -> None:
    """By the bank's days, without what came back, business apart from private; VAT apart from commission."""
    pay_day = payouts.settle_and_pay(year, date(2027, 2, 1))
    assert write_year(year, 2026, tmp_path / "2026.csv") == 1
    (came_back,) = read_csv(tmp_path / "2026.csv")
    assert (came_back["client_id"], came_back["total"], came_back["payments"]) == ("A1", "0.00", "0")
    assert came_back["first_paid_on"] == came_back["last_paid_on"] == ""

    assert write_year(year, 2027, tmp_path / "2027.csv") == 2
    private, business = read_csv(tmp_path / "2027.csv")
    assert (private["business_or_private"], private["rewards"], private["total"]) == ("private", "325.00", "325.00")
    assert private["first_paid_on"] == private["last_paid_on"] == pay_day.isoformat()
    assert business["business_or_private"] == "business"
    assert [business[name] for name in ("commission", "vat", "total", "invoices")] == [
        "60.00",
        "12.60",
        "72.60",
        "2026-1",
    ]
