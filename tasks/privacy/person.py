"""The person behind a client: his records, and the addresses by which we know him."""

from typing import NamedTuple

from sqlalchemy import Connection, select

from models.database.bulk import in_values
from models.tables import clients, earlier_recipients
from tasks.clients.lookup import UnknownClient

MOST_AT_ONE_ADDRESS = 10  # records; an address that more of them share is no person's, usually the office's own


class Person(NamedTuple):
    """Whom a request is about.

    Two records with one address are one recipient; they are one person when they carry one name as well. Others at
    that address (a partner, a colleague) are told of, and their records are their own.

    Attributes:
        client_ids: of his records, the one that was named first.
        addresses: his present address, and earlier ones that nobody else has now.
        names: as the records have them, for places outside the database.
        others: other clients who have his present address, by id; none for an address of too many, which is not his.
        erased: all of his records were erased before.
    """

    client_ids: tuple[str, ...]
    addresses: tuple[str, ...]
    names: tuple[str, ...]
    others: tuple[str, ...]
    erased: bool


def read_person(connection: Connection, client_id: str) -> Person:
    """The person of a client record. Raises UnknownClient."""
    own = clients.c
    columns = (own.client_id, own.name, own.recipient, own.email, own.erased_on)
    named = connection.execute(select(*columns).where(own.client_id == client_id)).one_or_none()
    if named is None:
        raise UnknownClient(f"there is no client '{client_id}'; ids are those of the CRM export")
    query = select(*columns).where(own.recipient == named.recipient, own.recipient != "", own.client_id != client_id)
    near = connection.execute(query.order_by(own.client_id)).all()
    same = [row for row in near if _folded(row.name) == _folded(named.name)]
    others = [row.client_id for row in near if row not in same]
    records = [named, *same]
    ids = tuple(row.client_id for row in records)
    addresses = _earlier(connection, ids)
    if len(others) >= MOST_AT_ONE_ADDRESS:
        others = []
    else:
        addresses |= {row.recipient for row in records}
    return Person(
        ids,
        tuple(sorted(address for address in addresses if address)),
        tuple(sorted({row.name for row in records if row.name})),
        tuple(others),
        all(row.erased_on for row in records),
    )


def _earlier(connection: Connection, ids: tuple[str, ...]) -> set[str]:
    """His earlier addresses, without those that are somebody else's now."""
    dialect = connection.dialect.name
    mine = select(earlier_recipients.c.recipient).where(in_values(earlier_recipients.c.client_id, ids, dialect))
    found = set(connection.scalars(mine))
    taken = select(clients.c.recipient).where(
        in_values(clients.c.recipient, sorted(found), dialect), ~in_values(clients.c.client_id, ids, dialect)
    )
    return found - set(connection.scalars(taken))


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
