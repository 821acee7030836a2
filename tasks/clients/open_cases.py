"""Which feedback keeps a case open, as a condition of SQL, for readers of many clients at once."""

from datetime import date

from sqlalchemy import and_, or_
from sqlalchemy.sql.elements import ColumnElement

from models import present
from programme.facts.cases import SCORED_KINDS
from programme.terms.schema import Programme


def is_open_case(programme: Programme, as_of: date) -> ColumnElement[bool]:
    """SQL on feedback for programme.facts.cases.is_open_case."""
    own = present.feedback.c
    is_low = and_(own.kind.in_(SCORED_KINDS), own.score <= programme.health.negative_score_at_most)
    is_unresolved = or_(own.resolved_on.is_(None), own.resolved_on > as_of)
    return and_(or_(own.negative.is_(True), is_low), own.given_on <= as_of, is_unresolved)
