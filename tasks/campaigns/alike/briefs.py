"""The facts that a campaign's rules look at, of all recipients page by page, in a handful of queries a page.

Of nearly everybody a row says all that counts (`LikenessRule.of_plain`); of whom more is known a brief is made.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, select

from models import present, tables
from programme.campaigns.campaign import Campaign
from programme.campaigns.likeness import CLIENT_FACTS, PROJECT_FACTS, Brief, LikenessRule, Record
from programme.facts.records import PastMessage, Project, WonReferral
from programme.terms.schema import Programme
from tasks.campaigns.alike.marks import Marked, read_marks
from tasks.campaigns.alike.recent import RecentMessages
from tasks.clients.audience import read_won_referrals
from tasks.clients.handed_over import Leaving, read_handed_over
from tasks.clients.pages import Page
from tasks.clients.rows import day_of, read_rows

Row = Sequence[Any]
"""A client with one of its projects: the columns of _JUDGED, and for mails those of _COMPOSED."""

_OF_CLIENT, _OF_PROJECT = present.clients.c, present.projects.c
_JUDGED = [
    *(_OF_CLIENT[name] for name in CLIENT_FACTS),
    *(_OF_PROJECT[name] for name in PROJECT_FACTS),
    *_OF_CLIENT["recipient", "erased_on"],
    _OF_PROJECT.postcode,
]
_COMPOSED = [
    _OF_CLIENT.name,
    tables.client_codes.c.code,
    *(_OF_PROJECT[name] for name in ("project_id", "type", "engineer", "monument")),
]
_CLIENT_ID, _VALUE, _ADDRESS, _ERASED_ON = 0, 3, 9, 10  # places in a row
_NOT_COMPOSED = ("", "", "", "", None, None)

ALONE = -1  # in the place of a likeness: the recipient is judged alone
Standing = tuple[str, int, Row | Brief]
"""(client id, likeness, facts) of a recipient of a page, the smallest id of several.

One of whom nothing else is known has a row for its facts, of which `brief_of` makes a brief when one is asked for.
"""


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
        composes: mails follow, so what these say is read too.
        has_messages: whether the log has messages of the campaign.
    """

    programme: Programme
    campaign: Campaign
    as_of: date
    leaving: Leaving | None
    composes: bool
    recent: RecentMessages
    has_messages: bool
    marked: Marked

    def read(self, connection: Connection, page: Page, likeness: LikenessRule) -> list[Standing]:
        """The recipients of a page in its order."""
        rows = self._rows(connection, page)
        news = self._news(connection, page, rows)
        marked, (messages, suppressed, having, apart, won) = self.marked.any, news
        by_address, of_plain = page.has_address, likeness.of_plain
        place = _ADDRESS if by_address else _CLIENT_ID  # without an address, each record is a recipient
        whose = [row[place] for row in rows]
        found: list[Standing] = []
        first = 0
        for last, (who, next_one) in enumerate(pairwise([*whose, None]), 1):
            if who == next_one:
                continue
            row = rows[first]
            client_id = row[_CLIENT_ID]
            is_plain = (
                last == first + 1
                and row[_ERASED_ON] is None
                and client_id not in marked
                and client_id not in having
                and client_id not in won
                and not (who in messages or who in suppressed or who in marked or who in apart)
            )
            if is_plain:
                found.append((client_id, of_plain(by_address, row, brief_of), row))
            else:
                brief = self._brief(rows[first:last], news)
                found.append((client_id, likeness.of(brief), brief) if brief else (client_id, ALONE, row))
            first = last
        return found

    def _rows(self, connection: Connection, page: Page) -> list[Row]:
        """The clients of a page, a row for each project, in the order of the page."""
        clients, projects, codes = present.clients, present.projects, tables.client_codes
        query = select(*_JUDGED, *(_COMPOSED if self.composes else ()))
        query = query.outerjoin_from(clients, projects, projects.c.client_id == clients.c.client_id)
        if self.composes:
            query = query.outerjoin(codes, codes.c.client_id == clients.c.client_id)
        return read_rows(connection, query.where(page.of(clients)).order_by(clients.c.recipient, clients.c.client_id))

    def _news(self, connection: Connection, page: Page, rows: Sequence[Row]) -> News:
        referrers = [row[_CLIENT_ID] for row in rows if row[_CLIENT_ID] in self.marked.referrers]
        return News(
            self.recent.to(connection, page),
            self._suppressed(connection, page),
            self._having(connection, page),
            self._handed_over(connection, page, rows),
            read_won_referrals(connection, self.programme, referrers) if referrers else {},
        )

    def _brief(self, rows: Sequence[Row], news: News) -> Brief | None:
        """The recipient of these rows; None for one who is judged alone."""
        address, marked = rows[0][_ADDRESS], self.marked
        records: dict[str, Record] = {}
        projects: dict[str, list[Project]] = {}
        for row in rows:
            client_id = row[_CLIENT_ID]
            if row[_ERASED_ON] is not None or client_id in marked.apart:
                return None
            if client_id not in records:
                own = projects[client_id] = []
                records[client_id] = _record(row, own, news.won.get(client_id, ()), client_id in marked.owing)
            if row[_VALUE] is not None:
                projects[client_id].append(_project(row))
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

    def _handed_over(self, connection: Connection, page: Page, rows: Sequence[Row]) -> frozenset[str]:
        """The addresses with mails that left on another day than their own."""
        if self.leaving is None or not page.has_address:
            return frozenset()
        days = self.programme.caps.longest_gap_days
        addresses = [row[_ADDRESS] for row in rows]
        return frozenset(read_handed_over(connection, addresses, self.as_of, self.leaving, days))


def briefs_of(
    connection: Connection,
    programme: Programme,
    campaign: Campaign,
    as_of: date,
    leaving: Leaving | None,
    since: date,
    composes: bool,
) -> Briefs:
    """A reader for one pass over all recipients. Claiming finds who gets an open case in the meantime.

    Args:
        since: the first day of messages that can count for a rule.
    """
    own = tables.messages.c
    # No message of a campaign is dated before its first day, and that day has an index.
    of_campaign = select(own.id).where(
        own.as_of >= campaign.first_on, own.touchpoint == campaign.template_id, own.occasion == campaign.name
    )
    has_messages = connection.execute(of_campaign.limit(1)).first() is not None
    recent = RecentMessages(min(since, campaign.first_on))
    marked = read_marks(connection, programme, as_of)
    return Briefs(programme, campaign, as_of, leaving, composes, recent, has_messages, marked)


def who_in(standing: Standing, place: int) -> tuple[str, str]:
    """(client id, address) of the record at this place."""
    facts: Any = standing[2]
    if isinstance(facts, Brief):
        return facts.records[place].client_id, facts.address
    return facts[_CLIENT_ID], facts[_ADDRESS]


def brief_in(standing: Standing) -> Brief:
    """The facts of a recipient who is not judged alone."""
    facts: Any = standing[2]
    return facts if isinstance(facts, Brief) else brief_of(facts)


def brief_of(row: Row) -> Brief:
    """The recipient of a row, of whom nothing else is known."""
    projects = () if row[_VALUE] is None else (_project(row),)
    return Brief(row[_ADDRESS], (_record(row, projects, (), False),), (), None, False, False)


def _record(row: Row, projects: Sequence[Project], won: Sequence[WonReferral], owes: bool) -> Record:
    client_id, kind, consent = row[:_VALUE]
    name, code = row[12:14] or _NOT_COMPOSED[:2]
    return Record(client_id, name, kind, consent, projects, won, owes, code or "")


def _project(row: Row) -> Project:
    client_id, _, _, cents, ordered, delivered, cancelled, address, built_year, _, _, postcode, *others = row
    _, _, project_id, type_, engineer, monument = others or _NOT_COMPOSED
    days = day_of(ordered), day_of(delivered), day_of(cancelled)
    return Project(project_id, client_id, type_, cents, *days, engineer, address, postcode, built_year, monument)
