"""The health of a client: a score, its band, and the indicators that cost points (care 7.1)."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from programme.facts.cases import is_negative
from programme.facts.projects import counted, delivered, is_cancelled
from programme.facts.records import Client, Recipient
from programme.rules.anchors import last_activity_on
from programme.terms.schema import HealthTerms, Programme
from programme.words.dates import FIRST_DAY, Offset, add_months, day_in_amsterdam
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
    AT_RISK = "at_risk"
    CRITICAL = "critical"


class TrackedMail(NamedTuple):
    """A delivered mail to the recipient's address whose opens the provider was asked to report.

    Attributes:
        client_id: the record that it was sent to.
        delivered_at, opened_at: aware; `opened_at` is the first open by a person (not a machine), None without one.
    """

    message_id: str
    client_id: str
    delivered_at: datetime
    opened_at: datetime | None


class Sign(NamedTuple):
    """An indicator that holds, the fact that made it hold last, and that fact's day.

    Attributes:
        cause: the id of the feedback, quote, project or message; "" for the last activity.
    """

    indicator: Indicator
    cause: str
    on: date


class Health(NamedTuple):
    """The score, its band, and the signs that hold, in the order of their indicators."""

    score: int
    band: Band
    signs: tuple[Sign, ...] = ()

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        """The indicators of the signs."""
        return tuple(sign.indicator for sign in self.signs)


class Bounds(NamedTuple):
    """The days between which a fact must lie for its indicator to hold at a day; each "after" day itself is out.

    Attributes:
        inactive_until: the last day on which an activity is too long ago.
        feedback_after, quote_after: negative feedback and rejected quotes count when they are later than this.
        delivered_until: a project delivered on or before this day should have its review.
        mail_until: a mail delivered on or before this day has had its chance to be opened.
    """

    inactive_until: date
    feedback_after: date
    quote_after: date
    delivered_until: date
    mail_until: date


def bounds_at(terms: HealthTerms, as_of: date) -> Bounds:
    """The bounds at this day; the rules here and the queries of tasks.clients.health share them."""
    return Bounds(
        _last_day_before(terms.inactive_after, as_of),
        _before(terms.negative_feedback_within, as_of),
        _before(terms.quote_rejected_within, as_of),
        _before(terms.no_review_after, as_of),
        as_of - timedelta(days=terms.unopened_after_days),
    )


class _Seen(NamedTuple):
    """The facts that the indicators look at."""

    terms: HealthTerms
    client: Client
    recipient: Recipient
    mails: tuple[TrackedMail, ...]
    as_of: date
    bounds: Bounds


def health_of(
    programme: Programme, client: Client, recipient: Recipient, mails: Iterable[TrackedMail], as_of: date
) -> Health:
    """The health of one client record on a day.

    Args:
        recipient: must have this client among its records; its last activity counts for all of them.
        mails: those to the recipient's address, in any order, whatever their dates.
    """
    terms = programme.health
    seen = _Seen(terms, client, recipient, tuple(mails), as_of, bounds_at(terms, as_of))
    found = ((indicator, find(seen)) for indicator, find in _CAUSES.items())
    signs = tuple(Sign(indicator, *cause) for indicator, cause in found if cause)
    return scored(terms, signs)


def scored(terms: HealthTerms, signs: tuple[Sign, ...]) -> Health:
    """The health of a client with these signs."""
    score = score_of(terms, (sign.indicator for sign in signs))
    return Health(score, band_of(terms, score), signs)


def score_of(terms: HealthTerms, indicators: Iterable[Indicator]) -> int:
    """100 and the points of the indicators that hold."""
    return FULL_SCORE + sum(points_of(terms, indicator) for indicator in indicators)


def band_of(terms: HealthTerms, score: int) -> Band:
    """The band of this score."""
    if score >= terms.healthy_from:
        return Band.HEALTHY
    return Band.AT_RISK if score >= terms.at_risk_from else Band.CRITICAL


def points_of(terms: HealthTerms, indicator: Indicator) -> int:
    """The points that an indicator adds to the score: zero or a negative number."""
    points: int = getattr(terms, f"{indicator}_points")
    return points


def newest_unopened(terms: HealthTerms, mails: Iterable[TrackedMail], as_of: date) -> TrackedMail | None:
    """The newest of the last mails to an address when no person opened any of them by that day; otherwise None."""
    bounds = bounds_at(terms, as_of)
    arrived = sorted(
        (mail for mail in mails if day_in_amsterdam(mail.delivered_at) <= bounds.mail_until),
        key=lambda mail: (mail.delivered_at, mail.message_id),
    )
    last = arrived[-terms.unopened_messages :]
    if len(last) < terms.unopened_messages or any(_is_opened(mail, as_of) for mail in last):
        return None
    return last[-1]


_Cause = tuple[str, date]


def _inactivity(seen: _Seen) -> _Cause | None:
    """A last activity that is too long ago; a client without any activity is not inactive."""
    latest = last_activity_on(seen.recipient)
    return ("", latest) if latest is not None and latest <= seen.bounds.inactive_until else None


def _negative_feedback(seen: _Seen) -> _Cause | None:
    found = [
        (feedback.given_on, feedback.feedback_id)
        for feedback in seen.client.feedback
        if seen.bounds.feedback_after < feedback.given_on <= seen.as_of and is_negative(seen.terms, feedback)
    ]
    return _latest(found)


def _rejected_quote(seen: _Seen) -> _Cause | None:
    """A quote that was rejected recently, with nothing ordered on or after that day."""
    orders = [project.ordered_on for project in counted(seen.client.projects, seen.as_of)]
    found = [
        (quote.decided_on, quote.quote_id)
        for quote in seen.client.quotes
        if quote.decision == QuoteDecision.REJECTED
        and quote.decided_on is not None
        and seen.bounds.quote_after < quote.decided_on <= seen.as_of
        and all(ordered_on < quote.decided_on for ordered_on in orders)
    ]
    return _latest(found)


def _missing_review(seen: _Seen) -> _Cause | None:
    """A project that was delivered long enough ago and has no review, whoever might have given it."""
    reviewed = seen.recipient.once(("reviewed", seen.as_of), lambda: _reviewed(seen.recipient, seen.as_of))
    found = [
        (project.delivered_on or FIRST_DAY, project.project_id)
        for project in delivered(seen.client.projects, seen.bounds.delivered_until)
        if not is_cancelled(project, seen.as_of) and project.project_id not in reviewed
    ]
    return _latest(found)


def _reviewed(recipient: Recipient, as_of: date) -> set[str | None]:
    """The projects that have a review."""
    return {
        feedback.project_id
        for given in (*(client.feedback for client in recipient.clients), recipient.feedback_of_others)
        for feedback in given
        if feedback.kind == FeedbackKind.REVIEW and feedback.given_on <= as_of
    }


def _unopened(seen: _Seen) -> _Cause | None:
    newest = newest_unopened(seen.terms, seen.mails, seen.as_of)
    return (newest.message_id, day_in_amsterdam(newest.delivered_at)) if newest else None


_CAUSES: dict[Indicator, Callable[[_Seen], _Cause | None]] = {
    Indicator.INACTIVE: _inactivity,
    Indicator.NEGATIVE_FEEDBACK: _negative_feedback,
    Indicator.QUOTE_REJECTED: _rejected_quote,
    Indicator.NO_REVIEW: _missing_review,
    Indicator.UNOPENED: _unopened,
}


def _is_opened(mail: TrackedMail, as_of: date) -> bool:
    return mail.opened_at is not None and day_in_amsterdam(mail.opened_at) <= as_of


def _latest(found: list[tuple[date, str]]) -> _Cause | None:
    """Of (day, id) the latest, as (id, day)."""
    if not found:
        return None
    on, cause = max(found)
    return cause, on


def _before(offset: Offset, day: date) -> date:
    """The day that lies `offset` before `day`."""
    return date.fromordinal(add_months(day, -offset.months).toordinal() - offset.days)


def _last_day_before(offset: Offset, day: date) -> date:
    """The last day that lies at least `offset` before `day`.

    Not the same as _before: six months after 31 August is 28 February, so on that day both 28 and 31 August count.
    """
    found = _before(offset, day)
    while offset.after(found + timedelta(days=1)) <= day:
        found += timedelta(days=1)
    return found
