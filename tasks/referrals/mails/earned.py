"""Who is to hear of a reward: once a referral, after its first `qualify`, whoever booked it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, exists, literal, select

from models.database.given import in_values
from models.tables import ledger_entries, messages
from programme.money.earning import Qualified, payable_on
from programme.money.reward_table import RewardTable
from programme.money.settling import Payee, without_account
from programme.money.states import OF_REFERRALS, Account, EntryKind
from programme.referrals.mails import GRACE_DAYS, REWARD_EARNED
from programme.terms.kinds import Choice
from programme.terms.schema import Programme
from programme.words.banking.ibans import masked_iban
from programme.words.wording import date_words, euros, ordinal_words
from tasks.money.ledger import read_balances
from tasks.money.payees import read_payees
from tasks.money.qualified import read_qualified
from tasks.runs.outside.direct import DirectMail

_STILL_OWED = (Account.PENDING, Account.PAYABLE, Account.IN_TRANSIT)


class _Earned(NamedTuple):
    """A referral that was booked for the first time, as its referrer's n-th."""

    referral_id: str
    referrer_id: str
    n: int


def due_rewards(connection: Connection, programme: Programme, as_of: date) -> list[DirectMail]:
    """Of what was booked in the last days: older news would come too late, and say what no longer holds."""
    found = _read_earned(connection, as_of)
    referrers = sorted({each.referrer_id for each in found})
    if not referrers:
        return []
    rewarded = read_qualified(connection, programme, as_of, referrers).rewarded
    qualified = {(referrer, one.referral_id): one for referrer, own in rewarded.items() for one in own}
    payees = read_payees(connection, referrers)
    balances = read_balances(connection, *_STILL_OWED)
    mails = []
    for each in found:
        one, payee = qualified.get((each.referrer_id, each.referral_id)), payees.get(each.referrer_id)
        if one is None or payee is None:
            continue  # taken back meanwhile
        owed = [balances[account].get(each.referrer_id, 0) for account in _STILL_OWED]
        said = _said(programme, each.n, one, payee, as_of)
        said |= _less(programme.referral.payout_minimum_cents, *owed, is_free=bool(said["is_free"]))
        mails.append(DirectMail(REWARD_EARNED, each.referrer_id, each.referral_id, said))
    return mails


def _said(programme: Programme, n: int, one: Qualified, payee: Payee, as_of: date) -> dict[str, Choice]:
    """A day on which it is paid is said only where it will be: not while somebody has to look at it, or at him."""
    table = RewardTable(programme.referral.steps)
    extra, free_on = table.bonus(n), payable_on(one, programme.referral.hold_days)
    has_account = without_account(payee) is None
    return {
        "amount": euros(table.reward(n)),
        "extra": euros(extra),
        "total": euros(table.step(n)),
        "place": ordinal_words(n),
        "free_on": date_words(free_on),
        "iban": masked_iban(payee.iban or "") if has_account else "",
        "has_extra": extra > 0,
        "has_account": has_account,
        "is_under_review": one.is_under_review or payee.is_blocked,
        "is_free": free_on <= as_of,
    }


def _less(minimum: int, pending: int, payable: int, in_transit: int, *, is_free: bool) -> dict[str, Choice]:
    """Why less than this reward will be paid, or nothing yet: what is set off first, and the minimum. In cents."""
    is_on_its_way = is_free and in_transit > 0  # a batch of this morning has it
    return {
        "debt": euros(max(-payable, 0)),
        "has_debt": payable < 0,
        "minimum": euros(minimum),
        "is_small": pending + payable < minimum and not is_on_its_way,
    }


def _read_earned(connection: Connection, as_of: date) -> list[_Earned]:
    """By entry: first qualifies of the last days that nobody was told of."""
    entries, log = ledger_entries.c, messages.c
    is_told = exists().where(
        log.client_id == entries.referrer_id,
        log.touchpoint == REWARD_EARNED.id,
        log.occasion == entries.referral_id,
    )
    query = (
        select(entries.id, entries.referral_id, entries.referrer_id)
        .where(entries.kind == EntryKind.QUALIFY.value)
        .where(entries.day.between(as_of - timedelta(days=GRACE_DAYS), as_of))
        .where(entries.business_key == literal(f"{EntryKind.QUALIFY}:").concat(entries.referral_id).concat(":1"))
        .where(~is_told)
        .order_by(entries.id)
    )
    rows = connection.execute(query).all()
    places = _read_places(connection, sorted({row.referrer_id for row in rows}))
    return [_Earned(row.referral_id, row.referrer_id, places[row.id]) for row in rows]


def _read_places(connection: Connection, referrers: Sequence[str]) -> dict[int, int]:
    """By entry of these referrers, how many of theirs were booked after it."""
    entries = ledger_entries.c
    query = (
        select(entries.id, entries.referrer_id, entries.kind)
        .where(entries.kind.in_([kind.value for kind in OF_REFERRALS]))
        .where(in_values(entries.referrer_id, referrers))
        .order_by(entries.id)
    )
    booked: dict[str, int] = defaultdict(int)
    places = {}
    steps = {EntryKind.OPENING: 1, EntryKind.QUALIFY: 1, EntryKind.REVERSE: -1}
    for entry_id, referrer_id, kind in connection.execute(query):
        booked[referrer_id] += steps.get(EntryKind(kind), 0)
        places[entry_id] = booked[referrer_id]
    return places
