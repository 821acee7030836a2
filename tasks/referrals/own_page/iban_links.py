"""Giving an account on the own page: a mailed link that works once and for half an hour, and what it changes."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Connection, Engine, func, insert, select, update

from models.database import clock
from models.database.engine import reading
from models.tables import clients, iban_changes, iban_links
from programme.terms.tables.payout_terms import ReferralTerms
from programme.words.dates import day_in_amsterdam, midnight_in_amsterdam
from programme.words.tokens import account_token, token_hash
from tasks.money.payees import record_iban
from tasks.referrals.own_page.accounts import BankAccount

WORKS_FOR = timedelta(minutes=30)


class NewIbanLink(NamedTuple):
    """A link that was just made; the token is nowhere else."""

    token: str
    expires_at: datetime
    occasion: str


class LinkState(StrEnum):
    """Whether a mailed link can still be used: once, and for as long as the programme says."""

    OPEN = "open"
    USED = "used"
    EXPIRED = "expired"


class IbanLink(NamedTuple):
    """Whose link it is, and whether it can still be used."""

    client_id: str
    state: LinkState


def make_iban_link(
    connection: Connection, terms: ReferralTerms, key: bytes, client_id: str, at: datetime
) -> NewIbanLink | None:
    """A new link for this client, beside those that are still good; None when he had as many as a day allows."""
    own = select(clients.c.client_id).where(clients.c.client_id == client_id)
    connection.execute(own.with_for_update())  # two requests at once count one after the other
    links = iban_links.c
    since = midnight_in_amsterdam(day_in_amsterdam(at))
    of_day = select(func.count()).where(links.client_id == client_id, links.made_at >= since)
    made = connection.execute(of_day).scalar_one()
    if made >= terms.iban_links_a_day:
        return None
    occasion = f"{at.isoformat()}/{made + 1}"  # two may be asked for at one moment
    token = account_token(key, client_id, occasion)
    values = {"token_hash": token_hash(token), "client_id": client_id, "made_at": at, "expires_at": at + WORKS_FOR}
    connection.execute(insert(iban_links).values(**values))
    return NewIbanLink(token, at + WORKS_FOR, occasion)


def read_iban_link(engine: Engine, token: str, at: datetime) -> IbanLink | None:
    """None for a token that we never made, or whose client's data were erased. Reading changes nothing."""
    with reading(engine) as connection:
        return _read(connection, token, at)


def use_iban_link(connection: Connection, token: str, account: BankAccount, at: datetime) -> int | None:
    """Record the account behind the link and end the link, in the caller's transaction.

    Returns:
        The id of the change; of the one that this link made before, when it gave the same account, as the second click
        of a double click does. None when the link was used for another account or has expired; then nothing changed.
    """
    links = iban_links.c
    found = _read(connection, token, at)
    if found is None or found.state is LinkState.EXPIRED:
        return None
    one = update(iban_links).where(links.token_hash == token_hash(token), links.used_at.is_(None))
    if connection.execute(one.values(used_at=at)).rowcount == 1:
        return record_iban(connection, found.client_id, account.iban, account.holder, at)
    return _change_by(connection, token, account)


def _change_by(connection: Connection, token: str, account: BankAccount) -> int | None:
    """The change that this used link made, if it was to this account."""
    links, changes = iban_links.c, iban_changes.c
    its_own = (changes.client_id == links.client_id) & (changes.changed_at == links.used_at)
    query = select(changes.id).join_from(iban_links, iban_changes, its_own)
    same = query.where(
        links.token_hash == token_hash(token), changes.iban == account.iban, changes.holder == account.holder
    )
    return connection.execute(same).scalar()


def _read(connection: Connection, token: str, at: datetime) -> IbanLink | None:
    links = iban_links.c
    query = (
        select(links.client_id, links.expires_at, links.used_at)
        .join(clients, clients.c.client_id == links.client_id)
        .where(links.token_hash == token_hash(token), clients.c.erased_on.is_(None))
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    if clock.aware(row.expires_at) <= at:
        return IbanLink(row.client_id, LinkState.EXPIRED)
    return IbanLink(row.client_id, LinkState.USED if row.used_at else LinkState.OPEN)
