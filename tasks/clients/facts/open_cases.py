"""Which feedback keeps a case open, as a condition of SQL, for readers of many clients at once."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, Connection, Date, FromClause, Integer, and_, bindparam, or_, select, text
from sqlalchemy.sql.elements import ColumnElement

from models import present
from models.database.given import in_given
from models.facts import SAYS_NEGATIVE
from programme.facts.cases import SCORED_KINDS
from programme.facts.records import Feedback
from programme.terms.schema import HealthTerms, Programme
from programme.words.dates import day_from
from tasks.clients.facts.rows import read_rows

_OWN, _AS_OF = present.feedback.c, bindparam("as_of", type_=Date())


def is_unresolved(day: date | BindParameter[date], feedback: FromClause = present.feedback) -> ColumnElement[bool]:
    """SQL on feedback for: it is not resolved on the day or before."""
    return or_(feedback.c.resolved_on.is_(None), feedback.c.resolved_on > day)


def _is_low(feedback: FromClause, most: int | BindParameter[int]) -> ColumnElement[bool]:
    return and_(feedback.c.kind.in_(SCORED_KINDS), feedback.c.score <= most)


_IS_LOW = _is_low(present.feedback, bindparam("low", type_=Integer()))

# SQL on feedback for programme.facts.cases.is_open_case, with given_terms as parameters.
IS_OPEN_CASE = and_(or_(_OWN.negative.is_(True), _IS_LOW), _OWN.given_on <= _AS_OF, is_unresolved(_AS_OF))


def is_negative(terms: HealthTerms, feedback: FromClause = present.feedback) -> ColumnElement[bool]:
    """SQL on feedback for programme.facts.cases.is_negative; false, and not NULL, where there is no score."""
    has_low = and_(feedback.c.score.is_not(None), _is_low(feedback, terms.negative_score_at_most))
    return or_(feedback.c.negative.is_(True), has_low)


def given_terms(programme: Programme, as_of: date) -> Mapping[str, Any]:
    """The parameters of IS_OPEN_CASE."""
    return {"low": programme.health.negative_score_at_most, "as_of": as_of}


def stays_with_project(feedback: FromClause = present.feedback) -> ColumnElement[bool]:
    """SQL on feedback: it counts for whoever has its project now, though another client gave it.

    So it is when the CRM merged two records: who gave it is gone, or answered when the project was still his. Of rows
    of the export the export itself says whose complaint it is.
    """
    return or_(feedback.c.origin != "import", feedback.c.client_id.in_(present.gone_clients))


def read_open_cases(connection: Connection, programme: Programme, as_of: date) -> Iterator[str]:
    """The ids of all clients with an open case: who gave the feedback, and who has the project that it stays with.

    In two parts, because each has an index of its own. When it was given is not asked of the database: SQLite would
    walk through the index of all days, which takes it fifty times as long. Projects are asked for the few that stay:
    one query for both looked for the project of each, and PostgreSQL read all projects and clients for it.
    """
    for query in _OPEN_CASES:
        for given_on, client_id in read_rows(connection, query, given_terms(programme, as_of)):
            if day_from(given_on) <= as_of:
                yield client_id


def read_staying(connection: Connection, of_others: Mapping[str, Iterable[Feedback]]) -> frozenset[str]:
    """The ids of the feedback of others, by the client whose project it is about, that stays with its project."""
    ids = [row.feedback_id for rows in of_others.values() for row in rows]
    if not ids:
        return frozenset()
    return frozenset(connection.scalars(_STAYING, {"ids": ids}))


_STAYING = select(present.feedback.c.feedback_id).where(
    in_given(present.feedback.c.feedback_id, "ids"), stays_with_project()
)
_OF_GIVER = select(_OWN.given_on, _OWN.client_id)
_OF_OWNER = select(_OWN.given_on, present.projects.c.client_id).join_from(
    present.feedback,
    present.projects,
    and_(present.projects.c.project_id == _OWN.project_id, stays_with_project()),
)
_OPEN_CASES = [
    query.where(is_negative, is_unresolved(_AS_OF))
    for is_negative in (_IS_LOW, text(SAYS_NEGATIVE))
    for query in (_OF_GIVER, _OF_OWNER)
]
