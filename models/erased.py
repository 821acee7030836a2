"""The addresses of erased persons: kept as keyed hashes, so that whoever brings one back brings nobody back."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import Connection, select

from models.database.bulk import insert_rows
from models.database.given import in_values
from models.tables import acts, erased_addresses
from programme.words.tokens import address_hash

ERASE = "erase client"  # the act of it, about each record of the person


def remember_erased(connection: Connection, key: bytes, addresses: Iterable[str], erased_on: date) -> None:
    """Keep the addresses as hashes under the present key. Safe to repeat; the first day stays."""
    rows = [(address_hash(key, address), erased_on) for address in addresses if address]
    insert_rows(connection, erased_addresses, ("hash", "erased_on"), rows, ignore_existing=True)


def erased_among(connection: Connection, keys: Sequence[bytes], addresses: Collection[str]) -> set[str]:
    """Those of the addresses that belonged to an erased person.

    Costs next to nothing while nobody was erased.

    Args:
        keys: the present key and the old ones; a hash under any of them counts.
    """
    asked = {address for address in addresses if address}
    if not asked or not has_erased(connection):
        return set()
    by_hash = {address_hash(key, address): address for key in keys for address in asked}
    known = in_values(erased_addresses.c.hash, list(by_hash))
    return {by_hash[found] for found in connection.scalars(select(erased_addresses.c.hash).where(known))}


def has_erased(connection: Connection) -> bool:
    """Whether anybody was ever erased by command."""
    return connection.execute(select(erased_addresses.c.hash).limit(1)).first() is not None


def erased_since(connection: Connection, moment: datetime) -> set[str]:
    """The ids of the clients who were erased by command since a moment; mostly none, which costs a look in an index."""
    return set(connection.scalars(select(acts.c.subject_id).where(acts.c.at > moment, acts.c.act == ERASE)))
