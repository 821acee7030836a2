"""What the mails of the 12 months to a day did: counts of each touchpoint and campaign, and the orders after them."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Subquery,
    and_,
    case,
    func,
    literal_column,
    or_,
    select,
)

from models.present import projects
from models.suppressions import SUPPRESSED
from models.tables import answers, consent_history, decisions, events, messages
from programme.figures.funnels import Funnel
from programme.inbound.events import EventKind
from programme.words.dates import midnight_in_amsterdam
from programme.words.states import HandFlow, MessageStatus, Outcome, SuppressionReason
from tasks.figures.counting import is_purchase, people, year_before
from tasks.figures.windows import fill_windows, windows

ARRIVED = (EventKind.DELIVERED.value, EventKind.OPENED.value)  # an open proves the delivery
# Marks in the message log that there will be no mail.
NO_MAIL = tuple(status.value for status in (MessageStatus.SUPERSEDED, MessageStatus.REPEATED, MessageStatus.HELD_OUT))


class Split(StrEnum):
    """What the funnels can be divided by."""

    SEGMENT = "segment"
    TIER = "tier"


Key = tuple[str, str | None, str | None, str | None]  # touchpoint, campaign, segment, tier


def read_funnels(
    connection: Connection, as_of: date, window_days: int, split: Split | None = None
) -> tuple[Funnel, ...]:
    """One for each touchpoint and campaign with a message or a decision, in order of these names."""
    funnels = read_deliveries(connection, as_of, split)
    for key, (number, cents) in _read_orders(connection, as_of, window_days, split).items():
        funnels[key] = replace(funnels[key], ordered=number, revenue_cents=cents)
    for key, (skipped, deferred) in _read_reasons(connection, as_of, split).items():
        funnels[key] = replace(funnels.get(key, Funnel(*key)), skipped=skipped, deferred=deferred)
    return tuple(funnels[key] for key in sorted(funnels, key=lambda key: [part or "" for part in key]))


def read_deliveries(connection: Connection, as_of: date, split: Split | None = None) -> dict[Key, Funnel]:
    """How far the messages got, without orders and reasons."""
    told, answered, left = _told(as_of), _answered(as_of), _left(as_of)
    is_delivered, has_answer = told.c.arrived == 1, answered.c.message_id.is_not(None)
    is_tracked = and_(is_delivered, messages.c.is_tracked)
    claims = {
        "accepted": messages.c.status == MessageStatus.ACCEPTED.value,
        "delivered": is_delivered,
        "tracked": is_tracked,
        "opened": and_(is_tracked, told.c.opened == 1),
        "answered": has_answer,
        "unsubscribed": and_(is_delivered, or_(told.c.unsubscribed == 1, left.c.message_id.is_not(None))),
        "complained": and_(is_delivered, told.c.complained == 1),
        "delivered_answered": and_(is_delivered, has_answer),
    }
    columns = _columns(messages, split)
    query = (
        select(
            *columns,
            func.count().label("planned"),
            *(func.sum(case((claim, 1), else_=0)).label(name) for name, claim in claims.items()),
        )
        .join_from(messages, people, people.c.client_id == messages.c.client_id)
        .outerjoin(told, told.c.message_id == messages.c.message_id)
        .outerjoin(answered, answered.c.message_id == messages.c.message_id)
        .outerjoin(left, left.c.message_id == messages.c.message_id)
        .where(_of_the_year(messages.c.as_of, as_of), messages.c.status.not_in(NO_MAIL))
        .group_by(*columns)
    )
    found: dict[Key, Funnel] = {}
    for row in connection.execute(query):
        counts: dict[str, Any] = {name: int(getattr(row, name)) for name in ("planned", *claims)}
        found[_key(row)] = Funnel(*_key(row), **counts)
    return found


def _left(as_of: date) -> Subquery:
    """The messages whose own link somebody unsubscribed by."""
    change = consent_history.c
    return (
        select(change.message_id)
        .where(
            change.change == SUPPRESSED,
            change.reason == SuppressionReason.UNSUBSCRIBE.value,
            change.message_id.is_not(None),
            change.changed_at < _end_of(as_of),
        )
        .distinct()
        .subquery("left_by")
    )


def _told(as_of: date) -> Subquery:
    """What the provider has reported of each message by the end of the day."""
    event = events.c
    claims = {
        "arrived": event.kind.in_(ARRIVED),
        "opened": and_(event.kind == EventKind.OPENED.value, ~event.is_machine),
        "unsubscribed": event.kind == EventKind.UNSUBSCRIBED.value,
        "complained": event.kind == EventKind.COMPLAINED.value,
    }
    kinds = (*ARRIVED, EventKind.UNSUBSCRIBED.value, EventKind.COMPLAINED.value)
    return (
        select(event.message_id, *(func.max(case((claim, 1), else_=0)).label(name) for name, claim in claims.items()))
        .where(event.kind.in_(kinds), event.occurred_at < _end_of(as_of))
        .group_by(event.message_id)
        .subquery("told")
    )


def _answered(as_of: date) -> Subquery:
    return select(answers.c.message_id).where(answers.c.answered_on <= as_of).distinct().subquery("answered")


def _read_orders(
    connection: Connection, as_of: date, window_days: int, split: Split | None
) -> dict[Key, tuple[int, int]]:
    """Purchases after a mail that left, and their sum; each once a touchpoint, for its latest message."""
    fill_windows(connection, year_before(as_of) + timedelta(days=1), as_of, window_days, as_of)
    buyer, columns = people.alias("buyer"), _columns(messages, split)
    place = func.row_number().over(
        partition_by=[messages.c.touchpoint, projects.c.project_id],
        order_by=[messages.c.as_of.desc(), messages.c.id.desc()],
    )
    after = (
        select(*columns, projects.c.value_cents, place.label("place"))
        .join_from(messages, windows, windows.c.day == messages.c.as_of)
        .join(people, people.c.client_id == messages.c.client_id)
        .join(buyer, buyer.c.person == people.c.person)
        .join(projects, projects.c.client_id == buyer.c.client_id)
        .where(
            messages.c.status == MessageStatus.ACCEPTED.value,
            is_purchase(as_of),
            projects.c.ordered_on > messages.c.as_of,
            projects.c.ordered_on <= windows.c.until,
        )
        .subquery()
    )
    keys = [after.c[column.name] for column in columns]
    query = select(*keys, func.count().label("number"), func.sum(after.c.value_cents).label("cents"))
    rows = connection.execute(query.where(after.c.place == 1).group_by(*keys))
    return {_key(row): (row.number, int(row.cents)) for row in rows}


def _read_reasons(
    connection: Connection, as_of: date, split: Split | None
) -> dict[Key, tuple[dict[str, int], dict[str, int]]]:
    """Skips and deferrals by reason, each client and occasion once, by its last decision."""
    made, columns = decisions.c, _columns(decisions, split)
    place = func.row_number().over(
        partition_by=[made.touchpoint, made.client_id, made.occasion], order_by=[made.as_of.desc(), made.id.desc()]
    )
    latest = (
        select(*columns, made.outcome, made.reason, place.label("place"))
        .join_from(decisions, people, people.c.client_id == made.client_id)
        .where(_of_the_year(made.as_of, as_of))
        .subquery()
    )
    keys = [latest.c[name] for name in (*(column.name for column in columns), "outcome", "reason")]
    query = select(*keys, func.count().label("number")).where(
        latest.c.place == 1, latest.c.outcome != Outcome.SEND.value
    )
    found: dict[Key, tuple[dict[str, int], dict[str, int]]] = defaultdict(lambda: ({}, {}))
    for row in connection.execute(query.group_by(*keys)):
        skipped, deferred = found[_key(row)]
        (deferred if row.outcome == Outcome.DEFER else skipped)[row.reason] = row.number
    return found


def _columns(table: FromClause, split: Split | None) -> list[ColumnElement[Any]]:
    """What the funnels are told apart by."""
    own = table.c
    # Literal, because PostgreSQL takes two parameters for two expressions, and would not group by the first.
    is_campaign = own.flow == literal_column(f"'{HandFlow.CAMPAIGN.value}'")
    columns = [own.touchpoint.label("touchpoint"), case((is_campaign, own.occasion)).label("campaign")]
    return columns + ([own[split.value].label(split.value)] if split else [])


def _end_of(day: date) -> datetime:
    return midnight_in_amsterdam(day + timedelta(days=1))


def _of_the_year(day: ColumnElement[date], as_of: date) -> ColumnElement[bool]:
    return and_(day > year_before(as_of), day <= as_of)


def _key(row: Row[Any]) -> Key:
    return row.touchpoint, row.campaign, getattr(row, Split.SEGMENT, None), getattr(row, Split.TIER, None)
