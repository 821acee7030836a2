"""Prove the ledger on the live database: every law of it, each with the figure that shows it."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from sqlalchemy import Connection, Engine, select, text

from models.database.engine import reading
from models.tables import ledger_entries
from programme.money.booking import LedgerStanding
from programme.money.reward_table import RewardTable
from programme.money.states import OF_REFERRALS, Account, PayoutKind
from programme.terms.schema import Programme
from tasks.money.check_batches import batch_laws
from tasks.money.laws import Law, column, law, number
from tasks.money.ledger import read_balances, read_booked_commissions

GUARDED = ("ledger_entries", "ledger_legs", "settlement_files", "settlement_acts")


def check_ledger(engine: Engine, programme: Programme) -> list[Law]:
    """All laws in the order in which they are reported; nothing is written."""
    with reading(engine) as connection:
        return laws_within(connection, programme)


def laws_within(connection: Connection, programme: Programme) -> list[Law]:
    """As check_ledger, by the caller's connection."""
    return [
        *_entry_laws(connection),
        *_referral_laws(connection, programme),
        *_commission_laws(connection),
        *batch_laws(connection),
    ]


def _entry_laws(connection: Connection) -> Iterator[Law]:
    legs = number(connection, "SELECT count(*) FROM ledger_legs")
    whole = number(connection, "SELECT sum(amount_cents) FROM ledger_legs")
    yield law("all legs sum to 0", f"{legs} legs, {whole} cents", [whole] if whole else [])
    entries = number(connection, "SELECT count(*) FROM ledger_entries")
    crooked = column(
        connection,
        "SELECT e.business_key FROM ledger_entries e LEFT JOIN ledger_legs l ON l.entry_id = e.id "
        "GROUP BY e.id, e.business_key HAVING count(l.entry_id) < 2 OR sum(l.amount_cents) <> 0",
    )
    yield law("each entry sums to 0 and has two legs at least", f"{entries} entries", crooked)
    orphans = column(
        connection, "SELECT entry_id FROM ledger_legs WHERE entry_id NOT IN (SELECT id FROM ledger_entries)"
    )
    yield law("each leg has its entry", f"{legs} legs", orphans)
    unguarded = _unguarded(connection)
    yield law("the database refuses to rewrite entries, legs, files and acts", f"{len(GUARDED)} tables", unguarded)


def _unguarded(connection: Connection) -> list[str]:
    if connection.dialect.name == "sqlite":
        found = set(column(connection, "SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        return [table for table in GUARDED if not {f"{table}_no_update", f"{table}_no_delete"} <= found]
    found = set(column(connection, "SELECT tgname FROM pg_trigger WHERE tgenabled = 'O'"))
    return [table for table in GUARDED if f"{table}_append_only" not in found]


def _referral_laws(connection: Connection, programme: Programme) -> Iterator[Law]:
    """The entries about referrals, replayed: no step twice, no gap in the numbers, and the balances of the table."""
    entries = ledger_entries.c
    query = (
        select(entries.kind, entries.referrer_id, entries.referral_id, entries.business_key)
        .where(entries.kind.in_([kind.value for kind in OF_REFERRALS]))
        .order_by(entries.id)
    )
    standings: dict[str, LedgerStanding] = defaultdict(LedgerStanding)
    counts: Counter[tuple[str, str]] = Counter()
    out_of_turn, misnumbered = [], []
    for kind, referrer_id, referral_id, key in connection.execute(query):
        counts[kind, referral_id] += 1
        if not _is_in_turn(standings[referrer_id], kind, referral_id):
            out_of_turn.append(key)
        number_wanted = "" if kind == "opening" else f":{counts[kind, referral_id]}"
        if key != f"{kind}:{referral_id}{number_wanted}":
            misnumbered.append(key)
        standings[referrer_id].take(kind, referral_id)
    yield law("a referral is booked, released, held and reversed in turn", f"{counts.total()} entries", out_of_turn)
    yield law("entries of a kind are numbered from 1 for each referral", f"{len(counts)} series", misnumbered)
    yield from _balance_laws(connection, RewardTable(programme.referral.steps), standings)


def _is_in_turn(standing: LedgerStanding, kind: str, referral_id: str) -> bool:
    is_booked, is_released = referral_id in standing.booked, referral_id in standing.released
    return {
        "opening": not is_booked,
        "qualify": not is_booked,
        "release": is_booked and not is_released,
        "hold": is_released,
        "reverse": is_booked,
    }[kind]


def _balance_laws(connection: Connection, table: RewardTable, standings: dict[str, LedgerStanding]) -> Iterator[Law]:
    balances = read_balances(connection, Account.PENDING, Account.PAYABLE, Account.IN_TRANSIT)
    confirmed = _confirmed(connection, PayoutKind.REWARD)
    adjusted = _by_referrer(
        connection,
        "SELECT e.referrer_id, sum(l.amount_cents) FROM ledger_entries e JOIN ledger_legs l ON l.entry_id = e.id "
        "WHERE e.kind = 'adjust' AND l.account = 'payable' GROUP BY e.referrer_id",
    )
    everybody = {*standings, *confirmed, *adjusted, *(each for one in balances.values() for each in one)} - {""}
    wrong_pending, wrong_owed = [], []
    for each in sorted(everybody):
        booked, released = len(standings[each].booked), len(standings[each].released)
        if balances[Account.PENDING].get(each, 0) != table.total(booked) - table.total(released):
            wrong_pending.append(each)
        owed = balances[Account.PAYABLE].get(each, 0) + balances[Account.IN_TRANSIT].get(each, 0)
        if owed + confirmed.get(each, 0) != table.total(released) + adjusted.get(each, 0):
            wrong_owed.append(each)
    people = f"{len(everybody)} referrers"
    claim = "pending is the table at what is booked less the table at what is released"
    yield law(claim, f"{people}, {sum(balances[Account.PENDING].values())} cents", wrong_pending)
    claim = "payable, in transit and confirmed are the table at what is released, and the adjustments"
    yield law(claim, f"{people}, {sum(confirmed.values())} cents confirmed", wrong_owed)
    yield law("pending was never below zero", people, _ever_below_zero(connection, "pending", "commission_pending"))
    transit = _ever_below_zero(connection, "in_transit", "commission_in_transit")
    yield law("in transit was never below zero", people, transit)


def _ever_below_zero(connection: Connection, *accounts: str) -> list[str]:
    """Clients whose balance of one of the accounts was below zero after some entry."""
    names = ", ".join(f"'{account}'" for account in accounts)
    return column(
        connection,
        "SELECT DISTINCT client_id FROM (SELECT client_id, sum(amount_cents) OVER "
        "(PARTITION BY account, client_id ORDER BY entry_id) AS balance FROM ledger_legs "
        f"WHERE account IN ({names})) AS running WHERE balance < 0",  # names of accounts, ours
    )


def _confirmed(connection: Connection, kind: PayoutKind) -> dict[str, int]:
    """What the bank has paid of a kind and not sent back, of each client; an opening is a reward."""
    return _by_referrer(
        connection,
        "SELECT e.referrer_id, sum(l.amount_cents) FROM ledger_entries e JOIN ledger_legs l ON l.entry_id = e.id "
        "LEFT JOIN settlement_lines s ON s.end_to_end_id = e.end_to_end_id "
        "WHERE l.account = 'bank' AND coalesce(s.kind, 'reward') = :kind GROUP BY e.referrer_id",
        kind=kind.value,
    )


def _by_referrer(connection: Connection, query: str, **values: str) -> dict[str, int]:
    return {client_id: int(cents) for client_id, cents in connection.execute(text(query), values)}


def _commission_laws(connection: Connection) -> Iterator[Law]:
    booked, _ = read_booked_commissions(connection)
    pending: Counter[str] = Counter()
    owed = Counter(
        _by_referrer(connection, "SELECT client_id, sum(vat_cents) FROM partner_invoices GROUP BY client_id")
    )
    for partners in booked.values():
        for partner_id, one in partners.items():
            (owed if one.is_released else pending)[partner_id] += one.amount_cents
    accounts = (Account.COMMISSION_PENDING, Account.COMMISSION_PAYABLE, Account.COMMISSION_IN_TRANSIT)
    balances = read_balances(connection, *accounts)
    found = Counter(balances[Account.COMMISSION_PENDING])
    figure = f"{len(booked)} projects, {found.total()} cents"
    claim = "commission that is pending is that of projects not yet released"
    yield law(claim, figure, _that_differ(pending, found))
    confirmed = Counter(_confirmed(connection, PayoutKind.COMMISSION))
    settled = Counter(confirmed)
    for account in accounts[1:]:
        settled.update(balances[account])
    claim = "commission that is payable, in transit and confirmed is that of released projects, and the VAT of invoices"
    yield law(claim, f"{len(booked)} projects, {confirmed.total()} cents confirmed", _that_differ(owed, settled))


def _that_differ(wanted: Counter[str], found: Counter[str]) -> list[str]:
    return [each for each in sorted({*wanted, *found}) if wanted[each] != found[each]]
