"""Negative feedback, and the case that it opens (programme section 7)."""

from datetime import date

from programme.facts.records import Client, Feedback
from programme.terms.schema import HealthTerms
from programme.words.states import FeedbackKind

SCORED_KINDS = (FeedbackKind.NPS, FeedbackKind.CSAT)


def is_negative(terms: HealthTerms, feedback: Feedback) -> bool:
    """Whether feedback is marked negative or has a low NPS or CSAT score.

    An explicit `negative = False` does not cancel a low score.
    """
    if feedback.negative:
        return True
    return (
        feedback.kind in SCORED_KINDS and feedback.score is not None and feedback.score <= terms.negative_score_at_most
    )


def is_open_case(terms: HealthTerms, feedback: Feedback, as_of: date) -> bool:
    """Whether this feedback is negative, given by `as_of`, and not resolved on that day."""
    if feedback.given_on > as_of or not is_negative(terms, feedback):
        return False
    return feedback.resolved_on is None or feedback.resolved_on > as_of


def has_open_case(terms: HealthTerms, client: Client, as_of: date) -> bool:
    """Whether any feedback of this client is an open case."""
    return any(is_open_case(terms, feedback, as_of) for feedback in client.feedback)
