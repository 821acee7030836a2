"""Which referrals can qualify, and by which deliveries (programme section 9)."""

from collections.abc import Iterable
from datetime import date, timedelta

from programme.facts.records import Delivery, Project, Referral, WonReferral
from programme.terms.schema import ReferralTerms


def won_referral(
    terms: ReferralTerms,
    referred_client_id: str,
    referred_recipient: str,
    referrals: Iterable[Referral],
    projects: Iterable[Project],
) -> WonReferral | None:
    """The one referral of a referred client that may qualify, with the deliveries that make it so; None without any.

    Nothing here depends on the day: of the referrals that meet the standing conditions the earliest sign-up wins,
    and no later one can displace it. On which days it is qualified, its deliveries tell.

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
        return None
    signed_up_on, _, winner = min(standing)
    return WonReferral(winner.referral_id, winner.referrer_id, _deliveries(projects, signed_up_on))


def _is_in_time(terms: ReferralTerms, invited_on: date, signed_up_on: date) -> bool:
    return invited_on <= signed_up_on <= invited_on + timedelta(days=terms.signup_within_days)


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
