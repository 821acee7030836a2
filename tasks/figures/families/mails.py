"""What followed the mails of the 12 months to a day: orders, and why other mails did not go."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import Connection, Table, exists, func, select
from sqlalchemy.sql.elements import ColumnElement

from models.tables import message_plans, message_states, messages, other_decisions
from programme.figures.families.funnels import Funnel
from programme.words.states import MessageStatus, Outcome
from tasks.figures.counting import people, year_before
from tasks.figures.families.deliveries import Key, Split, key_columns, key_of, of_the_year
from tasks.figures.purchases import fill_purchases, purchases
from tasks.figures.windows import fill_windows, windows


def read_funnels(
    connection: Connection,
    as_of: date,
    window_days: int,
    deliveries: Mapping[Key, Funnel],
    split: Split | None = None,
) -> tuple[Funnel, ...]:
    """One for each touchpoint and campaign with a message or a decision, in order of these names.

    Args:
        deliveries: how far the messages got, divided alike.
    """
    funnels = dict(deliveries)
    for key, (number, cents) in _read_orders(connection, as_of, window_days, split).items():
        funnels[key] = replace(funnels[key], ordered=number, revenue_cents=cents)
    for key, (skipped, deferred) in _read_reasons(connection, as_of, split).items():
        funnels[key] = replace(funnels.get(key, Funnel(*key)), skipped=skipped, deferred=deferred)
    return tuple(funnels[key] for key in sorted(funnels, key=lambda key: [part or "" for part in key]))


def _read_orders(
    connection: Connection, as_of: date, window_days: int, split: Split | None
) -> dict[Key, tuple[int, int]]:
    """Purchases after a mail that left, and their sum; each once a touchpoint, for its latest message.

    The purchases of the year stand apart, so that the databases begin with these few and not with all messages.
    """
    fill_windows(connection, year_before(as_of) + timedelta(days=1), as_of, window_days, as_of)
    fill_purchases(connection, year_before(as_of), as_of)
    columns = key_columns(messages, split)
    place = func.row_number().over(
        partition_by=[messages.c.touchpoint, purchases.c.project_id],
        order_by=[messages.c.as_of.desc(), messages.c.id.desc()],
    )
    after = (
        select(*columns, purchases.c.value_cents, place.label("place"))
        .join_from(messages, windows, windows.c.day == messages.c.as_of)
        .join(people, people.c.client_id == messages.c.client_id)
        .join(purchases, purchases.c.person == people.c.person)
        .where(
            messages.c.status == MessageStatus.ACCEPTED.value,
            purchases.c.ordered_on > messages.c.as_of,
            purchases.c.ordered_on <= windows.c.until,
        )
        .subquery()
    )
    keys = [after.c[column.name] for column in columns]
    query = select(*keys, func.count().label("number"), func.sum(after.c.value_cents).label("cents"))
    rows = connection.execute(query.where(after.c.place == 1).group_by(*keys))
    return {key_of(row): (row.number, int(row.cents)) for row in rows}


def _read_reasons(
    connection: Connection, as_of: date, split: Split | None
) -> dict[Key, tuple[dict[str, int], dict[str, int]]]:
    """Skips and deferrals by reason, each client and occasion once, by its last decision."""
    made, columns = other_decisions.c, key_columns(other_decisions, split)
    place = func.row_number().over(
        partition_by=[made.touchpoint, made.client_id, made.occasion], order_by=[made.as_of.desc(), made.id.desc()]
    )
    latest = (
        select(*columns, made.outcome, made.reason, place.label("place"))
        .join_from(other_decisions, people, people.c.client_id == made.client_id)
        .where(of_the_year(made.as_of, as_of), ~_was_sent_later(other_decisions, as_of))
        .subquery()
    )
    keys = [latest.c[name] for name in (*(column.name for column in columns), "outcome", "reason")]
    query = select(*keys, func.count().label("number")).where(
        latest.c.place == 1, latest.c.outcome != Outcome.SEND.value
    )
    found: dict[Key, tuple[dict[str, int], dict[str, int]]] = defaultdict(lambda: ({}, {}))
    for row in connection.execute(query.group_by(*keys)):
        skipped, deferred = found[key_of(row)]
        (deferred if row.outcome == Outcome.DEFER else skipped)[row.reason] = row.number
    return found


def _was_sent_later(table: Table, as_of: date) -> ColumnElement[bool]:
    """SQL for a decision that one to send came after; that stands on its message, so those of others are not read."""
    made, plans, states = table.c, message_plans.c, message_states.c
    return (
        exists()
        .where(plans.client_id == made.client_id, plans.touchpoint == made.touchpoint)
        .where(plans.occasion == made.occasion, plans.priority.is_not(None), states.id == plans.id)
        .where(states.as_of >= made.as_of, states.as_of <= as_of)
    )
