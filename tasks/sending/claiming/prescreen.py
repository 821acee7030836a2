"""SQL's first look at a planned message: it is cleared, or a suspect that the rules must judge.

The rules are in programme/rules/decide.py. This only narrows, and errs towards suspicion: a message that is no suspect
surely passes rules 1 to 3b and 6.

The standing of a message comes from the client records behind its address, most often one. What few clients have is
read once for all messages of a statement, as a list of those clients; the rest is asked of each record.
"""

from datetime import date
from typing import Any

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    FromClause,
    Select,
    and_,
    bindparam,
    case,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.sql.elements import ColumnElement

from models import present, tables
from models.clients import MAY_NOTE_DEATH
from models.events import CHOSEN
from models.facts import SAYS_NEGATIVE
from models.suppressions import is_opt_out
from programme.terms.schema import Programme
from programme.words.states import Consent, Purpose
from tasks.clients.facts.open_cases import is_unresolved, stays_with_project

# The bits of a message's standing; of several records behind its address it has the bits of each.
_OWNER_THERE = 1  # the client has this address and is not erased
_SAYS_NO = 2
_SAYS_YES = 4
_IS_CUSTOMER = 8  # a project delivered by the day and never cancelled; asked only where the consent is unknown
_MARKED = 16  # something that few have, and that may forbid the mail
_TRACK_YES = 64
_TRACK_NO = 128

# What a statement with a standing is told when it runs; by standing_told.
_KNOWN_ON: BindParameter[date] = bindparam("known_on")
_LOW_SCORE: BindParameter[int] = bindparam("low_score")


def records_behind(plans: FromClause) -> tuple[FromClause, ColumnElement[bool]]:
    """The client records behind the address of a message, and what to join them on."""
    records = present.clients.alias("records")
    return records, records.c.recipient == plans.c.recipient


def standing_of(plans: FromClause, records: FromClause) -> ColumnElement[Any]:
    """SQL for a number whose bits describe one record behind the message's address, with standing_told for parameters.

    Args:
        records: as joined by records_behind; no row where nobody has the address.
    """
    is_owner = and_(records.c.client_id == plans.c.client_id, records.c.erased_on.is_(None))
    is_marked = or_(records.c.client_id.in_(_marked()), _is_suppressed(plans), _has_chosen(records))
    says = records.c.consent
    consent = case((says == Consent.NO, _SAYS_NO), (says == Consent.YES, _SAYS_YES), else_=0)
    tracking = case(
        (records.c.tracking_consent.is_(True), _TRACK_YES), (records.c.tracking_consent.is_(False), _TRACK_NO), else_=0
    )
    return (
        case((is_owner, _OWNER_THERE), else_=0)
        + consent
        + case((and_(says == Consent.UNKNOWN, _is_customer(records)), _IS_CUSTOMER), else_=0)
        + case((is_marked, _MARKED), else_=0)
        + tracking
    ).label("standing")


def standing_told(programme: Programme, as_of: date) -> dict[str, Any]:
    """The parameters of a statement with standing_of, for the facts as of a day."""
    return {_KNOWN_ON.key: as_of, _LOW_SCORE.key: programme.health.negative_score_at_most}


def is_suspect(programme: Programme, purpose: str, standing: int) -> bool:
    """Whether the rules must judge a message of this purpose and standing."""
    if not standing & _OWNER_THERE or standing & _MARKED:
        return True
    if purpose != Purpose.MARKETING or standing & (_SAYS_YES | _SAYS_NO) == _SAYS_YES:
        return False
    return bool(standing & _SAYS_NO or not (standing & _IS_CUSTOMER and programme.consent.soft_opt_in))


def is_tracked(programme: Programme, standing: int) -> bool:
    """Whether the provider may be asked to report this recipient's opens."""
    if programme.tracking.opens != "consented":
        return programme.tracking.opens == "all"
    return standing & (_TRACK_YES | _TRACK_NO) == _TRACK_YES


def _marked() -> CompoundSelect[Any]:
    """The ids of clients of whom something is known that few have; the rules have the last word.

    Their name may note a death (wider than programme.words.naming.names.says_death); they may have an open case; they
    opted out under an earlier address, or chose something under one, whatever it was (programme.facts.preferences).
    """
    clients, projects = present.clients, present.projects
    earlier, suppressions, history = tables.earlier_recipients, tables.suppressions, tables.consent_history
    waiting = union_all(*_waiting_feedback()).cte("waiting")
    # Only what stays with its project is another's than its giver's: the projects of all were a quarter of a claim.
    staying = select(waiting.c.project_id).where(stays_with_project(waiting))
    return union_all(
        select(clients.c.client_id).where(text(MAY_NOTE_DEATH)),
        select(waiting.c.client_id),
        select(projects.c.client_id).where(projects.c.project_id.in_(staying)),
        select(earlier.c.client_id)
        .join(suppressions, suppressions.c.email == earlier.c.recipient)
        .where(suppressions.c.since <= _KNOWN_ON, is_opt_out()),
        select(earlier.c.client_id)
        .join(history, history.c.recipient == earlier.c.recipient)
        .where(text(f"consent_history.{CHOSEN}")),
    )


def _waiting_feedback() -> list[Select[Any]]:
    """Feedback that may be an open case, of a client or about a project; in two parts, each with its own index."""
    feedback = present.feedback
    columns = feedback.c.client_id, feedback.c.project_id, feedback.c.origin
    waiting = select(*columns).where(is_unresolved(_KNOWN_ON))
    is_low = feedback.c.score <= _LOW_SCORE
    return [waiting.where(is_low), waiting.where(text(SAYS_NEGATIVE))]


def _is_suppressed(plans: FromClause) -> ColumnElement[bool]:
    suppressions = tables.suppressions
    theirs = and_(suppressions.c.email == plans.c.recipient, suppressions.c.since <= _KNOWN_ON)
    return select(suppressions.c.email).where(theirs).exists()


def _has_chosen(records: FromClause) -> ColumnElement[bool]:
    history = tables.consent_history
    chosen = select(history.c.id).where(text(f"consent_history.{CHOSEN}"))
    return chosen.where(history.c.recipient == records.c.recipient).exists()


def _is_customer(records: FromClause) -> ColumnElement[bool]:
    projects = present.projects
    return (
        select(projects.c.project_id)
        .where(
            projects.c.client_id == records.c.client_id,
            projects.c.delivered_on <= _KNOWN_ON,
            projects.c.cancelled_on.is_(None),
        )
        .exists()
    )
