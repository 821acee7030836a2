"""Which feedback keeps a case open, as a condition of SQL, for readers of many clients at once."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from sqlalchemy import Connection, FromClause, and_, or_, select, text
from sqlalchemy.sql.elements import ColumnElement

from models import present
from models.database.given import in_values
from models.facts import SAYS_NEGATIVE
from programme.facts.cases import SCORED_KINDS
from programme.facts.records import Feedback
from programme.terms.schema import Programme
from programme.words.dates import day_from
from tasks.clients.rows import read_rows


def is_open_case(programme: Programme, as_of: date) -> ColumnElement[bool]:
    """SQL on feedback for programme.facts.cases.is_open_case."""
    own = present.feedback.c
    return and_(or_(own.negative.is_(True), _is_low(programme)), own.given_on <= as_of, _is_unresolved(as_of))


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
    own, projects = present.feedback, present.projects
    of_giver = select(own.c.given_on, own.c.client_id)
    of_owner = select(own.c.given_on, projects.c.client_id).join_from(
        own, projects, and_(projects.c.project_id == own.c.project_id, stays_with_project())
    )
    for is_negative in (_is_low(programme), text(SAYS_NEGATIVE)):
        for query in (of_giver, of_owner):
            for given_on, client_id in read_rows(connection, query.where(is_negative, _is_unresolved(as_of))):
                if day_from(given_on) <= as_of:
                    yield client_id


def read_staying(connection: Connection, of_others: Mapping[str, Iterable[Feedback]]) -> frozenset[str]:
    """The ids of the feedback of others, by the client whose project it is about, that stays with its project."""
    ids = [row.feedback_id for rows in of_others.values() for row in rows]
    if not ids:
        return frozenset()
    own = present.feedback.c
    query = select(own.feedback_id).where(in_values(own.feedback_id, ids))
    return frozenset(connection.scalars(query.where(stays_with_project())))


def _is_low(programme: Programme) -> ColumnElement[bool]:
    own = present.feedback.c
    return and_(own.kind.in_(SCORED_KINDS), own.score <= programme.health.negative_score_at_most)


def _is_unresolved(as_of: date) -> ColumnElement[bool]:
    own = present.feedback.c
    return or_(own.resolved_on.is_(None), own.resolved_on > as_of)
