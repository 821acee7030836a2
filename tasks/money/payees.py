"""To whom balances are paid, as known now: account, holder, and what stands in the way."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, and_, exists, insert, select, update

from models.database.given import in_values
from models.tables import clients, iban_changes, payout_blocks, refused_ibans, returned_ibans
from programme.money.settling import Payee
from programme.referrals.states import IbanSource


def read_payees(connection: Connection, client_ids: Iterable[str]) -> dict[str, Payee]:
    """The payees among these clients, by id."""
    ids = sorted(set(client_ids))
    own, page = clients.c, iban_changes.c
    is_of_page = exists().where(page.client_id == own.client_id, page.source == IbanSource.PAGE.value)
    is_returned = exists().where(
        returned_ibans.c.client_id == own.client_id,
        returned_ibans.c.iban == own.iban,
        returned_ibans.c.given_anew_at.is_(None),
    )
    query = select(
        own.client_id,
        own.iban,
        own.iban_holder,
        exists().where(payout_blocks.c.client_id == own.client_id, payout_blocks.c.unblocked_on.is_(None)),
        own.erased_on.is_not(None),
        and_(exists().where(refused_ibans.c.client_id == own.client_id), ~is_of_page),
        is_returned,
    ).where(in_values(own.client_id, ids))
    return {row[0]: Payee(row[0], row[1], row[2], *map(bool, row[3:])) for row in connection.execute(query)}


def record_iban(connection: Connection, client_id: str, iban: str, holder: str, at: datetime) -> int:
    """What a client gave on his own page: it outranks imports from now on, and a returned account is valid again.

    Args:
        iban: valid, in capitals without spaces.

    Returns:
        The id of the change, which is the occasion of the mail that reports it.
    """
    values = {"client_id": client_id, "iban": iban, "holder": holder, "changed_at": at}
    made = connection.execute(insert(iban_changes).values(**values, source=IbanSource.PAGE.value))
    connection.execute(update(clients).where(clients.c.client_id == client_id).values(iban=iban, iban_holder=holder))
    connection.execute(
        update(returned_ibans)
        .where(returned_ibans.c.client_id == client_id, returned_ibans.c.iban == iban)
        .where(returned_ibans.c.given_anew_at.is_(None))
        .values(given_anew_at=at)
    )
    return int(made.inserted_primary_key[0]) if made.inserted_primary_key else 0


def record_returned_iban(
    connection: Connection, client_id: str, iban: str, end_to_end_id: str, reason: str, at: datetime
) -> None:
    """The bank sent this account back, or called it wrong: nothing is paid to it until the client gives it anew.

    Of who was erased meanwhile it is not kept: he is paid nothing, and the books alone have his account.
    """
    is_here = exists().where(clients.c.client_id == client_id, clients.c.erased_on.is_(None))
    if not connection.execute(select(is_here)).scalar():
        return
    connection.execute(
        insert(returned_ibans).values(
            client_id=client_id, iban=iban, end_to_end_id=end_to_end_id, reason=reason, returned_at=at
        )
    )
