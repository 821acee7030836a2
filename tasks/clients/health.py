"""The health of all clients in one pass: one query an indicator, in the order of the clients, merged row by row.

The queries return what programme.care.health says of each client alone; a property test compares the two.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Select, and_, exists, func, select, text

from models.database.engine import reading
from models.present import clients, feedback, is_not_cancelled, projects, quotes
from models.tables import activity
from programme.care.health import Band, Bounds, Health, Indicator, band_of, bounds_at, health_of, score_of
from programme.terms.schema import HealthTerms, Programme
from programme.words.states import FeedbackKind, QuoteDecision
from tasks.clients.anchor_queries import is_valid
from tasks.clients.facts.audience import read_recipients
from tasks.clients.facts.open_cases import is_negative
from tasks.clients.facts.tracked_mails import last_unopened, read_tracked_mails

ROWS_A_TIME = 10_000  # of each query in memory; one million clients take a few MB


class ClientHealth(NamedTuple):
    """The health of one client; the causes of its indicators are in `explain`."""

    client_id: str
    score: int
    band: Band
    indicators: tuple[Indicator, ...]


def read_health(engine: Engine, programme: Programme, as_of: date) -> Iterator[ClientHealth]:
    """The health of every client, by client id; erased clients have none."""
    with reading(engine) as connection:
        yield from stream_health(connection, programme, as_of)


def read_health_of(connection: Connection, programme: Programme, client_id: str, as_of: date) -> Health | None:
    """The health of one client with the cause of each indicator; None for an erased or unknown one."""
    for recipient in read_recipients(connection, programme, [client_id], as_of):
        client = recipient.client(client_id)
        mails = read_tracked_mails(connection, [recipient.address])
        if not client.is_erased:
            return health_of(programme, client, recipient, mails.get(recipient.address, ()), as_of)
    return None


def stream_health(connection: Connection, programme: Programme, as_of: date) -> Iterator[ClientHealth]:
    """As read_health, in the caller's transaction."""
    if connection.dialect.name == "postgresql":
        # Every cursor is read to its end; by itself PostgreSQL plans one for its first tenth, 40 times as slow in all.
        connection.execute(text("SET LOCAL cursor_tuple_fraction = 1"))
    terms = programme.health
    bounds = bounds_at(terms, as_of)
    own = clients.c
    everyone = select(own.client_id, own.recipient).where(own.erased_on.is_(None)).order_by(own.client_id)
    last = _LastActivity(connection, as_of)
    holding = {
        indicator: _Ids(_stream(connection, query(terms, bounds, as_of))) for indicator, query in _QUERIES.items()
    }
    known: dict[tuple[Indicator, ...], tuple[int, Band]] = {}  # of 32 kinds of health at most
    for client_id, recipient in _stream(connection, everyone):
        latest = last.of(client_id, recipient)
        held = [Indicator.INACTIVE] if latest is not None and latest <= bounds.inactive_until else []
        held += [indicator for indicator, ids in holding.items() if ids.have(client_id)]
        indicators = tuple(held)
        if indicators not in known:
            score = score_of(terms, indicators)
            known[indicators] = score, band_of(terms, score)
        yield ClientHealth(client_id, *known[indicators], indicators)


class _Ids:
    """The client ids of one query, in their order, asked for in the same order."""

    def __init__(self, rows: Iterator[Any]) -> None:
        self.rows = rows
        self.next = next(rows, (None,))[0]

    def have(self, client_id: str) -> bool:
        while self.next is not None and self.next < client_id:
            self.next = next(self.rows, (None,))[0]
        return bool(self.next == client_id)


class _LastActivity:
    """The last activity of each client's recipient, asked for in the order of the clients.

    The index alone tells the latest row of a client. It is not the answer for a client with a withdrawn row, or with
    a record that shares the address; those few are worked out before.
    """

    def __init__(self, connection: Connection, as_of: date) -> None:
        rows = activity.c
        latest = func.max(rows.occurred_on)
        by_client = select(rows.client_id, latest).where(rows.occurred_on <= as_of)
        ordered = by_client.group_by(rows.client_id).order_by(rows.client_id)
        withdrawn = select(rows.client_id).where(rows.retracts.is_not(None))
        self.rows = _stream(connection, ordered)
        self.next: Any = next(self.rows, None)
        exact = by_client.where(rows.client_id.in_(withdrawn), is_valid(activity)).group_by(rows.client_id)
        self.exact: dict[str, date | None] = dict.fromkeys(connection.scalars(withdrawn))
        self.exact.update(connection.execute(exact).all())  # type: ignore[arg-type]  # rows of two
        self.shared: dict[str, date | None] = _read_shared(connection, as_of)

    def of(self, client_id: str, recipient: str) -> date | None:
        while self.next is not None and self.next[0] < client_id:
            self.next = next(self.rows, None)
        if recipient in self.shared:
            return self.shared[recipient]
        if client_id in self.exact:
            return self.exact[client_id]
        own: date | None = self.next[1] if self.next is not None and self.next[0] == client_id else None
        return own


def _read_shared(connection: Connection, as_of: date) -> dict[str, date | None]:
    """The last activity of every recipient with more than one record, None for one without any."""
    own, rows = clients.c, activity.c
    is_shared = own.recipient != ""
    shared = select(own.recipient).where(is_shared).group_by(own.recipient).having(func.count() > 1)
    found: dict[str, date | None] = dict.fromkeys(connection.scalars(shared))
    query = (
        select(own.recipient, func.max(rows.occurred_on))
        .join_from(clients, activity, rows.client_id == own.client_id)
        .where(own.recipient.in_(shared), rows.occurred_on <= as_of, is_valid(activity))
        .group_by(own.recipient)
    )
    found.update(connection.execute(query).all())  # type: ignore[arg-type]  # rows of two
    return found


def ordered_since(client_id: Any, day: Any, as_of: date) -> Any:
    """SQL for: the client has a project ordered on or after `day` and on or before `as_of`, not cancelled by then."""
    ours = projects.c
    is_between = and_(ours.ordered_on >= day, ours.ordered_on <= as_of)
    return exists().where(ours.client_id == client_id, is_between, is_not_cancelled(as_of))


def _with_negative_feedback(terms: HealthTerms, bounds: Bounds, as_of: date) -> Select[Any]:
    given = feedback.c
    when = and_(given.given_on > bounds.feedback_after, given.given_on <= as_of)
    return _ids(given.client_id).where(when, is_negative(terms))


def _with_rejected_quote(terms: HealthTerms, bounds: Bounds, as_of: date) -> Select[Any]:
    own = quotes.c
    when = and_(own.decided_on > bounds.quote_after, own.decided_on <= as_of)
    return _ids(own.client_id).where(
        own.decision == QuoteDecision.REJECTED.value, when, ~ordered_since(own.client_id, own.decided_on, as_of)
    )


def _without_review(terms: HealthTerms, bounds: Bounds, as_of: date) -> Select[Any]:
    own, given = projects.c, feedback.c
    is_reviewed = exists().where(
        given.project_id == own.project_id, given.kind == FeedbackKind.REVIEW.value, given.given_on <= as_of
    )
    return _ids(own.client_id).where(own.delivered_on <= bounds.delivered_until, is_not_cancelled(as_of), ~is_reviewed)


def _with_unopened_mail(terms: HealthTerms, bounds: Bounds, as_of: date) -> Select[Any]:
    unopened = last_unopened(terms, bounds, as_of)
    return _ids(clients.c.client_id).where(clients.c.recipient.in_(select(unopened.c.recipient)))


_QUERIES = {
    Indicator.NEGATIVE_FEEDBACK: _with_negative_feedback,
    Indicator.QUOTE_REJECTED: _with_rejected_quote,
    Indicator.NO_REVIEW: _without_review,
    Indicator.UNOPENED: _with_unopened_mail,
}


def _ids(client_id: Any) -> Select[Any]:
    return select(client_id).distinct().order_by(client_id)


def _stream(connection: Connection, query: Select[Any]) -> Iterator[Any]:
    return iter(connection.execute(query, execution_options={"yield_per": ROWS_A_TIME}))
