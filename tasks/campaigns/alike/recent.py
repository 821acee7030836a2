"""The messages of the last days, which the rules of a campaign look at.

A base has few of them, and no index of both address and day: read page by page, each page would look through all of
the days or all of its addresses' messages. So all of them are read at once, and before each page those that came since.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from sys import intern
from typing import Any

from sqlalchemy import Connection, Select, and_, func, not_, select
from sqlalchemy.sql.elements import ColumnElement

from models.database.given import in_values
from models.tables import message_states, messages
from programme.campaigns.campaign import Campaign
from programme.facts.records import PastMessage
from programme.words.dates import day_from
from tasks.clients.facts.rows import read_rows
from tasks.clients.pages import Page

MOST_AT_ONCE = 50_000  # messages in memory, some 15 MB; when there are more, those of each page are read
PAGES_AT_ONCE = 50  # then they are read again, because of those that were rejected or cancelled meanwhile
# On PostgreSQL a message may become visible after one with a higher id: ids are taken before the commit.
LATE_IDS = 1_000

ByAddress = Mapping[str, list[PastMessage]]


class RecentMessages:
    """The messages dated on `since` or later, whatever their status.

    Messages of the campaign count as far as the log had them when the pass began: what comes later is the run's own.
    While nobody else writes any, there is nothing to read: the ids say so.
    What another run plans meanwhile is also found when a page is stored (tasks/runs/deciding/concurrency.py).
    """

    def __init__(self, since: date, campaign: Campaign) -> None:
        self._query = select(messages.c.id, *(messages.c[name] for name in PastMessage._fields))
        self._is_recent = messages.c.as_of >= since
        self._is_of_campaign = and_(messages.c.touchpoint == campaign.template_id, messages.c.occasion == campaign.name)
        self._forget()
        self._begun_at: int | None = None  # the highest id
        self._last = 0
        self._are_many = False
        self._is_alone = True

    def to(self, connection: Connection, page: Page, made: int) -> ByAddress:
        """By address, those to the recipients of the page; there may be others among them.

        Args:
            made: how many messages the run made of the page before.
        """
        if not self._are_many:
            self._read(connection, made)
        if not page.has_address:
            return {}
        if self._are_many:
            self._forget()
            self._add(connection, self._query.where(self._is_recent, page.of(messages)))
        return self._found

    def _read(self, connection: Connection, made: int) -> None:
        """Read all, or those that came since the page before."""
        which = self._unread(connection, made)
        if which is None:
            return
        self._add(connection, self._query.where(which).limit(MOST_AT_ONCE + 1))
        if len(self._ids) > MOST_AT_ONCE:
            self._are_many = True

    def _unread(self, connection: Connection, made: int) -> ColumnElement[bool] | None:
        """SQL for the messages to read before this page; None for none."""
        highest = connection.scalar(select(func.max(message_states.c.id))) or 0
        before, self._last = self._last, highest
        if self._begun_at is None:
            self._begun_at = highest
            return self._is_recent
        # Once others write they may do so again, with ids that are lower than those seen: then each page reads.
        self._is_alone = self._is_alone and highest - before == made
        self._pages_left -= 1
        if self._pages_left:
            return None if self._is_alone else and_(messages.c.id > before - LATE_IDS, self._is_not_own())
        known = in_values(messages.c.id, self._ids)
        self._forget()
        return known if self._is_alone else and_(self._is_recent, self._is_not_own())

    def _is_not_own(self) -> ColumnElement[bool]:
        """SQL for messages that this run has not made."""
        return not_(and_(messages.c.id > self._begun_at, self._is_of_campaign))

    def _add(self, connection: Connection, query: Select[Any]) -> None:
        """Add the messages of the query, each once."""
        for message_id, client_id, recipient, touchpoint, occasion, as_of, *words in read_rows(connection, query):
            if message_id in self._ids:
                continue
            self._ids.add(message_id)
            status, flow, purpose = map(intern, words)
            message = PastMessage(
                client_id, recipient, intern(touchpoint), occasion, day_from(as_of), status, flow, purpose
            )
            self._found[recipient].append(message)

    def _forget(self) -> None:
        self._found: dict[str, list[PastMessage]] = defaultdict(list)
        self._ids: set[int] = set()
        self._pages_left = PAGES_AT_ONCE
