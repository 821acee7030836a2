"""The inverse of each anchor: which clients have an occurrence of it on some days, by SQL.

Each query returns the id of at least every client that programme/rules/anchors.py finds and that has no message about
the occasion, and it uses an index over the anchor's day. One that reads the clients anyway returns the recipient too.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, String, and_, case, cast, exists, false, func, literal, or_, select
from sqlalchemy.sql.elements import ColumnElement

from models.present import clients, projects, quotes, referrals
from models.tables import activity, message_plans, referral_reviews
from programme.rules.due import unspread_due_on
from programme.rules.tiers import rank_of_tier
from programme.terms.schema import LatestDeliveryBeforeSeason, Programme, Tier, TierAtLeast, Touchpoint
from programme.words.dates import add_months, occasion_of_season, season_starts
from programme.words.states import QuoteDecision


class Wanted(NamedTuple):
    """Selects the clients with an anchor of the touchpoint on `first` … `last`, as known on `as_of`."""

    programme: Programme
    touchpoint_id: str
    touchpoint: Touchpoint
    first: date
    last: date
    as_of: date


Queries = Iterator[Select[Any]]


def _delivered(wanted: Wanted) -> Queries:
    touchpoint = wanted.touchpoint
    query = (
        select(projects.c.client_id)
        .where(projects.c.delivered_on.between(wanted.first, wanted.last))
        .where(~_has_message(projects.c.client_id, wanted.touchpoint_id, projects.c.project_id))
    )
    if touchpoint.project_types:
        query = query.where(projects.c.type.in_([str(kind) for kind in touchpoint.project_types]))
    if touchpoint.value_below_cents is not None:
        query = query.where(projects.c.value_cents < touchpoint.value_below_cents)
    yield query


def _quote_rejected(wanted: Wanted) -> Queries:
    yield (
        select(quotes.c.client_id)
        .where(
            quotes.c.decision == QuoteDecision.REJECTED.value, quotes.c.decided_on.between(wanted.first, wanted.last)
        )
        .where(~_has_message(quotes.c.client_id, wanted.touchpoint_id, quotes.c.quote_id))
    )


def _last_activity(wanted: Wanted) -> Queries:
    """Clients with an activity in the range and none after it; and all who share their addresses.

    To these it is the last activity too, also where a message under an earlier address closed the key of whose it is.
    """
    later, other = activity.alias("later"), clients.alias("other")
    is_closed = _has_message(activity.c.client_id, wanted.touchpoint_id, cast(activity.c.occurred_on, String))
    latest = (
        select(activity.c.client_id)
        .where(activity.c.occurred_on.between(wanted.first, wanted.last), is_valid(activity))
        .where(
            ~exists().where(
                later.c.client_id == activity.c.client_id,
                later.c.occurred_on > wanted.last,
                later.c.occurred_on <= wanted.as_of,
                is_valid(later),
            )
        )
    )
    yield latest.where(~is_closed)
    shares = and_(other.c.recipient == clients.c.recipient, other.c.client_id != clients.c.client_id)
    yield (
        select(other.c.client_id, other.c.recipient)
        .join_from(clients, other, shares)
        .where(clients.c.client_id.in_(latest), clients.c.recipient != "")
    )


def _tier_reached(wanted: Wanted) -> Queries:
    """A tier rises with a delivery, of the client or of someone referred, or with a review of a referral."""
    programme, touchpoint_id = wanted.programme, wanted.touchpoint_id
    least = max(
        (rank_of_tier(programme, test.tier) for test in wanted.touchpoint.conditions if isinstance(test, TierAtLeast)),
        default=0,
    )
    tiers = programme.tiers[least:]
    own = select(projects.c.client_id).where(projects.c.delivered_on.between(wanted.first, wanted.last))
    yield (
        select(projects.c.client_id)
        .where(projects.c.client_id.in_(own), projects.c.delivered_on <= wanted.as_of)
        .group_by(projects.c.client_id)
        .having(
            or_(
                false(),
                *(
                    and_(risen, ~_has_message(projects.c.client_id, touchpoint_id, literal(tier.id)))
                    for tier in tiers
                    for risen in _risen(tier, wanted.first)
                ),
            )
        )
    )
    if any(rule.referrals_at_least is not None for tier in tiers for rule in tier.any_of):
        may_rise = or_(*(~_has_message(referrals.c.referrer_id, touchpoint_id, literal(tier.id)) for tier in tiers))
        yield select(referrals.c.referrer_id).where(referrals.c.referrer_id.in_(own), may_rise)
        yield (
            select(referrals.c.referrer_id)
            .join_from(projects, referrals, referrals.c.referred_client_id == projects.c.client_id)
            .where(projects.c.delivered_on.between(wanted.first, wanted.last), may_rise)
        )
        yield _given_the_turn(wanted).where(may_rise)


def _given_the_turn(wanted: Wanted) -> Select[tuple[str]]:
    """Referrers of people of whom a referral, of whichever referrer, was reviewed in the range."""
    reviewed, reviews = referrals.alias("reviewed"), referral_reviews.c
    # Joined, SQLite would begin with all referrals rather than with the few reviews.
    lately = select(reviews.referral_id).where(reviews.day.between(wanted.first, wanted.last))
    return (
        select(referrals.c.referrer_id)
        .join(reviewed, reviewed.c.referred_client_id == referrals.c.referred_client_id)
        .where(reviewed.c.referral_id.in_(lately))
    )


def _risen(tier: Tier, first: date) -> Iterator[ColumnElement[bool]]:
    """One condition per measure of deliveries: the client's deliveries meet it, and those before `first` did not.

    After a cancellation the tier may have been lost in between; then it is enough that they meet it.
    """
    was_before = projects.c.delivered_on < first
    has_cancelled = func.count(projects.c.cancelled_on) > 0
    for rule in tier.any_of:
        if rule.delivered_at_least is not None:
            before = func.sum(case((was_before, 1), else_=0))
            yield and_(func.count() >= rule.delivered_at_least, or_(before < rule.delivered_at_least, has_cancelled))
        elif rule.spend_cents_at_least is not None:
            before = func.sum(case((was_before, projects.c.value_cents), else_=0))
            spent = func.sum(projects.c.value_cents)
            yield and_(spent >= rule.spend_cents_at_least, or_(before < rule.spend_cents_at_least, has_cancelled))


def _season_start(wanted: Wanted) -> Queries:
    programme, touchpoint, as_of = wanted.programme, wanted.touchpoint, wanted.as_of
    spread_days = programme.seasons.spread_days if touchpoint.spread else 1
    for start in season_starts(programme.season_days, wanted.first, wanted.last):
        due_on = unspread_due_on(programme, touchpoint, start)
        last = timedelta(days=touchpoint.grace_days)
        shares = [n for n in range(spread_days) if due_on + timedelta(n) <= as_of <= due_on + timedelta(n) + last]
        query = select(clients.c.client_id, clients.c.recipient).where(
            ~_has_message(clients.c.client_id, wanted.touchpoint_id, literal(occasion_of_season(start)))
        )
        if len(shares) < spread_days:
            query = query.where((clients.c.id_crc32 % spread_days).in_(shares))
        for test in touchpoint.conditions:
            if isinstance(test, LatestDeliveryBeforeSeason):
                query = query.where(_delivered_between(add_months(start, -test.within_months), start))
        yield query


def _delivered_between(first: date, before: date) -> ColumnElement[bool]:
    return exists().where(
        projects.c.client_id == clients.c.client_id,
        and_(projects.c.delivered_on >= first, projects.c.delivered_on < before),
    )


def _has_message(
    client_id: ColumnElement[str], touchpoint_id: str, occasion: ColumnElement[str]
) -> ColumnElement[bool]:
    """SQL for: the key is closed. What the log says of a message's delivery makes no difference to that."""
    plans = message_plans.c
    return exists().where(plans.client_id == client_id, plans.touchpoint == touchpoint_id, plans.occasion == occasion)


def is_valid(rows: object) -> ColumnElement[bool]:
    """SQL for the activity rows that count: not withdrawn, and not withdrawals themselves.

    Args:
        rows: the activity table or an alias of it.
    """
    columns = rows.c  # type: ignore[attr-defined]  # the table or an alias of it
    withdrawal = activity.alias()
    return and_(columns.retracts.is_(None), ~exists().where(withdrawal.c.retracts == columns.id))


QUERIES: Mapping[str, Callable[[Wanted], Queries]] = {
    "project_delivered": _delivered,
    "season_start": _season_start,
    "tier_reached": _tier_reached,
    "quote_rejected": _quote_rejected,
    "last_activity": _last_activity,
}
