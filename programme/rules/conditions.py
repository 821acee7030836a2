"""The named conditions of the programme file: each is a pure test of one occasion on one day.

A new condition needs a class in programme.terms.tables.condition_kinds and a function here; then any touchpoint can
use it.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from programme.facts.projects import counted, delivered, is_running, latest_delivery
from programme.facts.records import Client, Feedback, Project, Quote, Recipient
from programme.rules.groups import tiers
from programme.rules.groups.segments import segment_of
from programme.terms.schema import Condition, Programme
from programme.words.dates import add_months


class Occurrence(NamedTuple):
    """What a condition tests: one occurrence of a touchpoint's anchor in the life of a client."""

    programme: Programme
    recipient: Recipient
    client: Client
    anchor_on: date
    occasion: str
    project: Project | None
    quote: Quote | None
    as_of: date


def holds(condition: Condition, occurrence: Occurrence) -> bool:
    """Whether the condition holds on the day of `occurrence`."""
    name: str = condition.name  # type: ignore[attr-defined]  # every kind of condition has its name
    return _TESTS[name](condition, occurrence)


def _no_feedback(condition: Any, on: Occurrence) -> bool:
    """The occasion's project has no feedback (of `kind`, when given) dated on or before `as_of`."""
    given = on.recipient.once("feedback by project", lambda: _feedback_by_project(on.recipient))
    return not any(
        feedback.given_on <= on.as_of and (condition.kind is None or feedback.kind == condition.kind)
        for feedback in given.get(on.occasion, ())
    )


def _feedback_by_project(recipient: Recipient) -> dict[str | None, list[Feedback]]:
    found: dict[str | None, list[Feedback]] = {}
    for given in (*(client.feedback for client in recipient.clients), recipient.feedback_of_others):
        for feedback in given:
            found.setdefault(feedback.project_id, []).append(feedback)
    return found


def _no_project_from(condition: Any, on: Occurrence) -> bool:
    """No project of the client is worth `value_cents` or more."""
    return all(project.value_cents < condition.value_cents for project in counted(on.client.projects, on.as_of))


def _latest_delivery_before_season(condition: Any, on: Occurrence) -> bool:
    """The latest delivery lies before the season's start, at most `within_months` months before it."""
    latest = latest_delivery(on.client, on.as_of)
    if latest is None or latest.delivered_on is None:
        return False
    return add_months(on.anchor_on, -condition.within_months) <= latest.delivered_on < on.anchor_on


def _tier_at_least(condition: Any, on: Occurrence) -> bool:
    least = tiers.rank_of_tier(on.programme, condition.tier)
    return tiers.tier_rank(on.programme, on.client, on.as_of) >= least


def _no_higher_tier_since(_condition: Any, on: Occurrence) -> bool:
    return not tiers.was_higher_since(on.programme, on.client, on.anchor_on, on.as_of)


def _no_order_since(_condition: Any, on: Occurrence) -> bool:
    """The client ordered nothing on or after the anchor's day."""
    return all(project.ordered_on < on.anchor_on for project in counted(on.client.projects, on.as_of))


def _has_delivered_project(_condition: Any, on: Occurrence) -> bool:
    return bool(delivered(on.client.projects, on.as_of))


def _no_running_project(_condition: Any, on: Occurrence) -> bool:
    return not has_running_project(on.recipient, on.as_of)


def _not_of_segment(condition: Any, on: Occurrence) -> bool:
    return segment_of(on.programme, on.client, on.as_of) != condition.segment


def has_running_project(recipient: Recipient, as_of: date) -> bool:
    """Whether any client record of the recipient has a running project."""
    return recipient.once(
        ("running project", as_of),
        lambda: any(is_running(project, as_of) for client in recipient.clients for project in client.projects),
    )


_TESTS: dict[str, Callable[[Any, Occurrence], bool]] = {
    "no_feedback": _no_feedback,
    "no_project_from": _no_project_from,
    "latest_delivery_before_season": _latest_delivery_before_season,
    "tier_at_least": _tier_at_least,
    "no_higher_tier_since": _no_higher_tier_since,
    "no_order_since": _no_order_since,
    "has_delivered_project": _has_delivered_project,
    "no_running_project": _no_running_project,
    "not_of_segment": _not_of_segment,
}

ASKING_FEEDBACK = frozenset({"no_feedback"})  # the conditions that need more than clients and their projects
# Those that follow from the client's own row and from where its only project lies between some days and amounts.
ASKING_LITTLE = frozenset(
    {
        "has_delivered_project",
        "latest_delivery_before_season",
        "no_project_from",
        "no_running_project",
        "not_of_segment",
        "tier_at_least",
    }
)
