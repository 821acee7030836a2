"""What the import set aside: clients and facts that the export no longer has, and unreadable cancellations."""

from datetime import date

from sqlalchemy import Connection, Engine, select

from models import tables
from models.database.engine import reading
from models.database.given import in_values
from programme.insight.set_aside import CANCEL_UNREAD, NOT_IN_EXPORT, SetAside

_OWNERS = {
    tables.projects: "client_id",
    tables.quotes: "client_id",
    tables.interactions: "client_id",
    tables.feedback: "client_id",
    tables.invoices: "client_id",
    tables.referrals: "referrer_id",
}


def held_since(engine: Engine, client_id: str) -> date | None:
    """The first day on which the export no longer had this client; None while it has the client, or never had it."""
    clients = tables.clients.c
    with reading(engine) as connection:
        return connection.scalar(select(clients.held_on).where(clients.client_id == client_id))


def read_set_aside(connection: Connection, client_ids: list[str]) -> tuple[SetAside, ...]:
    """The rows about these clients that do not count as exported, by table, then id."""
    found = []
    for table, owner in _OWNERS.items():
        key = next(iter(table.primary_key.columns))
        query = select(key, table.c.held_on).where(in_values(table.c[owner], client_ids), table.c.held_on.is_not(None))
        rows = connection.execute(query.order_by(key))
        found += [SetAside(table.name, row_id, since, NOT_IN_EXPORT) for row_id, since in rows]
    projects = tables.projects.c
    unread = select(projects.project_id, projects.cancelled_on).where(
        in_values(projects.client_id, client_ids),
        projects.is_cancel_unread.is_(True),
        projects.held_on.is_(None),
    )
    cancelled = connection.execute(unread.order_by(projects.project_id))
    return (*found, *(SetAside("projects", row_id, since, CANCEL_UNREAD) for row_id, since in cancelled))
