"""Referrals as their qualification asks about them: with the referrer's address and agreement, and every review."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection, select

from models.database.given import in_values
from models.present import clients, referrals
from models.tables import referral_reviews
from programme.facts.records import Referral, Review
from programme.referrals.states import ReferralVerdict

_OF_REFERRER = {"referrer_recipient": clients.c.recipient, "partner_since": clients.c.partner_since}
_COLUMNS = [
    _OF_REFERRER[name] if name in _OF_REFERRER else referrals.c[name] for name in Referral._fields if name != "reviews"
]


def read_referrals(connection: Connection, referred: Sequence[str] | None = None) -> dict[str, list[Referral]]:
    """The referrals that name a referred client, by that client.

    Args:
        referred: ids of the referred clients to ask about; None for all.
    """
    query = (
        select(*_COLUMNS)
        .join_from(referrals, clients, clients.c.client_id == referrals.c.referrer_id)
        .where(referrals.c.referred_client_id.is_not(None))
    )
    if referred is not None:
        query = query.where(in_values(referrals.c.referred_client_id, referred))
    reviews = read_reviews(connection)
    found: dict[str, list[Referral]] = defaultdict(list)
    for row in connection.execute(query):
        referral = Referral(*row)
        own = reviews.get(referral.referral_id)
        found[row.referred_client_id].append(referral._replace(reviews=tuple(own)) if own else referral)
    return found


def read_reviews(connection: Connection) -> dict[str, list[Review]]:
    """Every review by referral, in order of day and of one day as they were made. People make few of them."""
    table = referral_reviews.c
    query = select(table.referral_id, table.day, table.verdict).order_by(table.referral_id, table.day, table.id)
    found: dict[str, list[Review]] = defaultdict(list)
    for referral_id, day, verdict in connection.execute(query):
        found[referral_id].append(Review(day, verdict == ReferralVerdict.REJECT))
    return found
