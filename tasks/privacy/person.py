"""The person behind a client: his records, and the addresses by which we know him."""

from typing import NamedTuple

from sqlalchemy import Connection, Table, select

from models.database.given import in_values
from models.tables import clients, earlier_recipients
from programme.words.naming.names import NAMELESS
from tasks.clients.lookup import UnknownClient


class PersonRecords(NamedTuple):
    """Whom a request is about.

    Two records with one address are one recipient; they are one person when they carry one name as well. Somebody else
    at that address (a partner, a colleague, an office) keeps the record and the address.

    Attributes:
        client_ids: of his records, the one that was named first.
        addresses: his present and earlier addresses, without those that somebody else has now.
        sole: those of them that nobody else had earlier either.
        shared: the rest of all he has or had: what was said of those holds for others too, and stays theirs.
        names: as the records have them, for places outside the database.
        others: other clients who have his present address, by id.
        erased: all of his records were erased before.
    """

    client_ids: tuple[str, ...]
    addresses: tuple[str, ...]
    sole: tuple[str, ...]
    shared: tuple[str, ...]
    names: tuple[str, ...]
    others: tuple[str, ...]
    erased: bool


def read_person(connection: Connection, client_id: str, *, alone: bool = False) -> PersonRecords:
    """The person of a client record.

    Args:
        alone: only this record, whoever else has its name and address.

    Raises:
        UnknownClient: nobody has this id.
    """
    own = clients.c
    columns = (own.client_id, own.name, own.recipient, own.erased_on)
    named = connection.execute(select(*columns).where(own.client_id == client_id)).one_or_none()
    if named is None:
        raise UnknownClient(f"there is no client '{client_id}'; ids are those of the CRM export")
    query = select(*columns).where(own.recipient == named.recipient, own.recipient != "", own.client_id != client_id)
    near = connection.execute(query.order_by(own.client_id)).all()
    is_named = bool(_folded(named.name)) and _folded(named.name) != NAMELESS and not alone
    same = [row for row in near if is_named and _folded(row.name) == _folded(named.name)]
    records = [named, *same]
    ids = tuple(row.client_id for row in records)
    found = _addresses(connection, ids, {row.recipient for row in records})
    addresses = found - _of_others(connection, clients, ids, found)
    sole = addresses - _of_others(connection, earlier_recipients, ids, addresses)
    return PersonRecords(
        ids,
        tuple(sorted(addresses)),
        tuple(sorted(sole)),
        tuple(sorted(found - sole)),
        tuple(sorted({row.name for row in records if row.name})),
        tuple(row.client_id for row in near if row not in same),
        all(row.erased_on for row in records),
    )


def _addresses(connection: Connection, ids: tuple[str, ...], present: set[str]) -> set[str]:
    """His present and earlier addresses, whoever else has them."""
    mine = select(earlier_recipients.c.recipient).where(in_values(earlier_recipients.c.client_id, ids))
    return {address for address in (*present, *connection.scalars(mine)) if address}


def _of_others(connection: Connection, table: Table, ids: tuple[str, ...], addresses: set[str]) -> set[str]:
    """Those of the addresses that somebody else has, or had, as the table says."""
    own = table.c
    taken = select(own.recipient).where(in_values(own.recipient, sorted(addresses)), ~in_values(own.client_id, ids))
    return set(connection.scalars(taken))


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
