"""Clients and facts as every rule and figure reads them: without the rows that the export no longer has.

Readers use these, writers use models.tables; tests/test_layout.py checks that. Each name stands for its table in a
statement (`clients.c.name`, joins, `exists`), and both databases plan it as if it were the table itself.
"""

from datetime import date

from sqlalchemy import BindParameter, ColumnElement, FromClause, Subquery, Table, and_, case, or_, select

from models import tables


def _present(table: Table) -> Subquery:
    return select(table).where(table.c.held_on.is_(None)).subquery(table.name)


def _present_feedback() -> Subquery:
    """Feedback is resolved from the day on which the CRM says so or its case ended, whichever is earlier."""
    own = tables.feedback.c
    is_settled = and_(own.settled_on.is_not(None), or_(own.resolved_on.is_(None), own.settled_on < own.resolved_on))
    resolved_on = case((is_settled, own.settled_on), else_=own.resolved_on).label("resolved_on")
    columns = [resolved_on if column.name == "resolved_on" else column for column in own]
    return select(*columns).where(own.held_on.is_(None)).subquery(tables.feedback.name)


clients = _present(tables.clients)
projects = _present(tables.projects)
quotes = _present(tables.quotes)
interactions = _present(tables.interactions)
feedback = _present_feedback()
invoices = _present(tables.invoices)
referrals = _present(tables.referrals)

# The ids of those whom the export no longer has, by an index of their own: they are few.
gone_clients = select(tables.clients.c.client_id).where(tables.clients.c.held_on.is_not(None))


def is_not_cancelled(day: date | BindParameter[date], rows: FromClause = projects) -> ColumnElement[bool]:
    """SQL for: not programme.facts.projects.is_cancelled, of a project in `rows`, on the day."""
    return or_(rows.c.cancelled_on.is_(None), rows.c.cancelled_on > day)
