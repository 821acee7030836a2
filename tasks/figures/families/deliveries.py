"""How far the mails of the 12 months to a day got, by touchpoint and campaign; for several days in one pass.

The events are the longest table after the activity log, and the report looks at two days: its own and a quarter before.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
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

from models.suppressions import SUPPRESSED
from models.tables import answers, consent_history, events, messages
from programme.figures.families.funnels import Funnel
from programme.inbound.events import EventKind
from programme.words.dates import midnight_in_amsterdam
from programme.words.states import HandFlow, MessageStatus, SuppressionReason
from tasks.figures.counting import people, year_before

ARRIVED = (EventKind.DELIVERED.value, EventKind.OPENED.value)  # an open proves the delivery
ACCEPTED = MessageStatus.ACCEPTED.value
REFUSED = MessageStatus.REJECTED.value
# Marks in the message log that there will be no mail.
NO_MAIL = tuple(status.value for status in (MessageStatus.SUPERSEDED, MessageStatus.REPEATED, MessageStatus.HELD_OUT))

Key = tuple[str, str | None, str | None, str | None]  # touchpoint, campaign, segment, tier


class Split(StrEnum):
    """What the funnels can be divided by."""

    SEGMENT = "segment"
    TIER = "tier"


Claims = dict[str, ColumnElement[bool]]


def read_deliveries(
    connection: Connection, days: Sequence[date], split: Split | None = None
) -> list[dict[Key, Funnel]]:
    """As of each of the days, without orders and reasons."""
    told, answered, left = _told(), _answered(), _left()
    has_message = messages.c.message_id
    # What is told of a message is looked up from the events: most messages have one, and it is in their order.
    delivered = (
        told.join(messages, has_message == told.c.message_id)
        .outerjoin(answered, answered.c.message_id == told.c.message_id)
        .outerjoin(left, left.c.message_id == told.c.message_id)
    )
    of_answers = answered.join(messages, has_message == answered.c.message_id)
    sources: list[tuple[FromClause, Callable[[date], Claims]]] = [
        (messages, _of_log),
        (of_answers, lambda day: {"answered": answered.c.answered_on <= day}),
        (delivered, lambda day: _claims(told, answered, left, day)),
    ]
    found: list[dict[Key, dict[str, Any]]] = [defaultdict(dict) for _ in days]
    for source, claims in sources:
        for number, key, counts in _read_counts(connection, source, [claims(day) for day in days], days, split):
            found[number][key].update(counts)
    return [
        {key: Funnel(*key, **counts) for key, counts in of_day.items() if counts.get("planned")} for of_day in found
    ]


def _read_counts(
    connection: Connection, source: FromClause, claims: Sequence[Claims], days: Sequence[date], split: Split | None
) -> Iterator[tuple[int, Key, dict[str, int]]]:
    """The number of the day, the key and the counts of each claim, over the messages of the year to that day."""
    sums = {
        (number, name): func.sum(case((and_(of_the_year(messages.c.as_of, day), claim), 1), else_=0))
        for number, day in enumerate(days)
        for name, claim in claims[number].items()
    }
    columns = key_columns(messages, split)
    query = (
        select(*columns, *(total.label(f"{name}_{number}") for (number, name), total in sums.items()))
        .select_from(source.join(people, people.c.client_id == messages.c.client_id))
        .where(messages.c.status.not_in(NO_MAIL))
        .group_by(*columns)
    )
    for row in connection.execute(query):
        for number in range(len(days)):
            yield number, key_of(row), {name: int(getattr(row, f"{name}_{number}")) for name in claims[number]}


def _of_log(day: date) -> Claims:
    """What the message itself says at the day."""
    status = messages.c.status
    return {"planned": messages.c.as_of <= day, "accepted": status == ACCEPTED, "refused": status == REFUSED}


def _claims(told: Subquery, answered: Subquery, left: Subquery, day: date) -> Claims:
    """What must hold at the day of a message that something was told of."""
    end = end_of(day)
    is_delivered = told.c.arrived_at < end
    is_tracked = and_(is_delivered, messages.c.is_tracked)
    return {
        "delivered": is_delivered,
        "tracked": is_tracked,
        "opened": and_(is_tracked, told.c.opened_at < end),
        "unsubscribed": and_(is_delivered, or_(told.c.unsubscribed_at < end, left.c.left_at < end)),
        "complained": and_(is_delivered, told.c.complained_at < end),
        "delivered_answered": and_(is_delivered, answered.c.answered_on <= day),
    }


def _told() -> Subquery:
    """When the provider first reported each thing of a message; read from the index of events alone."""
    event = events.c
    claims = {
        "arrived_at": event.kind.in_(ARRIVED),
        "opened_at": and_(event.kind == EventKind.OPENED.value, ~event.is_machine),
        "unsubscribed_at": event.kind == EventKind.UNSUBSCRIBED.value,
        "complained_at": event.kind == EventKind.COMPLAINED.value,
    }
    kinds = (*ARRIVED, EventKind.UNSUBSCRIBED.value, EventKind.COMPLAINED.value)
    firsts = (func.min(case((claim, event.occurred_at))).label(name) for name, claim in claims.items())
    return select(event.message_id, *firsts).where(event.kind.in_(kinds)).group_by(event.message_id).subquery("told")


def _answered() -> Subquery:
    first = func.min(answers.c.answered_on).label("answered_on")
    return select(answers.c.message_id, first).group_by(answers.c.message_id).subquery("answered")


def _left() -> Subquery:
    """When somebody first unsubscribed by the link of a message."""
    change = consent_history.c
    return (
        select(change.message_id, func.min(change.changed_at).label("left_at"))
        .where(
            change.change == SUPPRESSED,
            change.reason == SuppressionReason.UNSUBSCRIBE.value,
            change.message_id.is_not(None),
        )
        .group_by(change.message_id)
        .subquery("left_by")
    )


def key_columns(table: FromClause, split: Split | None) -> list[ColumnElement[Any]]:
    """What the funnels are told apart by."""
    own = table.c
    # Literal, because PostgreSQL takes two parameters for two expressions, and would not group by the first.
    is_campaign = own.flow == literal_column(f"'{HandFlow.CAMPAIGN.value}'")
    columns = [own.touchpoint.label("touchpoint"), case((is_campaign, own.occasion)).label("campaign")]
    return columns + ([own[split.value].label(split.value)] if split else [])


def key_of(row: Row[Any]) -> Key:
    """The key of a row that has these columns."""
    return row.touchpoint, row.campaign, getattr(row, Split.SEGMENT, None), getattr(row, Split.TIER, None)


def of_the_year(day: ColumnElement[date], as_of: date) -> ColumnElement[bool]:
    """SQL for a day of the 12 months to `as_of`."""
    return and_(day > year_before(as_of), day <= as_of)


def end_of(day: date) -> datetime:
    """The moment at which the day is over in Amsterdam."""
    return midnight_in_amsterdam(day + timedelta(days=1))
