"""SQL's first look at a planned message: it is cleared, or a suspect that the rules must judge.

The rules are in programme/rules/decide.py. This only narrows, and errs towards suspicion: a message that is no suspect
surely passes rules 1 to 3b and 6.
"""

from datetime import date
from typing import Any

from sqlalchemy import Table, and_, case, func, or_, select, text
from sqlalchemy.sql.elements import ColumnElement

from models import present, tables
from models.events import CHOSEN
from models.suppressions import is_opt_out
from programme.terms.schema import Programme
from programme.words.names import DEATH_MARKS
from programme.words.states import Consent, Purpose

# The bits of a message's standing.
_OWNER_THERE = 1  # the client has this address and is not erased
_SAYS_NO = 2
_SAYS_YES = 4
_IS_CUSTOMER = 8  # a project delivered by the day and never cancelled
_HAS_CASE = 16  # may have an open case
_SUPPRESSED = 32
_TRACK_YES = 64
_TRACK_NO = 128
_OPTED_OUT = 256  # opted out under an earlier address
_CHOSE = 512  # chose something on the preference page, under this address or an earlier one


def standing_of(messages: Table, programme: Programme, as_of: date) -> ColumnElement[Any]:
    """SQL for a number whose bits describe the records behind the message's address."""
    records = present.clients.alias("records")
    bits = [
        (
            _OWNER_THERE,
            and_(records.c.client_id == messages.c.client_id, records.c.erased_on.is_(None), ~_may_say_death(records)),
        ),
        (_SAYS_NO, records.c.consent == Consent.NO),
        (_SAYS_YES, records.c.consent == Consent.YES),
        (_IS_CUSTOMER, and_(records.c.consent == Consent.UNKNOWN, _is_customer(records, as_of))),
        (_HAS_CASE, _may_have_case(records, programme, as_of)),
        (_OPTED_OUT, _opted_out_before(records, as_of)),
        (_CHOSE, _chose(records)),
        (_TRACK_YES, records.c.tracking_consent.is_(True)),
        (_TRACK_NO, records.c.tracking_consent.is_(False)),
    ]
    total = sum((func.max(_case(bit)) for bit in bits[1:]), func.max(_case(bits[0])))
    behind = select(func.coalesce(total, 0)).where(records.c.recipient == messages.c.recipient).scalar_subquery()
    suppressions = tables.suppressions
    suppressed = select(suppressions.c.email).where(
        suppressions.c.email == messages.c.recipient, suppressions.c.since <= as_of
    )
    return (behind + case((suppressed.exists(), _SUPPRESSED), else_=0)).label("standing")


def is_suspect(programme: Programme, purpose: str, standing: int) -> bool:
    """Whether the rules must judge a message of this purpose and standing."""
    if not standing & _OWNER_THERE or standing & (_HAS_CASE | _SUPPRESSED | _OPTED_OUT | _CHOSE):
        return True
    if purpose != Purpose.MARKETING or standing & (_SAYS_YES | _SAYS_NO) == _SAYS_YES:
        return False
    return bool(standing & _SAYS_NO or not (standing & _IS_CUSTOMER and programme.consent.soft_opt_in))


def is_tracked(programme: Programme, standing: int) -> bool:
    """Whether the provider may be asked to report this recipient's opens."""
    if programme.tracking.opens != "consented":
        return programme.tracking.opens == "all"
    return standing & (_TRACK_YES | _TRACK_NO) == _TRACK_YES


def _case(bit: tuple[int, ColumnElement[bool]]) -> ColumnElement[int]:
    return case((bit[1], bit[0]), else_=0)


def _may_say_death(records: Any) -> ColumnElement[bool]:
    """Wider than programme.words.names.says_death; the rules have the last word."""
    return or_(*(func.lower(records.c.name).contains(mark) for mark in DEATH_MARKS))


def _opted_out_before(records: Any, as_of: date) -> ColumnElement[bool]:
    earlier, suppressions = tables.earlier_recipients, tables.suppressions
    return (
        select(earlier.c.client_id)
        .join(suppressions, suppressions.c.email == earlier.c.recipient)
        .where(earlier.c.client_id == records.c.client_id, suppressions.c.since <= as_of, is_opt_out())
        .exists()
    )


def _chose(records: Any) -> ColumnElement[bool]:
    """Wider than programme.facts.preferences: whatever it was, and whether or not it still stands."""
    history, earlier = tables.consent_history, tables.earlier_recipients
    chosen = select(history.c.id).where(text(f"consent_history.{CHOSEN}"))
    before = chosen.join(earlier, earlier.c.recipient == history.c.recipient)
    return or_(
        chosen.where(history.c.recipient == records.c.recipient).exists(),
        before.where(earlier.c.client_id == records.c.client_id).exists(),
    )


def _is_customer(records: Any, as_of: date) -> ColumnElement[bool]:
    projects = present.projects
    return (
        select(projects.c.project_id)
        .where(
            projects.c.client_id == records.c.client_id,
            projects.c.delivered_on <= as_of,
            projects.c.cancelled_on.is_(None),
        )
        .exists()
    )


def _may_have_case(records: Any, programme: Programme, as_of: date) -> ColumnElement[bool]:
    """Feedback of the record, or about one of its projects: two subqueries, each with its own index."""
    feedback, projects = present.feedback, present.projects
    low = feedback.c.score <= programme.health.negative_score_at_most
    waits = select(feedback.c.feedback_id).where(
        or_(feedback.c.negative.is_(True), low),
        or_(feedback.c.resolved_on.is_(None), feedback.c.resolved_on > as_of),
    )
    about_theirs = waits.join(projects, projects.c.project_id == feedback.c.project_id)
    return or_(
        waits.where(feedback.c.client_id == records.c.client_id).exists(),
        about_theirs.where(projects.c.client_id == records.c.client_id).exists(),
    )
