"""The facts that a campaign's rules look at, of all recipients page by page, in a handful of queries a page.

Of nearly everybody a row says all that counts, and the columns of a page say of what sort each of these is
(programme/campaigns/sorts.py); of whom more is known a brief is made.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import compress, groupby
from operator import eq
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, select
from sqlalchemy.sql.elements import ColumnElement

from models import present, tables
from programme.campaigns.campaign import Campaign
from programme.campaigns.likeness import Brief, LikenessRule, Record
from programme.campaigns.sorts import SortRule
from programme.facts.records import PastMessage, Project, WonReferral
from programme.terms.schema import Programme
from tasks.campaigns.alike.marks import Marked, read_marks
from tasks.campaigns.alike.recent import RecentMessages
from tasks.campaigns.alike.rows import (
    ADDRESS,
    CLIENT_ID,
    COMPOSED,
    ERASED_ON,
    JUDGED,
    VALUE,
    Row,
    project_of,
    record_of,
    sorted_by,
)
from tasks.campaigns.audience import may_belong
from tasks.clients.facts.audience import read_won_referrals
from tasks.clients.facts.handed_over import Leaving, read_handed_over
from tasks.clients.facts.rows import read_rows
from tasks.clients.pages import Page


class Other(NamedTuple):
    """A recipient of whom more is known than a row.

    Attributes:
        place: of the first row, among those of the page.
        client_id: the smallest of several.
        brief: None for one who is judged alone.
    """

    place: int
    client_id: str
    brief: Brief | None


class PageFacts(NamedTuple):
    """What is known of the recipients of a page.

    Attributes:
        rows: in the order of the page.
        plain: the places of the rows of plain recipients, by sort.
        others: all other recipients, in order.
    """

    rows: Sequence[Row]
    plain: Mapping[Hashable, list[int]]
    others: list[Other]


class News(NamedTuple):
    """What is known of some recipients of a page beside their rows.

    Attributes:
        messages, suppressed: by address.
        having: clients that have a message of the campaign, under whatever address.
        apart: addresses that are judged alone, because mails to them left on another day than their own.
        won: by client.
    """

    messages: Mapping[str, list[PastMessage]]
    suppressed: Mapping[str, str]
    having: frozenset[str]
    apart: frozenset[str]
    won: Mapping[str, Sequence[WonReferral]]


@dataclass(frozen=True)
class Briefs:
    """Reads a campaign's recipients as of one day.

    Attributes:
        reads_all: mails follow, or the audience is chosen by projects: more is read of each.
        only: SQL for the clients who may be in the audience; None when it can rule out nobody.
        has_messages: whether the log has messages of the campaign.
    """

    programme: Programme
    campaign: Campaign
    as_of: date
    leaving: Leaving | None
    reads_all: bool
    only: ColumnElement[bool] | None
    recent: RecentMessages
    has_messages: bool
    marked: Marked
    sorts: SortRule

    def read(self, connection: Connection, page: Page, made: int = 0) -> PageFacts:
        """The recipients of a page.

        Args:
            made: how many messages the run made of the page before.
        """
        rows = self._rows(connection, page)
        if not rows:
            return PageFacts((), {}, [])
        columns = list(zip(*rows, strict=True))
        ids = columns[CLIENT_ID]
        whose = columns[ADDRESS] if page.has_address else ids  # without an address, each record is a recipient
        news = self._news(connection, page, ids, columns[ADDRESS], made)
        special = self._special(news, ids, whose, columns[ERASED_ON])
        plain: dict[Hashable, list[int]] = defaultdict(list)
        others: list[int] = []
        sorts = self.sorts.of(page.has_address, sorted_by(columns))
        for place, (client_id, who, sort) in enumerate(zip(ids, whose, sorts, strict=True)):
            if who in special or client_id in special:
                others.append(place)
            else:
                plain[sort].append(place)
        return PageFacts(rows, plain, self._others(rows, others, whose, news))

    def _special(self, news: News, ids: Sequence[str], whose: Sequence[str], erased_on: Sequence[Any]) -> set[str]:
        """Of whom more is known than one row: their addresses or client ids."""
        messages, suppressed, having, apart, won = news
        is_marked: Callable[[str], bool] = self.marked.any.__contains__
        return {
            *compress(whose, map(eq, whose, whose[1:])),
            *compress(whose, erased_on),
            *filter(messages.__contains__, whose),
            *filter(is_marked, ids),
            *filter(is_marked, whose),
            *suppressed,
            *having,
            *apart,
            *won,
        }

    def _others(self, rows: Sequence[Row], places: Iterable[int], whose: Sequence[str], news: News) -> list[Other]:
        found = []
        for _, of_one in groupby(places, key=whose.__getitem__):
            own = list(of_one)
            brief = self._brief([rows[place] for place in own], news)
            found.append(Other(own[0], rows[own[0]][CLIENT_ID], brief))
        return found

    def _rows(self, connection: Connection, page: Page) -> list[Row]:
        """The clients of a page, a row for each project, in the order of the page."""
        clients, projects, codes = present.clients, present.projects, tables.client_codes
        query = select(*JUDGED, *(COMPOSED if self.reads_all else ()))
        query = query.outerjoin_from(clients, projects, projects.c.client_id == clients.c.client_id)
        if self.reads_all:
            query = query.outerjoin(codes, codes.c.client_id == clients.c.client_id)
        query = query.where(page.of(clients)).order_by(clients.c.recipient, clients.c.client_id)
        return read_rows(connection, query if self.only is None else query.where(self._may_belong(page, self.only)))

    def _may_belong(self, page: Page, only: ColumnElement[bool]) -> ColumnElement[bool]:
        """SQL for the clients of recipients of whom one may be in the audience."""
        whose = present.clients.c.recipient if page.has_address else present.clients.c.client_id
        return whose.in_(select(whose).where(page.of(present.clients), only).correlate(None))

    def _news(
        self, connection: Connection, page: Page, ids: Sequence[str], addresses: Sequence[str], made: int
    ) -> News:
        referrers = list(filter(self.marked.referrers.__contains__, ids))
        return News(
            self.recent.to(connection, page, made),
            self._suppressed(connection, page),
            self._having(connection, page),
            self._handed_over(connection, page, addresses),
            read_won_referrals(connection, self.programme, referrers) if referrers else {},
        )

    def _brief(self, rows: Sequence[Row], news: News) -> Brief | None:
        """The recipient of these rows; None for one who is judged alone."""
        address, marked = rows[0][ADDRESS], self.marked
        records: dict[str, Record] = {}
        projects: dict[str, list[Project]] = {}
        for row in rows:
            client_id = row[CLIENT_ID]
            if row[ERASED_ON] is not None or client_id in marked.apart:
                return None
            if client_id not in records:
                own = projects[client_id] = []
                records[client_id] = record_of(row, own, news.won.get(client_id, ()), client_id in marked.owing)
            if row[VALUE] is not None:
                projects[client_id].append(project_of(row))
        if address in marked.apart or address in news.apart:
            return None
        to_it = news.messages.get(address, ())
        has_it = any(map(self._is_of_campaign, to_it)) or not news.having.isdisjoint(records)
        has_case = not marked.with_case.isdisjoint(records)
        return Brief(address, tuple(records.values()), to_it, news.suppressed.get(address), has_it, has_case)

    def _is_of_campaign(self, message: PastMessage) -> bool:
        return message.touchpoint == self.campaign.template_id and message.occasion == self.campaign.name

    def _suppressed(self, connection: Connection, page: Page) -> dict[str, str]:
        if not page.has_address:
            return {}
        own = tables.suppressions.c
        query = select(own.email, own.reason).where(page.within(own.email), own.since <= self.as_of)
        return dict(connection.execute(query).tuples().all())

    def _having(self, connection: Connection, page: Page) -> frozenset[str]:
        """The clients that have a message of the campaign, under whatever address."""
        if not self.has_messages:
            return frozenset()
        clients, messages = present.clients, tables.messages
        query = select(clients.c.client_id).join(
            messages,
            and_(
                messages.c.client_id == clients.c.client_id,
                messages.c.touchpoint == self.campaign.template_id,
                messages.c.occasion == self.campaign.name,
            ),
        )
        return frozenset(connection.scalars(query.where(page.of(clients))))

    def _handed_over(self, connection: Connection, page: Page, addresses: Sequence[str]) -> frozenset[str]:
        """The addresses with mails that left on another day than their own."""
        if self.leaving is None or not page.has_address:
            return frozenset()
        days = self.programme.caps.longest_gap_days
        return frozenset(read_handed_over(connection, addresses, self.as_of, self.leaving, days))


def briefs_of(connection: Connection, likeness: LikenessRule, leaving: Leaving | None, composes: bool) -> Briefs:
    """A reader for one pass over all recipients. Claiming finds who gets an open case in the meantime.

    Args:
        composes: mails follow.
    """
    programme, campaign, as_of = likeness.programme, likeness.campaign, likeness.as_of
    own = tables.messages.c
    # No message of a campaign is dated before its first day, and that day has an index.
    of_campaign = select(own.id).where(
        own.as_of >= campaign.first_on, own.touchpoint == campaign.template_id, own.occasion == campaign.name
    )
    return Briefs(
        programme,
        campaign,
        as_of,
        leaving,
        reads_all=composes or bool(likeness.asked),
        only=may_belong(campaign.audience),
        recent=RecentMessages(min(likeness.since, campaign.first_on), campaign),
        has_messages=connection.execute(of_campaign.limit(1)).first() is not None,
        marked=read_marks(connection, programme, as_of),
        sorts=SortRule(programme, campaign, as_of),
    )
