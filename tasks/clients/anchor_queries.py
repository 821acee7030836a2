"""The inverse of each anchor: which clients have an occurrence of it on some days, by SQL.

Each query returns the id of at least every client that programme/rules/anchors.py finds and that has no message about
the occasion, and it uses an index over the anchor's day. One that reads the clients anyway returns the recipient too.
Its statement is made once, and gets the touchpoint and the days as parameters.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    Date,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.sql.elements import ColumnElement

from models.database.given import in_given
from models.present import clients, projects, quotes, referrals
from models.tables import activity, message_plans, referral_reviews
from programme.rules.due import unspread_due_on
from programme.rules.groups.tiers import rank_of_tier
from programme.terms.schema import LatestDeliveryBeforeSeason, Programme, Tier, TierAtLeast, Touchpoint
from programme.words.dates import add_months, occasion_of_season, season_starts
from programme.words.states import QuoteDecision

ROWS_AT_ONCE = 5_000

_TOUCHPOINT, _OCCASION = bindparam("touchpoint", type_=String()), bindparam("occasion", type_=String())
_FIRST, _LAST, _AS_OF = (bindparam(name, type_=Date()) for name in ("first", "last", "as_of"))


class Wanted(NamedTuple):
    """Selects the clients with an anchor of the touchpoint on `first` … `last`, as known on `as_of`."""

    programme: Programme
    touchpoint_id: str
    touchpoint: Touchpoint
    first: date
    last: date
    as_of: date

    def given(self, **others: Any) -> Mapping[str, Any]:
        """The parameters of a query; those that it does not name are no matter."""
        own = {"touchpoint": self.touchpoint_id, "first": self.first, "last": self.last, "as_of": self.as_of}
        return own | others


Query = tuple[Select[Any], Mapping[str, Any]]
"""A statement and its parameters."""


def _has_message(client_id: ColumnElement[str], occasion: ColumnElement[str]) -> ColumnElement[bool]:
    """SQL for: the key is closed. What the log says of a message's delivery makes no difference to that."""
    plans = message_plans.c
    return exists().where(plans.client_id == client_id, plans.touchpoint == _TOUCHPOINT, plans.occasion == occasion)


def is_valid(rows: object) -> ColumnElement[bool]:
    """SQL for the activity rows that count: not withdrawn, and not withdrawals themselves.

    Args:
        rows: the activity table or an alias of it.
    """
    columns = rows.c  # type: ignore[attr-defined]  # the table or an alias of it
    withdrawal = activity.alias()
    return and_(columns.retracts.is_(None), ~exists().where(withdrawal.c.retracts == columns.id))


def _delivered(wanted: Wanted) -> Iterator[Query]:
    touchpoint = wanted.touchpoint
    types, most = touchpoint.project_types, touchpoint.value_below_cents
    query = _with_delivery(bool(types), most is not None)
    yield query, wanted.given(types=[str(kind) for kind in types or ()], most=most)


@cache
def _with_delivery(of_types: bool, below: bool) -> Select[Any]:
    query = (
        select(projects.c.client_id)
        .where(projects.c.delivered_on.between(_FIRST, _LAST))
        .where(~_has_message(projects.c.client_id, projects.c.project_id))
    )
    if of_types:
        query = query.where(in_given(projects.c.type, "types"))
    if below:
        query = query.where(projects.c.value_cents < bindparam("most", type_=projects.c.value_cents.type))
    return query


def _quote_rejected(wanted: Wanted) -> Iterator[Query]:
    yield _WITH_REJECTION, wanted.given()


_WITH_REJECTION = (
    select(quotes.c.client_id)
    .where(quotes.c.decision == QuoteDecision.REJECTED.value, quotes.c.decided_on.between(_FIRST, _LAST))
    .where(~_has_message(quotes.c.client_id, quotes.c.quote_id))
)


def _last_activity(wanted: Wanted) -> Iterator[Query]:
    """Clients with an activity in the range and none after it; and all who share their addresses.

    To these it is the last activity too, also where a message under an earlier address closed the key of whose it is.
    """
    for query in _with_last_activity():
        yield query, wanted.given()


@cache
def _with_last_activity() -> tuple[Select[Any], Select[Any]]:
    later, other = activity.alias("later"), clients.alias("other")
    is_closed = _has_message(activity.c.client_id, cast(activity.c.occurred_on, String))
    latest = (
        select(activity.c.client_id)
        .where(activity.c.occurred_on.between(_FIRST, _LAST), is_valid(activity))
        .where(
            ~exists().where(
                later.c.client_id == activity.c.client_id,
                later.c.occurred_on > _LAST,
                later.c.occurred_on <= _AS_OF,
                is_valid(later),
            )
        )
    )
    shares = and_(other.c.recipient == clients.c.recipient, other.c.client_id != clients.c.client_id)
    sharing = (
        select(other.c.client_id, other.c.recipient)
        .join_from(clients, other, shares)
        .where(clients.c.client_id.in_(latest), clients.c.recipient != "")
    )
    return latest.where(~is_closed), sharing


def _tier_reached(wanted: Wanted) -> Iterator[Query]:
    """A tier rises with a delivery, of the client or of someone referred, or with a review of a referral."""
    least = max(
        (
            rank_of_tier(wanted.programme, test.tier)
            for test in wanted.touchpoint.conditions
            if isinstance(test, TierAtLeast)
        ),
        default=0,
    )
    for query in _with_tier(wanted.programme.tiers[least:]):
        yield query, wanted.given()


@lru_cache(maxsize=16)
def _with_tier(tiers: tuple[Tier, ...]) -> tuple[Select[Any], ...]:
    own = select(projects.c.client_id).where(projects.c.delivered_on.between(_FIRST, _LAST))
    by_deliveries = (
        select(projects.c.client_id)
        .where(projects.c.client_id.in_(own), projects.c.delivered_on <= _AS_OF)
        .group_by(projects.c.client_id)
        .having(
            or_(
                false(),
                *(
                    and_(risen, ~_has_message(projects.c.client_id, literal(tier.id)))
                    for tier in tiers
                    for risen in _risen(tier)
                ),
            )
        )
    )
    if not any(rule.referrals_at_least is not None for tier in tiers for rule in tier.any_of):
        return (by_deliveries,)
    may_rise = or_(*(~_has_message(referrals.c.referrer_id, literal(tier.id)) for tier in tiers))
    of_own = select(referrals.c.referrer_id).where(referrals.c.referrer_id.in_(own), may_rise)
    of_friends = (
        select(referrals.c.referrer_id)
        .join_from(projects, referrals, referrals.c.referred_client_id == projects.c.client_id)
        .where(projects.c.delivered_on.between(_FIRST, _LAST), may_rise)
    )
    return by_deliveries, of_own, of_friends, _given_the_turn().where(may_rise)


def _given_the_turn() -> Select[tuple[str]]:
    """Referrers of people of whom a referral, of whichever referrer, was reviewed in the range."""
    reviewed, reviews = referrals.alias("reviewed"), referral_reviews.c
    # Joined, SQLite would begin with all referrals rather than with the few reviews.
    lately = select(reviews.referral_id).where(reviews.day.between(_FIRST, _LAST))
    return (
        select(referrals.c.referrer_id)
        .join(reviewed, reviewed.c.referred_client_id == referrals.c.referred_client_id)
        .where(reviewed.c.referral_id.in_(lately))
    )


def _risen(tier: Tier) -> Iterator[ColumnElement[bool]]:
    """One condition per measure of deliveries: the client's deliveries meet it, and those before the days did not.

    After a cancellation the tier may have been lost in between; then it is enough that they meet it.
    """
    was_before = projects.c.delivered_on < _FIRST
    has_cancelled = func.count(projects.c.cancelled_on) > 0
    for rule in tier.any_of:
        if rule.delivered_at_least is not None:
            before = func.sum(case((was_before, 1), else_=0))
            yield and_(func.count() >= rule.delivered_at_least, or_(before < rule.delivered_at_least, has_cancelled))
        elif rule.spend_cents_at_least is not None:
            before = func.sum(case((was_before, projects.c.value_cents), else_=0))
            spent = func.sum(projects.c.value_cents)
            yield and_(spent >= rule.spend_cents_at_least, or_(before < rule.spend_cents_at_least, has_cancelled))


def _season_start(wanted: Wanted) -> Iterator[Query]:
    programme, touchpoint, as_of = wanted.programme, wanted.touchpoint, wanted.as_of
    spread_days = programme.seasons.spread_days if touchpoint.spread else 1
    months = [test.within_months for test in touchpoint.conditions if isinstance(test, LatestDeliveryBeforeSeason)]
    for start in season_starts(programme.season_days, wanted.first, wanted.last):
        due_on = unspread_due_on(programme, touchpoint, start)
        last = timedelta(days=touchpoint.grace_days)
        shares = [n for n in range(spread_days) if due_on + timedelta(n) <= as_of <= due_on + timedelta(n) + last]
        is_part = len(shares) < spread_days
        # A delivery within the fewest months is one within more.
        since = add_months(start, -min(months)) if months else None
        yield (
            _with_season(spread_days if is_part else None, bool(months)),
            wanted.given(occasion=occasion_of_season(start), shares=shares, since=since, start=start),
        )


@lru_cache(maxsize=64)
def _with_season(spread_days: int | None, of_delivered: bool) -> Select[Any]:
    query = (
        select(clients.c.client_id, clients.c.recipient)
        .where(~_has_message(clients.c.client_id, _OCCASION))
        # In mid-season it may find everybody, whom PostgreSQL's driver would else hold all at once.
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    if spread_days:
        query = query.where(in_given(clients.c.id_crc32 % spread_days, "shares"))
    return query.where(_was_delivered()) if of_delivered else query


def _was_delivered() -> ColumnElement[bool]:
    return exists().where(
        projects.c.client_id == clients.c.client_id,
        projects.c.delivered_on >= bindparam("since", type_=Date()),
        projects.c.delivered_on < bindparam("start", type_=Date()),
    )


QUERIES: Mapping[str, Callable[[Wanted], Iterator[Query]]] = {
    "project_delivered": _delivered,
    "season_start": _season_start,
    "tier_reached": _tier_reached,
    "quote_rejected": _quote_rejected,
    "last_activity": _last_activity,
}
