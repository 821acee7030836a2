"""Referrals as their qualification asks about them: with the referrer's address and agreement, and every review."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection, select

from models.database.given import in_given
from models.present import clients, referrals
from models.tables import referral_reviews
from programme.facts.records import Referral, Review
from programme.referrals.states import ReferralVerdict

_OF_REFERRER = {"referrer_recipient": clients.c.recipient, "partner_since": clients.c.partner_since}
_COLUMNS = [
    _OF_REFERRER[name] if name in _OF_REFERRER else referrals.c[name] for name in Referral._fields if name != "reviews"
]
_EVERY = (
    select(*_COLUMNS)
    .join_from(referrals, clients, clients.c.client_id == referrals.c.referrer_id)
    .where(referrals.c.referred_client_id.is_not(None))
)
_OF_SOME = _EVERY.where(in_given(referrals.c.referred_client_id, "ids"))
_REVIEWED = referral_reviews.c
_REVIEWS = select(_REVIEWED.referral_id, _REVIEWED.day, _REVIEWED.verdict).order_by(
    _REVIEWED.referral_id, _REVIEWED.day, _REVIEWED.id
)


def read_referrals(connection: Connection, referred: Sequence[str] | None = None) -> dict[str, list[Referral]]:
    """The referrals that name a referred client, by that client.

    Args:
        referred: ids of the referred clients to ask about; None for all.
    """
    rows = connection.execute(_EVERY) if referred is None else connection.execute(_OF_SOME, {"ids": [*referred]})
    reviews = read_reviews(connection)
    found: dict[str, list[Referral]] = defaultdict(list)
    for row in rows.all():
        referral = Referral(*row)
        own = reviews.get(referral.referral_id)
        found[row.referred_client_id].append(referral._replace(reviews=tuple(own)) if own else referral)
    return found


def read_reviews(connection: Connection) -> dict[str, list[Review]]:
    """Every review by referral, in order of day and of one day as they were made. People make few of them."""
    found: dict[str, list[Review]] = defaultdict(list)
    for referral_id, day, verdict in connection.execute(_REVIEWS):
        found[referral_id].append(Review(day, verdict == ReferralVerdict.REJECT))
    return found
