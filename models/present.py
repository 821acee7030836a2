"""Clients and facts as every rule and figure reads them: without the rows that the export no longer has.

Readers use these, writers use models.tables; tests/test_layout.py checks that. Each name stands for its table in a
statement (`clients.c.name`, joins, `exists`), and both databases plan it as if it were the table itself.
"""

from sqlalchemy import Subquery, Table, select

from models import tables


def _present(table: Table) -> Subquery:
    return select(table).where(table.c.held_on.is_(None)).subquery(table.name)


clients = _present(tables.clients)
projects = _present(tables.projects)
quotes = _present(tables.quotes)
interactions = _present(tables.interactions)
feedback = _present(tables.feedback)
invoices = _present(tables.invoices)
referrals = _present(tables.referrals)
