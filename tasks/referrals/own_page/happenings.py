"""What happened around one client's referrals, read for his own page."""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import Connection, select

from models.present import projects, referrals
from models.tables import ledger_entries, ledger_legs, signups
from programme.facts.records import Client
from programme.money.commission import Commission
from programme.money.reward_table import RewardTable
from programme.money.states import Account, EntryKind
from programme.referrals.happenings import SHOWN, Happened, Happening, latest
from programme.referrals.qualifying import qualified_on

# What an entry is called, and the common account whose leg, turned round, is the client's amount.
_OF_MONEY = {
    EntryKind.PAID: Happened.PAID,
    EntryKind.RETURNED: Happened.RETURNED,
    EntryKind.ADJUST: Happened.ADJUSTED,
    EntryKind.REVERSE: Happened.REVERSED,
}


def read_happenings(
    connection: Connection,
    client: Client,
    table: RewardTable | None,
    commissions: Sequence[Commission],
    as_of: date,
) -> list[Happening]:
    """The ten latest as of a day. Args: table: None for whom no rewards are due."""
    found = [
        *_signed_up(connection, client.client_id, as_of),
        *_qualified(connection, client, table, as_of),
        *_commissions(connection, commissions),
        *_money(connection, client.client_id, as_of),
    ]
    return latest(found)


def _signed_up(connection: Connection, client_id: str, as_of: date) -> Iterator[Happening]:
    query = (
        select(referrals.c.signed_up_on, signups.c.name, signups.c.name_consent_at)
        .outerjoin(signups, signups.c.referral_id == referrals.c.referral_id)
        .where(referrals.c.referrer_id == client_id, referrals.c.signed_up_on <= as_of)
        .order_by(referrals.c.signed_up_on.desc(), referrals.c.referral_id)
        .limit(SHOWN)
    )
    for day, name, agreed in connection.execute(query):
        yield Happening(day, Happened.SIGNED_UP, name=name or "" if agreed else "")


def _qualified(connection: Connection, client: Client, table: RewardTable | None, as_of: date) -> Iterator[Happening]:
    """Each with what its place in the table adds, whether the ledger booked it yet or not."""
    days = sorted(
        (day, won.referral_id) for won in client.won_referrals if (day := qualified_on(won, as_of)) is not None
    )
    named = _read_named(connection, client.client_id)
    for n, (day, referral_id) in enumerate(days, start=1):
        yield Happening(day, Happened.QUALIFIED, table.step(n) if table else None, named.get(referral_id, ""))


def _commissions(connection: Connection, commissions: Sequence[Commission]) -> Iterator[Happening]:
    last = sorted(commissions, key=lambda one: one.delivered_on)[-SHOWN:]
    types = read_types(connection, [one.project_id for one in last])
    for one in last:
        yield Happening(one.delivered_on, Happened.COMMISSION, one.commission_cents, project_type=types[one.project_id])


def _money(connection: Connection, client_id: str, as_of: date) -> Iterator[Happening]:
    entries, legs = ledger_entries.c, ledger_legs.c
    query = (
        select(entries.day, entries.kind, legs.amount_cents)
        .join_from(ledger_entries, ledger_legs, legs.entry_id == entries.id)
        .where(entries.referrer_id == client_id, entries.day <= as_of, entries.kind.in_([*_OF_MONEY]))
        .where(legs.account.in_([Account.BANK.value, Account.EXPENSE.value]))
        .order_by(entries.day.desc(), entries.id.desc())
        .limit(SHOWN)
    )
    for day, kind, cents in connection.execute(query):
        amount = int(cents) if kind == EntryKind.PAID else -int(cents)
        yield Happening(day, _OF_MONEY[EntryKind(kind)], amount)


def _read_named(connection: Connection, client_id: str) -> dict[str, str]:
    """The names of friends who agreed to be named here, by referral."""
    query = (
        select(signups.c.referral_id, signups.c.name)
        .join(referrals, referrals.c.referral_id == signups.c.referral_id)
        .where(referrals.c.referrer_id == client_id, signups.c.name_consent_at.is_not(None))
    )
    return {referral_id: name or "" for referral_id, name in connection.execute(query)}


def read_types(connection: Connection, project_ids: Sequence[str]) -> dict[str, str]:
    """The type of each project, by project id."""
    query = select(projects.c.project_id, projects.c.type).where(projects.c.project_id.in_(project_ids))
    return dict(connection.execute(query).tuples().all())
