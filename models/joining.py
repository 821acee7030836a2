"""Who a referral became: joined by hand, or by the address that the friend gave."""

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    ScalarSelect,
    and_,
    case,
    exists,
    func,
    or_,
    select,
    update,
)

from models.tables import clients, earlier_recipients, referral_links, referrals, signups


def linked_by_hand(referral_id: ColumnElement[str]) -> ScalarSelect[str]:
    """The client that a person last joined to this referral, NULL for none, or for one that the export lacks now."""
    links = referral_links.c
    return (
        select(case((clients.c.held_on.is_(None), links.client_id)))  # not an earlier link: a person took that back
        .join_from(referral_links, clients, clients.c.client_id == links.client_id)
        .where(links.referral_id == referral_id)
        .order_by(links.id.desc())
        .limit(1)
        .correlate_except(referral_links, clients)
        .scalar_subquery()
    )


def client_of_address(address: ColumnElement[str]) -> ScalarSelect[str]:
    """Of the clients with this recipient the one with the smallest id, NULL for none or for no address.

    Clients that the export no longer has are none.
    """
    own = clients.c
    is_there = and_(own.recipient == address, own.recipient != "", own.held_on.is_(None))
    same = select(func.min(own.client_id)).where(is_there)
    return same.correlate_except(clients).scalar_subquery()


def client_that_had_address(referral_id: ColumnElement[str], address: ColumnElement[str]) -> ScalarSelect[str]:
    """The client of this referral, if the address is or was his and the export has him; NULL otherwise.

    A referral stays with a friend who moves to another address, whoever has the old one now; and with one who was
    erased, of whose addresses none is left to know him by: the reward was earned all the same.
    """
    had_it = exists().where(
        earlier_recipients.c.client_id == clients.c.client_id, earlier_recipients.c.recipient == address
    )
    return (
        select(referrals.c.referred_client_id)
        .join_from(referrals, clients, clients.c.client_id == referrals.c.referred_client_id)
        .where(referrals.c.referral_id == referral_id, clients.c.held_on.is_(None))
        .where(
            or_(
                clients.c.recipient == address,
                had_it.correlate_except(earlier_recipients),
                clients.c.erased_on.is_not(None),
            )
        )
        .correlate_except(referrals, clients)
        .scalar_subquery()
    )


def join_referrals(connection: Connection) -> int:
    """Join every referral that has no client, or one that the export no longer has, to its client. Safe to repeat.

    By hand where a person did so, otherwise by the address of the sign-up or of the export.

    Returns:
        The number of referrals joined.
    """
    joined, own = 0, referrals.c
    is_held = exists().where(clients.c.client_id == own.referred_client_id, clients.c.held_on.is_not(None))
    lacks_client = or_(own.referred_client_id.is_(None), is_held)
    for found in (linked_by_hand(own.referral_id), client_of_address(address_of(referrals))):
        is_new = and_(found.is_not(None), found.is_distinct_from(own.referred_client_id))
        statement = update(referrals).where(lacks_client, is_new).values(referred_client_id=found)
        joined += connection.execute(statement).rowcount
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
