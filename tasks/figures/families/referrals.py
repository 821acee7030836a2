"""The referral programme as the marketer looks at it, counted as of a day (referrals section 7). Reads only."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Connection, Engine, Row, and_, case, exists, extract, func, select

from models.database.engine import reading
from models.present import clients, is_not_cancelled, projects, quotes, referrals
from models.tables import ledger_entries, ledger_legs, referral_visits
from programme.figures.families.rates import Rate, rate_of
from programme.figures.families.referrals import MOST_TOP, Month, Overview, TopReferrer
from programme.money.commission import commissions_of
from programme.money.reward_table import RewardTable
from programme.money.states import Account
from programme.terms.schema import Programme
from tasks.money.qualified import Found, QualifiedReferral, found_of, read_judged

OWED = (Account.PENDING, Account.PAYABLE, Account.IN_TRANSIT)
OWED_COMMISSION = (Account.COMMISSION_PENDING, Account.COMMISSION_PAYABLE, Account.COMMISSION_IN_TRANSIT)


def read_overview(engine: Engine, programme: Programme, as_of: date) -> Overview:
    """Facts, visits and entries dated after `as_of` are not looked at."""
    with reading(engine) as connection:
        return overview_of(connection, programme, as_of)


def overview_of(connection: Connection, programme: Programme, as_of: date) -> Overview:
    """The same within a transaction of the caller's."""
    judged = list(read_judged(connection, programme, as_of))
    found = found_of(connection, programme, as_of, judged)
    months = _read_months(connection, as_of, judged)
    balances = _read_balances(connection, as_of)
    referred = _read_share(connection, as_of)
    return Overview(
        as_of,
        months,
        _top(programme, found, judged),
        len(judged),
        _cost(programme, found, len(judged)),
        sum(balances[account] for account in OWED),
        sum(balances[account] for account in OWED_COMMISSION),
        referred,
        [(each.qualified_on - each.referral.signed_up_on).days for each in judged if each.referral.signed_up_on],
    )


def _top(programme: Programme, found: Found, judged: Iterable[QualifiedReferral]) -> list[TopReferrer]:
    table = RewardTable(programme.referral.steps)
    counts = Counter(each.referral.referrer_id for each in judged)
    most = sorted(counts, key=lambda referrer_id: (-counts[referrer_id], referrer_id))[:MOST_TOP]
    return [TopReferrer(each, counts[each], table.total(len(found.rewarded.get(each, ())))) for each in most]


def _cost(programme: Programme, found: Found, qualified: int) -> int:
    """What the clients that were won cost: rewards, commission, and the discount of each."""
    table, terms = RewardTable(programme.referral.steps), programme.referral
    earned = sum(table.total(len(own)) for own in found.rewarded.values())
    commissions = (
        commissions_of(programme.partners, terms.hold_days, terms.paid_before, found.partner_projects)
        if programme.partners
        else []
    )
    return earned + sum(each.commission_cents for each in commissions) + terms.friend_discount_cents * qualified


def _read_months(connection: Connection, as_of: date, judged: Iterable[QualifiedReferral]) -> list[Month]:
    found: dict[str, Month] = {}
    day = referral_visits.c.day
    for row in _by_month(connection, day, as_of, [func.count()]):
        found[_name(row)] = Month(_name(row), visits=row[2])
    signed_up_on, friend = referrals.c.signed_up_on, referrals.c.referred_client_id
    is_linked = exists().where(clients.c.client_id == friend)
    is_quoted = exists().where(quotes.c.client_id == friend, quotes.c.sent_on.between(signed_up_on, as_of))
    is_ordered = exists().where(
        projects.c.client_id == friend,
        projects.c.ordered_on.between(signed_up_on, as_of),
        is_not_cancelled(as_of),
    )
    counts = [func.count(), *(func.sum(case((claim, 1), else_=0)) for claim in (is_linked, is_quoted, is_ordered))]
    for row in _by_month(connection, signed_up_on, as_of, counts):
        before = found.get(_name(row), Month(_name(row)))
        found[_name(row)] = before._replace(signed_up=row[2], linked=row[3], quoted=row[4], ordered=row[5])
    for each in judged:
        if each.referral.signed_up_on:
            name = f"{each.referral.signed_up_on:%Y-%m}"
            found[name] = found[name]._replace(qualified=found[name].qualified + 1)
    return [found[name] for name in sorted(found)]


def _by_month(
    connection: Connection, day: ColumnElement[date], as_of: date, counts: Sequence[ColumnElement[int]]
) -> Sequence[Row[tuple[int, ...]]]:
    """Year, month and the counts, of the rows whose day has come."""
    year, month = extract("year", day), extract("month", day)
    return connection.execute(select(year, month, *counts).where(day <= as_of).group_by(year, month)).all()


def _name(row: Row[tuple[int, ...]]) -> str:
    return f"{int(row[0]):04d}-{int(row[1]):02d}"


def _read_balances(connection: Connection, as_of: date) -> Counter[Account]:
    """The balance of each account over all clients, by the entries dated on or before the day."""
    legs, entries = ledger_legs.c, ledger_entries.c
    query = (
        select(legs.account, func.sum(legs.amount_cents))
        .join_from(ledger_legs, ledger_entries, entries.id == legs.entry_id)
        .where(entries.day <= as_of)
        .group_by(legs.account)
    )
    return Counter({Account(account): int(cents) for account, cents in connection.execute(query)})


def _read_share(connection: Connection, as_of: date) -> Rate:
    """Of the clients with a delivered project, those who referred somebody."""
    is_delivered = and_(projects.c.delivered_on <= as_of, is_not_cancelled(as_of))
    delivered = select(projects.c.client_id).where(is_delivered).distinct().subquery()
    has_referred = exists().where(referrals.c.referrer_id == delivered.c.client_id, referrals.c.invited_on <= as_of)
    query = select(func.count(), func.sum(case((has_referred, 1), else_=0))).select_from(delivered)
    n, k = connection.execute(query).one()
    return rate_of(int(k or 0), n)
