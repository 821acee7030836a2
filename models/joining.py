"""Who a referral became: joined by hand, or by the address that the friend gave."""

from sqlalchemy import ColumnElement, Connection, FromClause, ScalarSelect, and_, func, select, update

from models.tables import clients, referral_links, referrals, signups


def linked_by_hand(referral_id: ColumnElement[str]) -> ScalarSelect[str]:
    """The client that a person last joined to this referral, NULL for none."""
    links = referral_links.c
    return (
        select(links.client_id)
        .where(links.referral_id == referral_id)
        .order_by(links.id.desc())
        .limit(1)
        .correlate_except(referral_links)
        .scalar_subquery()
    )


def client_of_address(address: ColumnElement[str]) -> ScalarSelect[str]:
    """Of the clients with this recipient the one with the smallest id, NULL for none or for no address."""
    own = clients.c
    same = select(func.min(own.client_id)).where(own.recipient == address, own.recipient != "")
    return same.correlate_except(clients).scalar_subquery()


def join_referrals(connection: Connection) -> int:
    """Join every referral that has no client to its client. Safe to repeat.

    By hand where a person did so, otherwise by the address of the sign-up or of the export.

    Returns:
        The number of referrals joined.
    """
    joined = 0
    for found in (linked_by_hand(referrals.c.referral_id), client_of_address(address_of(referrals))):
        statement = update(referrals).where(referrals.c.referred_client_id.is_(None), found.is_not(None))
        joined += connection.execute(statement.values(referred_client_id=found)).rowcount
    return joined


def address_of(table: FromClause) -> ColumnElement[str]:
    """What a friend is known by: the recipient of the sign-up, else the export's `referred_email`."""
    signed_up = (
        select(signups.c.recipient)
        .where(and_(signups.c.referral_id == table.c.referral_id, signups.c.recipient != ""))
        .correlate_except(signups)
        .scalar_subquery()
    )
    return func.coalesce(signed_up, table.c.referred_email)
