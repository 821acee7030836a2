"""Addresses that many client records share: usually the office's own, typed where none was known."""

from sqlalchemy import Connection, func, select

from models.present import clients

MOST_RECORDS = 10  # of one address before it is reported
SHOWN = 20


def shared_addresses(connection: Connection) -> list[str]:
    """A sentence for each address that more than MOST_RECORDS records have; it names a client, never the address."""
    query = (
        select(func.count(), func.min(clients.c.client_id))
        .where(clients.c.recipient != "")
        .group_by(clients.c.recipient)
        .having(func.count() > MOST_RECORDS)
        .order_by(func.count().desc(), func.min(clients.c.client_id))
    )
    rows = connection.execute(query).all()
    told = [
        f"{number:,} client records share the e-mail address of client {client_id}: to us they are one recipient"
        for number, client_id in rows[:SHOWN]
    ]
    return [*told, f"and {len(rows) - SHOWN:,} more addresses like that"] if len(rows) > SHOWN else told
