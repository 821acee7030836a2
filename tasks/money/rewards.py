"""Every reward as of a day: what each referral earns, from when, and how far the money is. Reads only."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import chain

from sqlalchemy import ColumnElement, Connection, Engine, case, func, select

from models.database.engine import reading
from models.tables import ledger_entries, ledger_legs, settlement_lines
from programme.money.earning import Qualified, Reward, Settled, reversed_reward, rewards_of
from programme.money.reward_table import RewardTable
from programme.money.states import Account, EntryKind, PayoutKind
from programme.terms.schema import Programme
from tasks.money.ledger import read_standings
from tasks.money.qualified import read_qualified


def read_rewards(engine: Engine, programme: Programme, as_of: date, referrer_id: str | None = None) -> Iterator[Reward]:
    """By referrer, then n, the reversed ones of a referrer last by referral id.

    Facts and entries dated after `as_of` are not looked at.
    """
    with reading(engine) as connection:
        yield from rewards_within(connection, programme, as_of, referrer_id)


def rewards_within(
    connection: Connection, programme: Programme, as_of: date, referrer_id: str | None = None
) -> Iterator[Reward]:
    """As read_rewards, by the caller's connection."""
    asked = None if referrer_id is None else [referrer_id]
    rewarded = read_qualified(connection, programme, as_of, asked).rewarded
    standings = read_standings(connection, until=as_of)
    settled = read_settled(connection, as_of)
    table, hold_days = RewardTable(programme.referral.steps), programme.referral.hold_days
    gone = _reversed(standings.last_referrer, referrer_id, rewarded)
    if referrer_id is not None and gone:
        # Few ever look for what was taken back, and it may be in another's Q by now.
        gone = _reversed(standings.last_referrer, referrer_id, read_qualified(connection, programme, as_of).rewarded)
    referrers = {*rewarded, *gone} if referrer_id is None else {referrer_id}
    for each in sorted(referrers):
        qualified = rewarded.get(each, ())
        opened = standings.by_referrer[each].opened
        yield from rewards_of(table, qualified, opened, settled.get(each, Settled()), hold_days, as_of)
        yield from (reversed_reward(referral_id, each) for referral_id in sorted(gone.get(each, ())))


def read_settled(connection: Connection, as_of: date) -> dict[str, Settled]:
    """What was confirmed and is in transit, by referrer, by the entries dated on or before the day.

    Openings, and his reward lines without what came of adjustments.
    """
    found: dict[str, Settled] = defaultdict(Settled)
    entries, legs, lines = ledger_entries.c, ledger_legs.c, settlement_lines.c
    openings = (
        select(entries.referrer_id, func.sum(legs.amount_cents))
        .join_from(ledger_entries, ledger_legs, legs.entry_id == entries.id)
        .where(entries.kind == EntryKind.OPENING.value, entries.day <= as_of, legs.account == Account.BANK.value)
        .group_by(entries.referrer_id)
    )
    for referrer_id, cents in connection.execute(openings):
        found[referrer_id] = Settled(confirmed=int(cents))
    # By line first: the bank may date a return before the payment that it takes back, or before D and that after it.
    each = (
        select(
            entries.referrer_id,
            (lines.amount_cents - lines.adjust_cents).label("cents"),
            _has(EntryKind.RESERVE).label("reserved"),
            _has(EntryKind.PAID).label("paid"),
            _has(EntryKind.RETURNED).label("returned"),
            _has(EntryKind.VOID, EntryKind.REJECTED).label("let_go"),
        )
        .join_from(ledger_entries, settlement_lines, lines.end_to_end_id == entries.end_to_end_id)
        .where(lines.kind == PayoutKind.REWARD.value, entries.day <= as_of)
        .group_by(entries.referrer_id, lines.end_to_end_id, lines.amount_cents, lines.adjust_cents)
        .subquery()
        .c
    )
    confirmed = case(((each.paid == 1) & (each.returned == 0), each.cents), else_=0)
    in_transit = case(((each.reserved == 1) & (each.paid == 0) & (each.let_go == 0), each.cents), else_=0)
    of_lines = select(each.referrer_id, func.sum(confirmed), func.sum(in_transit)).group_by(each.referrer_id)
    for referrer_id, paid, reserved in connection.execute(of_lines):
        before = found[referrer_id]
        found[referrer_id] = Settled(before.confirmed + int(paid), before.in_transit + int(reserved))
    return found


def _has(*kinds: EntryKind) -> ColumnElement[int]:
    """1 when the line has an entry of one of these kinds, else 0."""
    return func.max(case((ledger_entries.c.kind.in_(kinds), 1), else_=0))


def _reversed(
    last_referrer: dict[str, str], only: str | None, rewarded: dict[str, list[Qualified]]
) -> dict[str, list[str]]:
    """Booked, and in nobody's Q: by the referrer under whom it was booked last."""
    in_q = {one.referral_id for one in chain.from_iterable(rewarded.values())}
    found: dict[str, list[str]] = defaultdict(list)
    for referral_id, referrer_id in last_referrer.items():
        if referral_id not in in_q and only in (None, referrer_id):
            found[referrer_id].append(referral_id)
    return found
