"""Which feedback keeps a case open, as a condition of SQL, for readers of many clients at once."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Connection, and_, or_, select, text
from sqlalchemy.sql.elements import ColumnElement

from models import present
from models.facts import SAYS_NEGATIVE
from programme.facts.cases import SCORED_KINDS
from programme.terms.schema import Programme
from tasks.clients.rows import day_of, read_rows


def is_open_case(programme: Programme, as_of: date) -> ColumnElement[bool]:
    """SQL on feedback for programme.facts.cases.is_open_case."""
    own = present.feedback.c
    return and_(or_(own.negative.is_(True), _is_low(programme)), own.given_on <= as_of, _is_unresolved(as_of))


def read_open_cases(connection: Connection, programme: Programme, as_of: date) -> Iterator[tuple[str, str | None]]:
    """(client id, other client id) of all open cases; the other owns the project that the feedback is about.

    In two parts, because each has an index of its own. When it was given is not asked of the database: SQLite would
    walk through the index of all days, which takes it fifty times as long.
    """
    own, projects = present.feedback, present.projects
    query = select(own.c.given_on, own.c.client_id, projects.c.client_id).outerjoin_from(
        own, projects, projects.c.project_id == own.c.project_id
    )
    for is_negative in (_is_low(programme), text(SAYS_NEGATIVE)):
        for given_on, client_id, owner_id in read_rows(connection, query.where(is_negative, _is_unresolved(as_of))):
            if day_of(given_on) <= as_of:
                yield client_id, owner_id


def _is_low(programme: Programme) -> ColumnElement[bool]:
    own = present.feedback.c
    return and_(own.kind.in_(SCORED_KINDS), own.score <= programme.health.negative_score_at_most)


def _is_unresolved(as_of: date) -> ColumnElement[bool]:
    own = present.feedback.c
    return or_(own.resolved_on.is_(None), own.resolved_on > as_of)
