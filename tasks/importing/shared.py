"""Addresses that many client records share: usually the office's own, entered where none was known."""

from sqlalchemy import Connection, func, select

from models.present import clients

MOST_RECORDS = 10  # records with one address; more are reported
SHOWN = 20


def shared_addresses(connection: Connection) -> list[str]:
    """A sentence for each address that more than MOST_RECORDS records share; it names a client, never the address."""
    query = (
        select(func.count(), func.min(clients.c.client_id))
        .where(clients.c.recipient != "")
        .group_by(clients.c.recipient)
        .having(func.count() > MOST_RECORDS)
        .order_by(func.count().desc(), func.min(clients.c.client_id))
    )
    rows = connection.execute(query).all()
    sentences = [
        f"{number:,} client records share the e-mail address of client {client_id}: to us they are one recipient"
        for number, client_id in rows[:SHOWN]
    ]
    rest = len(rows) - SHOWN
    return [*sentences, f"and {rest:,} more addresses like that"] if rest > 0 else sentences
