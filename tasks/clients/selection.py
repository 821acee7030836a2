"""Who may be due on a day: SQL selects by the range of anchors whose window contains the day, the rules decide.

The queries return at least every client that the pure rules find due (a property test checks that). They use an index
over the anchor's day, so that a day costs what is due on it, not the size of the base.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from sqlalchemy import Connection, select

from models.database.given import in_given
from models.present import clients
from programme.rules.due import due_anchors
from programme.terms.schema import Programme
from programme.words.states import Flow
from tasks.base.sorted_rows import SortedRows
from tasks.clients.anchor_queries import QUERIES, Wanted

DueClient = tuple[str, str, str]
"""(recipient, client id, touchpoint id)"""

_RECIPIENTS = select(clients.c.client_id, clients.c.recipient).where(in_given(clients.c.client_id, "ids"))

LOOKED_UP_AT_ONCE = 5_000  # clients; for many more, PostgreSQL reads the whole table instead of the index


def select_due_clients(connection: Connection, programme: Programme, flow: Flow, as_of: date) -> SortedRows[DueClient]:
    """Every (recipient, client id, touchpoint id) that may be due, sorted by code point.

    On a day that catches up on a season that is every client, so they are never all in memory.
    """
    due: SortedRows[DueClient] = SortedRows()
    for touchpoint_id, rows in _find(connection, programme, flow, as_of):
        found = rows if len(rows[0]) > 1 else _read_recipient_of(connection, {row[0] for row in rows})
        due.add([(recipient, client_id, touchpoint_id) for client_id, recipient in found])
    return due


def _find(
    connection: Connection, programme: Programme, flow: Flow, as_of: date
) -> Iterator[tuple[str, Sequence[Sequence[str]]]]:
    """(touchpoint id, rows) of the flow's queries: a client's id, and its recipient if the query tells it.

    A client may come more than once. No list of rows is empty.
    """
    for touchpoint_id, touchpoint in programme.touchpoints_of(flow).items():
        anchors = due_anchors(programme, touchpoint, as_of)
        if anchors is None:
            continue
        wanted = Wanted(programme, touchpoint_id, touchpoint, *anchors, as_of)
        for query, given in QUERIES[touchpoint.anchor](wanted):
            for rows in connection.execute(query, given).partitions(LOOKED_UP_AT_ONCE):
                yield touchpoint_id, rows


def _read_recipient_of(connection: Connection, client_ids: Collection[str]) -> Sequence[Sequence[str]]:
    """(client id, recipient) of each client, read separately, so that the database uses the index.

    Joined to the due queries, PostgreSQL would read all clients for the few thousand that are due.
    """
    return connection.execute(_RECIPIENTS, {"ids": sorted(client_ids)}).all()
