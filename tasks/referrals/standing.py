"""Where one client stands with his referrals, read for his own page and for whoever is asked about it."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, func, select

from models.database.engine import reading
from models.present import clients, referrals
from models.tables import ledger_entries, ledger_legs
from programme.money.earning import Qualified
from programme.money.reward_table import RewardTable
from programme.money.standing import Paid, ReferralCounts, Standing, standing_of
from programme.money.states import Account, EntryKind
from programme.terms.schema import Programme
from tasks.money.ledger import read_standings
from tasks.money.qualified import read_qualified


def read_standing(engine: Engine, programme: Programme, client_id: str, as_of: date) -> Standing:
    """The referrals and rewards of one client as of a day.

    Of a partner, rewards from before the agreement alone; his commissions are in tasks.referrals.partners.
    """
    with reading(engine) as connection:
        return standing_within(connection, programme, client_id, as_of)


def standing_within(connection: Connection, programme: Programme, client_id: str, as_of: date) -> Standing:
    """As read_standing, by the caller's connection."""
    found = read_qualified(connection, programme, as_of, [client_id])
    qualified: list[Qualified] = found.rewarded.get(client_id, [])
    counted = ReferralCounts(
        _count(connection, client_id, referrals.c.invited_on, as_of),
        _count(connection, client_id, referrals.c.signed_up_on, as_of),
        len(qualified) + found.unrewarded,
    )
    opened = read_standings(connection, until=as_of, referrer_id=client_id).by_referrer[client_id].opened
    kind = connection.execute(select(clients.c.kind).where(clients.c.client_id == client_id)).scalar()
    return standing_of(
        RewardTable(programme.referral.steps),
        programme.referral.hold_days,
        as_of,
        counted,
        qualified,
        frozenset(opened),
        _read_paid(connection, client_id, as_of),
        earns=programme.referral.rewards(kind),
    )


def _count(connection: Connection, client_id: str, day: ColumnElement[Any], as_of: date) -> int:
    query = select(func.count()).where(referrals.c.referrer_id == client_id, day <= as_of)
    return connection.execute(query).scalar_one()


def _read_paid(connection: Connection, client_id: str, as_of: date) -> Paid:
    """By the entries dated on or before the day, of rewards alone."""
    entries, legs = ledger_entries.c, ledger_legs.c
    query = (
        select(entries.kind, legs.account, func.sum(legs.amount_cents))
        .join_from(ledger_entries, ledger_legs, legs.entry_id == entries.id)
        .where(entries.referrer_id == client_id, entries.day <= as_of)
        .group_by(entries.kind, legs.account)
    )
    sums = {(kind, account): int(cents) for kind, account, cents in connection.execute(query)}
    in_transit = sum(cents for (_, account), cents in sums.items() if account == Account.IN_TRANSIT)
    opened = sums.get((EntryKind.OPENING, Account.BANK), 0)
    # Commissions are paid from another account, so the accounts of a line tell its kind.
    paid = -sums.get((EntryKind.PAID, Account.IN_TRANSIT), 0)
    returned = sums.get((EntryKind.RETURNED, Account.PAYABLE), 0)
    return Paid(opened + paid - returned, in_transit, sums.get((EntryKind.ADJUST, Account.PAYABLE), 0))
