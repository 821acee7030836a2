"""Which messages a run may claim: its own, and those that no backfill holds; and none of a campaign that was stopped.

And until when: `goes_until`.

A backfill to people decides all of its days before it sends anything, and then keeps each recipient's last message.
Until then it holds its messages, by `held_by` on its runs.
"""

from typing import Any

from sqlalchemy import BindParameter, FromClause, and_, case, func, not_, or_, select
from sqlalchemy.sql.elements import ColumnElement

from models.tables import campaigns, discount_codes, messages, runs
from programme.words.states import Flow, HandFlow


def is_free(run_id: str | BindParameter[str] | None = None, table: FromClause = messages) -> ColumnElement[bool]:
    """SQL for messages (or their plans) that are not held, or held by the backfill that this run belongs to."""
    held = select(runs.c.run_id).where(runs.c.held_by.is_not(None))
    if run_id is not None:
        own = runs.alias()
        holder = select(own.c.held_by).where(own.c.run_id == run_id).scalar_subquery()
        held = held.where(runs.c.held_by != func.coalesce(holder, ""))
    return or_(table.c.run_id.is_(None), table.c.run_id.not_in(held))


def is_not_stopped(table: FromClause = messages) -> ColumnElement[bool]:
    """SQL for messages (or their plans) of no stopped campaign: one that comes back from the provider stays here."""
    stopped = select(campaigns.c.name).where(campaigns.c.withdrawn_by.is_not(None))
    return not_(and_(table.c.flow == HandFlow.CAMPAIGN, table.c.occasion.in_(stopped)))


def goes_until() -> ColumnElement[Any]:
    """SQL for the last day on which a message may go: of its window, or of the code that it gives when that is earlier.

    A touchpoint's message has its window alone: each day that takes it up gives it a code of that day.
    """
    code_ends = select(discount_codes.c.valid_until).where(discount_codes.c.id == messages.c.discount_id)
    ends = code_ends.scalar_subquery()
    is_said_once = messages.c.flow.not_in(list(Flow))
    return case((and_(is_said_once, ends < messages.c.closes_on), ends), else_=messages.c.closes_on).label("goes_until")
