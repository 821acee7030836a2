"""Write into the ledger and read what it holds. Whoever writes takes the lock first, so writers come one by one."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, select, text

from models.database.bulk import batches, insert_rows
from models.tables import ledger_entries, ledger_legs
from programme.money.booking import Counts, LedgerStanding
from programme.money.commission import Booked, BookedCommission, take_commission
from programme.money.entries import Entry
from programme.money.states import OF_PROJECTS, OF_REFERRALS, Account, EntryKind

ENTRIES_A_TIME = 20_000  # some 15 MB of rows

_ENTRY = (
    "id",
    "day",
    "kind",
    "business_key",
    "referrer_id",
    "referral_id",
    "project_id",
    "end_to_end_id",
    "made_by",
    "reason",
    "made_at",
)
_LEG = ("entry_id", "account", "client_id", "amount_cents")


class Made(NamedTuple):
    """What the entries of one act have in common. `at` is the moment, `day` the day that they count from."""

    day: date
    by: str
    at: datetime


def lock_ledger(connection: Connection) -> None:
    """Until the end of this transaction nobody else writes into the ledger or decides about a batch.

    On SQLite a writing transaction has the whole database. PostgreSQL's statements that follow see what was committed
    before the lock was given.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE ledger_entries IN SHARE ROW EXCLUSIVE MODE"))


def write_entries(connection: Connection, entries: Iterable[Entry], made: Made) -> Counter[str]:
    """Append entries with their legs, in order; the caller holds the lock.

    Returns:
        How many there were of each kind.
    """
    counts: Counter[str] = Counter()
    next_id = 1 + (connection.execute(select(func.max(ledger_entries.c.id))).scalar() or 0)
    for part in batches(entries, ENTRIES_A_TIME):
        rows = []
        legs = []
        for number, entry in enumerate(part, start=next_id):
            counts[entry.kind] += 1
            rows.append((number, made.day, entry.kind.value, *_named(entry), made.by, entry.reason, made.at))
            legs += [(number, leg.account.value, leg.client_id, leg.amount_cents) for leg in entry.legs]
        insert_rows(connection, ledger_entries, _ENTRY, rows)
        insert_rows(connection, ledger_legs, _LEG, legs)
        next_id += len(part)
    return counts


def read_balances(connection: Connection, *accounts: Account) -> dict[Account, dict[str, int]]:
    """The balance of each client by account, in cents; of a common account under "". Balances of 0 are left out."""
    legs = ledger_legs.c
    query = (
        select(legs.account, legs.client_id, func.sum(legs.amount_cents))
        .where(legs.account.in_([account.value for account in accounts]))
        .group_by(legs.account, legs.client_id)
    )
    found: dict[Account, dict[str, int]] = {account: {} for account in accounts}
    for account, client_id, cents in connection.execute(query):
        if cents:
            found[Account(account)][client_id] = int(cents)
    return found


class Standings(NamedTuple):
    """What the ledger holds of referrals.

    Attributes:
        by_referrer: what is booked, released and opened of each.
        counts: entries by kind and referral.
        last_referrer: under whom each referral was booked last.
    """

    by_referrer: dict[str, LedgerStanding]
    counts: Counts
    last_referrer: dict[str, str]


def read_standings(connection: Connection, until: date | None = None, referrer_id: str | None = None) -> Standings:
    """Replayed from the entries in their order.

    Args:
        until: leaves out the entries of a later day.
        referrer_id: only this referrer's; `counts` are then his alone.
    """
    entries = ledger_entries.c
    query = (
        select(entries.kind, entries.referrer_id, entries.referral_id)
        .where(entries.kind.in_([kind.value for kind in OF_REFERRALS]))
        .order_by(entries.id)
    )
    if until is not None:
        query = query.where(entries.day <= until)
    if referrer_id is not None:
        query = query.where(entries.referrer_id == referrer_id)
    by_referrer: dict[str, LedgerStanding] = defaultdict(LedgerStanding)
    counts: Counts = Counter()
    last_referrer: dict[str, str] = {}
    for kind, referrer_id, referral_id in connection.execute(query):
        by_referrer[referrer_id].take(kind, referral_id)
        counts[kind, referral_id] += 1
        if kind in (EntryKind.OPENING, EntryKind.QUALIFY):
            last_referrer[referral_id] = referrer_id
    return Standings(by_referrer, counts, last_referrer)


def read_booked_commissions(connection: Connection) -> tuple[Booked, Counts]:
    """What the ledger holds of each project, by partner, and how many entries of a kind there are for it."""
    entries, legs = ledger_entries.c, ledger_legs.c
    query = (
        select(entries.kind, entries.project_id, entries.referrer_id, func.sum(legs.amount_cents))
        .join_from(ledger_entries, ledger_legs, legs.entry_id == entries.id)
        .where(entries.kind.in_([kind.value for kind in OF_PROJECTS]))
        .where(legs.account.in_([Account.COMMISSION_PENDING.value, Account.COMMISSION_PAYABLE.value]))
        .group_by(entries.id, entries.kind, entries.project_id, entries.referrer_id)
        .order_by(entries.id)
    )
    booked: Booked = defaultdict(dict)
    counts: Counts = Counter()
    for kind, project_id, partner_id, cents in connection.execute(query):
        before = booked[project_id].get(partner_id, BookedCommission())
        booked[project_id][partner_id] = take_commission(before, kind, int(cents))
        counts[kind, project_id] += 1
    return booked, counts


def _named(entry: Entry) -> tuple[str | None, ...]:
    return entry.business_key, entry.referrer_id, entry.referral_id, entry.project_id, entry.end_to_end_id
