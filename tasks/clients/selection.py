"""Who may be due on a day: SQL selects by the range of anchors whose window contains the day, the rules decide.

The queries return at least every client that the pure rules find due (a property test checks that). They use an index
over the anchor's day, so that a day costs what is due on it, not the size of the base.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, Select, select

from models.database.engine import reading_by_key
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

AT_ONCE = 2  # queries, of a whole day on two connections; their time is the database's, SQLite's included
LOOKED_UP_AT_ONCE = 5_000  # clients; for many more, PostgreSQL reads the whole table instead of the index


def select_due_clients(engine: Engine, programme: Programme, flow: Flow, as_of: date) -> SortedRows[DueClient]:
    """Every (recipient, client id, touchpoint id) that may be due, sorted by code point.

    On a day that catches up on a season that is every client, so they are never all in memory. Each query sees what was
    committed before it; whoever is missed at the edge of an import is found on the next day.
    """
    due: SortedRows[DueClient] = SortedRows()
    adding = Lock()
    searches = iter(list(_searches(programme, flow, as_of)))  # a list's iterator may be shared by threads

    def work_off() -> None:
        with reading_by_key(engine) as connection:
            for touchpoint_id, query, given in searches:
                for found in _find(connection, query, given):
                    with adding:
                        due.add([(recipient, client_id, touchpoint_id) for client_id, recipient in found])

    with ThreadPoolExecutor(AT_ONCE, "due-clients") as beside:
        for done in [beside.submit(work_off) for _ in range(AT_ONCE)]:
            done.result()
    return due


def _searches(programme: Programme, flow: Flow, as_of: date) -> Iterator[tuple[str, Select[Any], Mapping[str, Any]]]:
    """(touchpoint id, query, parameters) of the flow's touchpoints that may be due."""
    for touchpoint_id, touchpoint in programme.touchpoints_of(flow).items():
        anchors = due_anchors(programme, touchpoint, as_of)
        if anchors is None:
            continue
        wanted = Wanted(programme, touchpoint_id, touchpoint, *anchors, as_of)
        for query, given in QUERIES[touchpoint.anchor](wanted):
            yield touchpoint_id, query, given


def _find(connection: Connection, query: Select[Any], given: Mapping[str, Any]) -> Iterator[Sequence[Sequence[str]]]:
    """(client id, recipient) of whom the query finds, some thousands at a time; a client may come more than once."""
    for rows in connection.execute(query, given).partitions(LOOKED_UP_AT_ONCE):
        yield rows if len(rows[0]) > 1 else _read_recipient_of(connection, {row[0] for row in rows})


def _read_recipient_of(connection: Connection, client_ids: Collection[str]) -> Sequence[Sequence[str]]:
    """(client id, recipient) of each client, read separately, so that the database uses the index.

    Joined to the due queries, PostgreSQL would read all clients for the few thousand that are due.
    """
    return connection.execute(_RECIPIENTS, {"ids": sorted(client_ids)}).all()
