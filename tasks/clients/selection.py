"""Who may be due on a day: SQL narrows by the range of anchors whose window contains it, the rules decide.

Each query returns at least every client that the pure rules find due (a property test holds it to that) and reads
an index over the anchor's day, so that a day costs what is due that day, not what there is.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from sqlalchemy import Connection, Select, String, and_, case, cast, exists, false, func, literal, or_, select
from sqlalchemy.sql.elements import ColumnElement

from models.database.bulk import batches, in_values
from models.tables import activity, clients, messages, projects, quotes, referrals
from programme.rules.due import unspread_due_on
from programme.rules.tiers import rank_of_tier
from programme.terms.schema import LatestDeliveryBeforeSeason, Programme, Tier, TierAtLeast, Touchpoint
from programme.words.dates import add_months, anchors_due_between, occasion_of_season, season_starts
from programme.words.states import Flow, QuoteDecision

DueClient = tuple[str, str, str]
"""(recipient, client id, touchpoint id)"""

LOOKED_UP_AT_ONCE = 5_000  # clients; with many more PostgreSQL finds reading the whole table cheaper


def select_due_clients(connection: Connection, programme: Programme, flow: Flow, as_of: date) -> list[DueClient]:
    """Every client that may be due, with the touchpoint, sorted by recipient and client id (code point)."""
    found: dict[str, set[str]] = {}
    for touchpoint_id, touchpoint in programme.touchpoints_of(flow).items():
        due: set[str] = found.setdefault(touchpoint_id, set())
        for query in _queries(programme, touchpoint_id, touchpoint, as_of):
            due.update(connection.scalars(query).all())
        if touchpoint.anchor == "last_activity":
            due.update(_read_sharing(connection, due))
    recipient_of = _read_recipient_of(connection, set().union(*found.values()))
    return sorted(
        (recipient_of[client_id], client_id, touchpoint_id)
        for touchpoint_id, client_ids in found.items()
        for client_id in client_ids
    )


def _read_recipient_of(connection: Connection, client_ids: Iterable[str]) -> dict[str, str]:
    """The recipient of each client. It is asked apart, and for so many clients at a time that the database looks each
    of them up: joined to the due queries, PostgreSQL would read all clients for some thousands that are due."""
    recipient_of: dict[str, str] = {}
    for ids in batches(sorted(client_ids), LOOKED_UP_AT_ONCE):
        query = select(clients.c.client_id, clients.c.recipient).where(
            in_values(clients.c.client_id, ids, connection.dialect.name)
        )
        recipient_of.update(connection.execute(query).all())  # type: ignore[arg-type]  # rows of two strings
    return recipient_of


def _read_sharing(connection: Connection, client_ids: Iterable[str]) -> list[str]:
    """The clients with the address of one of these clients; the last activity is that of all of them."""
    sharing: list[str] = []
    for ids in batches(sorted(client_ids), LOOKED_UP_AT_ONCE):
        is_one = in_values(clients.c.client_id, ids, connection.dialect.name)
        addresses = connection.scalars(select(clients.c.recipient).where(is_one, clients.c.recipient != "")).all()
        is_theirs = in_values(clients.c.recipient, addresses, connection.dialect.name)
        sharing += connection.scalars(select(clients.c.client_id).where(is_theirs)).all()
    return sharing


def _queries(
    programme: Programme, touchpoint_id: str, touchpoint: Touchpoint, as_of: date
) -> Iterator[Select[tuple[str]]]:
    if touchpoint.anchor == "season_start":
        yield from _season_queries(programme, touchpoint_id, touchpoint, as_of)
        return
    anchors = due_anchors(programme, touchpoint, as_of)
    if anchors is None:
        return
    match touchpoint.anchor:
        case "project_delivered":
            yield _delivered(touchpoint_id, touchpoint, anchors)
        case "tier_reached":
            yield from _tier_reached(programme, touchpoint_id, touchpoint, anchors, as_of)
        case "quote_rejected":
            yield _quote_rejected(touchpoint_id, anchors)
        case "last_activity":
            yield _last_activity(touchpoint_id, anchors, as_of)


def due_anchors(programme: Programme, touchpoint: Touchpoint, as_of: date) -> tuple[date, date] | None:
    """First and last anchor day whose window can contain `as_of` for some client; None when there is none."""
    spread_days = programme.seasons.spread_days - 1 if touchpoint.spread else 0
    first = as_of - timedelta(days=touchpoint.grace_days + spread_days)
    return anchors_due_between(lambda day: unspread_due_on(programme, touchpoint, day), first, as_of)


def _delivered(touchpoint_id: str, touchpoint: Touchpoint, anchors: tuple[date, date]) -> Select[tuple[str]]:
    query = (
        select(projects.c.client_id)
        .where(projects.c.delivered_on.between(*anchors))
        .where(~_has_message(projects.c.client_id, touchpoint_id, projects.c.project_id))
    )
    if touchpoint.project_types:
        query = query.where(projects.c.type.in_([str(kind) for kind in touchpoint.project_types]))
    if touchpoint.value_below_cents is not None:
        query = query.where(projects.c.value_cents < touchpoint.value_below_cents)
    return query


def _quote_rejected(touchpoint_id: str, anchors: tuple[date, date]) -> Select[tuple[str]]:
    return (
        select(quotes.c.client_id)
        .where(quotes.c.decision == QuoteDecision.REJECTED.value, quotes.c.decided_on.between(*anchors))
        .where(~_has_message(quotes.c.client_id, touchpoint_id, quotes.c.quote_id))
    )


def _last_activity(touchpoint_id: str, anchors: tuple[date, date], as_of: date) -> Select[tuple[str]]:
    """Clients with an activity in the range and none after it."""
    later = activity.alias("later")
    return (
        select(activity.c.client_id)
        .where(activity.c.occurred_on.between(*anchors), standing(activity))
        .where(
            ~exists().where(
                later.c.client_id == activity.c.client_id,
                later.c.occurred_on > anchors[1],
                later.c.occurred_on <= as_of,
                standing(later),
            )
        )
        .where(~_has_message(activity.c.client_id, touchpoint_id, cast(activity.c.occurred_on, String)))
    )


def _tier_reached(
    programme: Programme, touchpoint_id: str, touchpoint: Touchpoint, anchors: tuple[date, date], as_of: date
) -> Iterator[Select[tuple[str]]]:
    """A tier rises only with a delivery: of the client, or of someone the client referred."""
    least = max(
        (rank_of_tier(programme, test.tier) for test in touchpoint.conditions if isinstance(test, TierAtLeast)),
        default=0,
    )
    tiers = programme.tiers[least:]
    own = select(projects.c.client_id).where(projects.c.delivered_on.between(*anchors))
    yield (
        select(projects.c.client_id)
        .where(projects.c.client_id.in_(own), projects.c.delivered_on <= as_of)
        .group_by(projects.c.client_id)
        .having(
            or_(
                false(),
                *(
                    and_(risen, ~_has_message(projects.c.client_id, touchpoint_id, literal(tier.id)))
                    for tier in tiers
                    for risen in _risen(tier, anchors[0])
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
            .where(projects.c.delivered_on.between(*anchors), may_rise)
        )


def _risen(tier: Tier, first: date) -> Iterator[ColumnElement[bool]]:
    """For each measure of deliveries: a client's meet it, and those before `first` did not.

    With a cancellation the tier may have been lost in between; then it is enough that they meet it.
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


def _season_queries(
    programme: Programme, touchpoint_id: str, touchpoint: Touchpoint, as_of: date
) -> Iterator[Select[tuple[str]]]:
    spread_days = programme.seasons.spread_days if touchpoint.spread else 1
    anchors = due_anchors(programme, touchpoint, as_of)
    for start in season_starts(programme.season_days, *anchors) if anchors else []:
        due_on = unspread_due_on(programme, touchpoint, start)
        last = timedelta(days=touchpoint.grace_days)
        shares = [n for n in range(spread_days) if due_on + timedelta(n) <= as_of <= due_on + timedelta(n) + last]
        query = select(clients.c.client_id).where(
            ~_has_message(clients.c.client_id, touchpoint_id, literal(occasion_of_season(start)))
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
    return exists().where(
        messages.c.client_id == client_id, messages.c.touchpoint == touchpoint_id, messages.c.occasion == occasion
    )


def standing(rows: object) -> ColumnElement[bool]:
    """The activity rows that were not withdrawn and do not withdraw another."""
    columns = rows.c  # type: ignore[attr-defined]  # the table or an alias of it
    withdrawal = activity.alias()
    return and_(columns.retracts.is_(None), ~exists().where(withdrawal.c.retracts == columns.id))
