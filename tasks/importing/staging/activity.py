"""Brings the append-only log of what clients did in line with the facts, only by adding rows."""

from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    FromClause,
    Insert,
    MetaData,
    Select,
    Table,
    exists,
    func,
    insert,
    literal,
    select,
    text,
)

from models.present import feedback, interactions, projects, quotes, referrals
from models.tables import activity
from programme.words.states import ActivityKind, Direction
from tasks.importing.staging.parts import Parts

NAMES = ("client_id", "kind", "source_id", "occurred_on", "retracts")
NEWS = Table(
    "news_of_activity",
    MetaData(),
    *(Column(name, activity.c[name].type) for name in NAMES),
    prefixes=["TEMPORARY"],
)


def sync_activity(parts: Parts) -> int:
    """Retract rows that contradict the facts, add rows that are missing, and return the number of rows added.

    Afterwards the valid rows are exactly the dated facts; rows about answers are not touched, because no fact mirrors
    them. Safe to run twice. The new rows are computed first, without the write lock, then written in parts.
    """
    connection = parts.connection
    with parts.looking():
        connection.execute(text(f"DROP TABLE IF EXISTS {NEWS.name}"))
        NEWS.create(connection)
        for statement in _statements():
            connection.execute(statement)

    def write(is_part: ColumnElement[bool]) -> int:
        rows = select(*NEWS.c).where(is_part)
        statement = insert(activity).from_select(list(NAMES), rows)
        return connection.execute(statement.execution_options(preserve_rowcount=True)).rowcount

    return parts.over(NEWS, write)


@cache
def _statements() -> tuple[Insert, ...]:
    """Made once, because an import of a few rows takes less time than making them."""
    return tuple(each for kind, facts in _facts().items() for each in _work_out(kind, facts))


def _facts() -> dict[ActivityKind, Select[Any]]:
    """One query for each kind; columns client_id, source_id and occurred_on (never NULL)."""
    return {
        ActivityKind.PROJECT_ORDERED: _dated(projects, "project_id", "ordered_on"),
        ActivityKind.PROJECT_DELIVERED: _dated(projects, "project_id", "delivered_on"),
        ActivityKind.QUOTE_SENT: _dated(quotes, "quote_id", "sent_on"),
        ActivityKind.QUOTE_DECIDED: _dated(quotes, "quote_id", "decided_on"),
        ActivityKind.INTERACTION_IN: _dated(interactions, "interaction_id", "occurred_on").where(
            interactions.c.direction == Direction.IN
        ),
        ActivityKind.FEEDBACK_GIVEN: _dated(feedback, "feedback_id", "given_on"),
        ActivityKind.REFERRAL_INVITED: _dated(referrals, "referral_id", "invited_on", client="referrer_id"),
    }


def _dated(table: FromClause, source: str, day: str, client: str = "client_id") -> Select[Any]:
    return select(
        table.c[client].label("client_id"),
        table.c[source].label("source_id"),
        table.c[day].label("occurred_on"),
    ).where(table.c[day].is_not(None))


def _work_out(kind: ActivityKind, facts: Select[Any]) -> tuple[Insert, Insert]:
    """Stages the withdrawals, then the additions, so that the log never has one thing twice."""
    fact = facts.subquery("fact")
    entry = activity.alias("entry")
    has_fact = exists().where(_same(fact, entry))
    wrong = select(entry.c.client_id, entry.c.kind, entry.c.source_id, entry.c.occurred_on, entry.c.id).where(
        entry.c.kind == kind, _stands(entry), ~has_fact
    )
    lacking = select(fact.c.client_id, literal(kind.value), fact.c.source_id, fact.c.occurred_on).where(
        ~exists().where(entry.c.kind == kind, _same(fact, entry), _stands(entry))
    )
    return insert(NEWS).from_select(list(NAMES), wrong), insert(NEWS).from_select(list(NAMES[:-1]), lacking)


def _same(fact: FromClause, entry: FromClause) -> ColumnElement[bool]:
    return (
        (entry.c.source_id == fact.c.source_id)
        & (entry.c.client_id == fact.c.client_id)
        & (entry.c.occurred_on == fact.c.occurred_on)
    )


def _stands(entry: FromClause) -> ColumnElement[bool]:
    """SQL for: the row withdraws nothing and is not withdrawn."""
    withdrawal = activity.alias("withdrawal")
    # For `retracts IS NULL` SQLite would use the unique index, because it assumes that this holds at most one NULL.
    withdraws_nothing = func.coalesce(entry.c.retracts, 0) == 0
    return withdraws_nothing & ~exists().where(withdrawal.c.retracts == entry.c.id)
