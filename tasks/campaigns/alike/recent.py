"""The messages of the last days, which the rules of a campaign look at.

A base has few of them, and no index of both address and day: read page by page, each page would look through all of
the days or all of its addresses' messages. So all of them are read at once, and again every few pages.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from sys import intern
from typing import Any

from sqlalchemy import Connection, Select, select

from models.tables import messages
from programme.facts.records import PastMessage
from tasks.clients.pages import Page
from tasks.clients.rows import day_of, read_rows

MOST_AT_ONCE = 50_000  # messages in memory, some 15 MB; when there are more, those of each page are read
PAGES_AT_ONCE = 10

ByAddress = Mapping[str, list[PastMessage]]


class RecentMessages:
    """The messages dated on `since` or later, whatever their status.

    They are as old as ten pages at most. What another run plans meanwhile is found when a page is stored
    (tasks/runs/concurrency.py), as it is for the facts of the page itself.
    """

    def __init__(self, since: date) -> None:
        self._query = select(*(messages.c[name] for name in PastMessage._fields)).where(messages.c.as_of >= since)
        self._found: ByAddress = {}
        self._pages_left = 0
        self._are_many = False

    def to(self, connection: Connection, page: Page) -> ByAddress:
        """By address, those to the recipients of the page; there may be others among them."""
        if not page.has_address:
            return {}
        if self._pages_left == 0 and not self._are_many:
            self._read_all(connection)
        if self._are_many:
            return _by_address(connection, self._query.where(page.of(messages)))
        self._pages_left -= 1
        return self._found

    def _read_all(self, connection: Connection) -> None:
        self._found = _by_address(connection, self._query.limit(MOST_AT_ONCE + 1))
        self._pages_left = PAGES_AT_ONCE
        if sum(map(len, self._found.values())) > MOST_AT_ONCE:
            self._found, self._are_many = {}, True


def _by_address(connection: Connection, query: Select[Any]) -> ByAddress:
    found: dict[str, list[PastMessage]] = defaultdict(list)
    for client_id, recipient, touchpoint, occasion, as_of, *words in read_rows(connection, query):
        status, flow, purpose = map(intern, words)
        message = PastMessage(client_id, recipient, intern(touchpoint), occasion, day_of(as_of), status, flow, purpose)
        found[recipient].append(message)
    return found
