"""Lists for the bookkeeper: what was paid to whom in a year, and every leg of the ledger. Euros with two decimals."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Connection, Engine, Row, and_, select

from models.database.engine import reading
from models.tables import (
    clients,
    ledger_entries,
    ledger_legs,
    partner_invoices,
    settlement_line_invoices,
    settlement_lines,
)
from programme.money.papers import Posting, words_of
from programme.money.states import EntryKind, PayoutKind
from programme.words.states import ClientKind
from tasks.base.files.spreadsheets import Cell, write_csv
from tasks.papers.postings import read_postings, selected_postings

YEAR_HEADER = (
    "client_id", "name", "holder", "business_or_private", "rewards", "commission", "vat", "total", "payments",
    "first_paid_on", "last_paid_on", "invoices",
)  # fmt: skip
JOURNAL_HEADER = ("day", "entry", "account", "debit", "credit", "text")


@dataclass
class PaidInYear:
    """What one person was paid by the bank in a year, in cents, without what came back in it.

    Attributes:
        standing: day and invoices of each payment that did not come back, by end-to-end id, in the order of the bank.
    """

    rewards: int = 0
    commission: int = 0
    vat: int = 0
    holder: str = ""
    payments: int = 0
    standing: dict[str, tuple[date, list[str]]] = field(default_factory=dict)

    def add(self, day: date, holder: str, kind: str, sign: int, amount_cents: int, vat_cents: int) -> None:
        """A payment, or with a sign of -1 one that came back. The holder is that of the latest."""
        self.holder = holder
        self.payments += sign
        if kind == PayoutKind.REWARD:
            self.rewards += sign * amount_cents
        else:
            self.commission += sign * (amount_cents - vat_cents)
            self.vat += sign * vat_cents


@dataclass
class JournalTotals:
    """What a journal adds up to, in cents."""

    legs: int = 0
    debit: int = 0
    credit: int = 0


def write_year(engine: Engine, year: int, path: Path) -> int:
    """One row for each person with a payment or a return in the year, by client id. Returns their number.

    Consumers are private, all others business. What was settled before the system is no payment of ours.
    """
    with reading(engine) as connection:
        paid = _read_paid(connection, year)
        query = select(clients.c.client_id, clients.c.name, clients.c.kind)
        named = {row.client_id: row for row in connection.execute(query) if row.client_id in paid}
        return write_csv(path, YEAR_HEADER, (_row(each, paid[each], named.get(each)) for each in sorted(paid)))


def write_journal(engine: Engine, first: date | None, last: date | None, path: Path) -> JournalTotals:
    """One row for each leg of the entries of these days, in order of entry. Debit and credit are equal in the end."""
    entries = ledger_entries.c
    query = selected_postings().order_by(entries.id, ledger_legs.c.account, ledger_legs.c.client_id)
    query = query if first is None else query.where(entries.day >= first)
    query = query if last is None else query.where(entries.day <= last)
    totals = JournalTotals()
    with reading(engine) as connection:
        write_csv(path, JOURNAL_HEADER, _journal(read_postings(connection, query), totals))
    return totals


def _journal(postings: Iterator[Posting], totals: JournalTotals) -> Iterator[list[Cell]]:
    """A leg that takes from an account is a debit: it makes a cost, or makes less of what we owe."""
    for posting in postings:
        for account, client_id, cents in posting.legs:
            debit, credit = max(-cents, 0), max(cents, 0)
            totals.legs, totals.debit, totals.credit = totals.legs + 1, totals.debit + debit, totals.credit + credit
            name = f"{account.value}:{client_id}" if client_id else account.value
            yield [posting.day.isoformat(), posting.id, name, _euros(debit), _euros(credit), words_of(posting)]


def _read_paid(connection: Connection, year: int) -> dict[str, PaidInYear]:
    """By the bank's booking days. What came back in the year is taken off, also when it was paid in the year before."""
    entries, lines = ledger_entries.c, settlement_lines.c
    own = (lines.end_to_end_id, lines.referrer_id, lines.kind, lines.amount_cents, lines.holder)
    query = (
        select(entries.kind.label("entry"), entries.day, *own)
        .join_from(ledger_entries, settlement_lines, lines.end_to_end_id == entries.end_to_end_id)
        .where(entries.kind.in_([EntryKind.PAID.value, EntryKind.RETURNED.value]))
        .where(entries.day.between(date(year, 1, 1), date(year, 12, 31)))
        .order_by(entries.day, entries.id)
    )
    invoices = _read_invoices(connection)
    found: dict[str, PaidInYear] = defaultdict(PaidInYear)
    for row in connection.execute(query):
        is_paid = row.entry == EntryKind.PAID
        numbers, vat = invoices.get(row.end_to_end_id, ([], 0))
        found[row.referrer_id].add(row.day, row.holder, row.kind, 1 if is_paid else -1, row.amount_cents, vat)
        if is_paid:
            found[row.referrer_id].standing[row.end_to_end_id] = (row.day, numbers)
        else:
            found[row.referrer_id].standing.pop(row.end_to_end_id, None)
    return found


def _read_invoices(connection: Connection) -> dict[str, tuple[list[str], int]]:
    """The numbers of the invoices that a line pays, and their VAT together, by end-to-end id."""
    paid, invoices = settlement_line_invoices.c, partner_invoices.c
    query = (
        select(paid.end_to_end_id, paid.number, invoices.vat_cents)
        .join_from(
            settlement_line_invoices,
            partner_invoices,
            and_(invoices.client_id == paid.client_id, invoices.number == paid.number),
        )
        .order_by(paid.end_to_end_id, paid.number)
    )
    found: dict[str, tuple[list[str], int]] = {}
    for end_to_end_id, number, vat_cents in connection.execute(query):
        numbers, vat = found.get(end_to_end_id, ([], 0))
        found[end_to_end_id] = ([*numbers, number], vat + vat_cents)
    return found


def _row(client_id: str, paid: PaidInYear, client: Row[tuple[str, str, str]] | None) -> list[Cell]:
    is_private = client is not None and client.kind == ClientKind.CONSUMENT
    days = [day for day, _ in paid.standing.values()]
    numbers = dict.fromkeys(number for _, invoices in paid.standing.values() for number in invoices)
    return [
        client_id,
        client.name if client else None,
        paid.holder,
        "private" if is_private else "business",
        *map(_euros, (paid.rewards, paid.commission, paid.vat, paid.rewards + paid.commission + paid.vat)),
        paid.payments,
        days[0].isoformat() if days else None,
        days[-1].isoformat() if days else None,
        " ".join(numbers),
    ]


def _euros(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)
