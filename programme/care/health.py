"""The health of a client: a score, its band, and the indicators that cost points (programme section 7)."""

from collections.abc import Callable, Iterable
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from programme.facts.cases import is_negative
from programme.facts.projects import counted, delivered
from programme.facts.records import Client, Recipient
from programme.rules.anchors import last_activity_on
from programme.terms.schema import HealthTerms, Programme
from programme.words.dates import Offset, add_months
from programme.words.states import FeedbackKind, QuoteDecision

FULL_SCORE = 100  # points


class Indicator(StrEnum):
    """The signs of trouble, in the order of the programme's table."""

    INACTIVE = "inactive"
    NEGATIVE_FEEDBACK = "negative_feedback"
    QUOTE_REJECTED = "quote_rejected"
    NO_REVIEW = "no_review"
    UNOPENED = "unopened"


class Band(StrEnum):
    """The bands of the score, from best to worst."""

    HEALTHY = "healthy"
    AT_RISK = "at risk"
    CRITICAL = "critical"


class TrackedMail(NamedTuple):
    """A delivered mail whose opens the provider was asked to report.

    Attributes:
        opened_on: first day on which a person (not a machine) opened it; None when nobody did.
    """

    message_id: str
    delivered_on: date
    opened_on: date | None


class Health(NamedTuple):
    """The score, its band, and the indicators that apply, in their order."""

    score: int
    band: Band
    indicators: tuple[Indicator, ...]


class _Seen(NamedTuple):
    """The facts that the indicators look at."""

    terms: HealthTerms
    client: Client
    recipient: Recipient
    mails: tuple[TrackedMail, ...]
    as_of: date


def health_of(
    programme: Programme, client: Client, recipient: Recipient, mails: Iterable[TrackedMail], as_of: date
) -> Health:
    """The health of one client record on a day.

    Args:
        recipient: must have this client among its records; its last activity counts for all of them.
        mails: the client's own mails, in any order, whatever their dates.
    """
    terms = programme.health
    seen = _Seen(terms, client, recipient, tuple(mails), as_of)
    held = tuple(indicator for indicator, holds in _TESTS.items() if holds(seen))
    score = FULL_SCORE + sum(points_of(terms, indicator) for indicator in held)
    return Health(score, band_of(terms, score), held)


def band_of(terms: HealthTerms, score: int) -> Band:
    """The band of this score."""
    if score >= terms.healthy_from:
        return Band.HEALTHY
    return Band.AT_RISK if score >= terms.at_risk_from else Band.CRITICAL


def points_of(terms: HealthTerms, indicator: Indicator) -> int:
    """The points that an indicator adds to the score: zero or a negative number."""
    points: int = getattr(terms, f"{indicator}_points")
    return points


def _is_inactive(seen: _Seen) -> bool:
    """Whether the last activity is too long ago; a client without any activity is not inactive."""
    latest = last_activity_on(seen.recipient)
    return latest is not None and seen.terms.inactive_after.after(latest) <= seen.as_of


def _has_negative_feedback(seen: _Seen) -> bool:
    since = _before(seen.terms.negative_feedback_within, seen.as_of)
    return any(
        since < feedback.given_on <= seen.as_of and is_negative(seen.terms, feedback)
        for feedback in seen.client.feedback
    )


def _has_rejected_quote(seen: _Seen) -> bool:
    """Whether a quote was rejected recently, and nothing was ordered on or after that day."""
    since = _before(seen.terms.quote_rejected_within, seen.as_of)
    orders = [project.ordered_on for project in counted(seen.client.projects, seen.as_of)]
    return any(
        quote.decision == QuoteDecision.REJECTED
        and quote.decided_on is not None
        and since < quote.decided_on <= seen.as_of
        and all(ordered_on < quote.decided_on for ordered_on in orders)
        for quote in seen.client.quotes
    )


def _lacks_a_review(seen: _Seen) -> bool:
    """Whether some project was delivered long enough ago and has no review."""
    last = _before(seen.terms.no_review_after, seen.as_of)
    reviewed = {
        feedback.project_id
        for given in (*(client.feedback for client in seen.recipient.clients), seen.recipient.feedback_of_others)
        for feedback in given
        if feedback.kind == FeedbackKind.REVIEW and feedback.given_on <= seen.as_of
    }
    return any(
        project.delivered_on is not None and project.delivered_on <= last and project.project_id not in reviewed
        for project in delivered(seen.client.projects, seen.as_of)
    )


def _leaves_mail_unopened(seen: _Seen) -> bool:
    """Whether nobody opened the last `unopened_messages` delivered mails whose opens are reported."""
    arrived = sorted(
        (mail for mail in seen.mails if mail.delivered_on <= seen.as_of),
        key=lambda mail: (mail.delivered_on, mail.message_id),
    )
    last = arrived[-seen.terms.unopened_messages :]
    if len(last) < seen.terms.unopened_messages:
        return False
    return all(mail.opened_on is None or mail.opened_on > seen.as_of for mail in last)


_TESTS: dict[Indicator, Callable[[_Seen], bool]] = {
    Indicator.INACTIVE: _is_inactive,
    Indicator.NEGATIVE_FEEDBACK: _has_negative_feedback,
    Indicator.QUOTE_REJECTED: _has_rejected_quote,
    Indicator.NO_REVIEW: _lacks_a_review,
    Indicator.UNOPENED: _leaves_mail_unopened,
}


def _before(offset: Offset, day: date) -> date:
    """The day that lies `offset` before `day`."""
    return date.fromordinal(add_months(day, -offset.months).toordinal() - offset.days)
