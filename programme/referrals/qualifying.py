"""Which referrals qualify, by which deliveries, and on which days (programme section 9, referrals sections 1 and 8)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from programme.facts.records import Delivery, Project, Referral, Spell, WonReferral
from programme.terms.tables.payout_terms import PartnerTerms, ReferralTerms


def won_referrals(
    terms: ReferralTerms,
    referred_client_id: str,
    referred_recipient: str,
    referrals: Iterable[Referral],
    projects: Iterable[Project],
) -> Iterator[WonReferral]:
    """Those referrals of a referred client that may qualify, each with its deliveries and the days of its turn.

    Of the referrals that meet the standing conditions the earliest sign-up has the turn on every day, unless a person
    rejected it: from that day on the next one has it. Without reviews there is one at most, and nothing about it
    depends on the day but its deliveries.

    Args:
        referrals: all that name this referred client, of any referrer.
        projects: all projects of the referred client, cancelled or not.
    """
    projects = list(projects)
    first_order = min((project.ordered_on for project in projects), default=date.max)
    standing = [
        (referral.signed_up_on, referral.referral_id, referral)
        for referral in referrals
        if referral.signed_up_on is not None
        and _is_in_time(terms, referral.invited_on, referral.signed_up_on)
        and referral.referrer_id != referred_client_id
        and not (referred_recipient and referral.referrer_recipient == referred_recipient)
        and first_order >= referral.signed_up_on
    ]
    if not standing:
        return
    in_turn = [referral for _, _, referral in sorted(standing)]
    for referral, spells in _turns(in_turn):
        deliveries = _deliveries(projects, referral.signed_up_on or date.max)
        yield WonReferral(referral.referral_id, referral.referrer_id, deliveries, spells)


def qualified_on(won: WonReferral, as_of: date) -> date | None:
    """The qualification date of a referral that is qualified on that day; None for one that is not."""
    if not any(spell.from_on <= as_of < spell.until_on for spell in won.spells):
        return None
    return next(
        (
            delivery.delivered_on
            for delivery in won.deliveries
            if delivery.delivered_on <= as_of and (delivery.cancelled_on is None or delivery.cancelled_on > as_of)
        ),
        None,
    )


def is_of_partner(terms: PartnerTerms | None, referral: Referral) -> bool:
    """Whether it earns its referrer commission, and so counts for no reward and no tier."""
    since, signed_up_on = referral.partner_since, referral.signed_up_on
    if terms is None or not terms.enabled or since is None or signed_up_on is None:
        return False
    return signed_up_on >= since


def _is_in_time(terms: ReferralTerms, invited_on: date, signed_up_on: date) -> bool:
    return invited_on <= signed_up_on <= invited_on + timedelta(days=terms.signup_within_days)


def _turns(in_turn: Sequence[Referral]) -> Iterator[tuple[Referral, tuple[Spell, ...]]]:
    """For each referral that ever has the turn, the days on which it does; a turn changes with a review alone."""
    reviewed = {review.day for referral in in_turn for review in referral.reviews}
    if not reviewed:
        yield in_turn[0], (Spell(),)
        return
    bounds = [date.min, *sorted(reviewed), date.max]
    spells: dict[str, list[Spell]] = {referral.referral_id: [] for referral in in_turn}
    for from_on, until_on in zip(bounds, bounds[1:], strict=False):
        winner = next((referral for referral in in_turn if not _is_rejected(referral, from_on)), None)
        if winner is None:
            continue
        own = spells[winner.referral_id]
        if own and own[-1].until_on == from_on:
            own[-1] = Spell(own[-1].from_on, until_on)
        else:
            own.append(Spell(from_on, until_on))
    yield from ((referral, tuple(own)) for referral in in_turn if (own := spells[referral.referral_id]))


def _is_rejected(referral: Referral, as_of: date) -> bool:
    """By the latest review dated on or before the day; they come in order."""
    verdicts = [review.is_rejection for review in referral.reviews if review.day <= as_of]
    return bool(verdicts) and verdicts[-1]


def is_accepted(referral: Referral, as_of: date) -> bool:
    """Whether a person looked at it and the latest review dated on or before the day accepts it."""
    verdicts = [review.is_rejection for review in referral.reviews if review.day <= as_of]
    return bool(verdicts) and not verdicts[-1]


def _deliveries(projects: Iterable[Project], signed_up_on: date) -> tuple[Delivery, ...]:
    return tuple(
        sorted(
            (
                Delivery(project.delivered_on, project.cancelled_on)
                for project in projects
                if project.delivered_on is not None and project.delivered_on >= signed_up_on
            ),
            key=lambda delivery: delivery.delivered_on,
        )
    )
