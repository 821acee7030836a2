"""The facts that a campaign's rules look at, of all recipients page by page, in a handful of queries a page.

Few have an open case, an overdue invoice, a referral, an earlier address or a choice of preferences. These are found
once a pass, from the tables that say so; nobody else is looked up there.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, or_, select, text
from sqlalchemy.sql.elements import ColumnElement

from models import present, tables
from models.clients import MAY_NOTE_DEATH
from models.events import CHOSEN
from programme.campaigns.campaign import Campaign
from programme.campaigns.likeness import Brief, Record
from programme.facts.cases import SCORED_KINDS
from programme.facts.records import PastMessage, Project, WonReferral
from programme.terms.schema import Programme
from tasks.clients.audience import read_won_referrals
from tasks.clients.handed_over import Leaving, read_handed_over
from tasks.clients.pages import Page

_CLIENT = present.clients.c["client_id", "recipient", "name", "kind", "consent", "erased_on"]
_PROJECT = [present.projects.c[name] for name in Project._fields]
_MESSAGE = [tables.messages.c[name] for name in PastMessage._fields]
_FIRST_OF_PROJECT = len(_CLIENT) + 1  # place in a row: the client's columns and his code stand before it

Standing = tuple[str, Brief | None]
"""(client id, facts) of a recipient of a page, the smallest id of several; no facts for one who is judged alone."""


class Marked(NamedTuple):
    """The few clients of whom one of the smaller tables says something.

    Attributes:
        apart: clients and addresses that are judged alone.
        with_case: clients with an open case, or whose project has one.
        owing: clients with an overdue invoice.
        referrers: clients who referred somebody.
    """

    apart: frozenset[str]
    with_case: frozenset[str]
    owing: frozenset[str]
    referrers: frozenset[str]


@dataclass(frozen=True)
class Briefs:
    """Reads a campaign's recipients as of one day.

    Attributes:
        since: the first day of messages that can count for a rule.
        has_messages: whether the log has messages of the campaign.
    """

    programme: Programme
    campaign: Campaign
    as_of: date
    leaving: Leaving | None
    since: date
    has_messages: bool
    marked: Marked

    def read(self, connection: Connection, page: Page) -> list[Standing]:
        """The recipients of a page in its order."""
        rows = _read_rows(connection, page)
        messages = self._messages(connection, page)
        suppressed = self._suppressed(connection, page)
        having = self._having(connection, page)
        marked = self.marked
        if self.leaving and (elsewhere := self._handed_over(connection, rows)):
            marked = marked._replace(apart=marked.apart | elsewhere)
        referrers = [row[0] for row in rows if row[0] in marked.referrers]
        won = read_won_referrals(connection, self.programme, referrers) if referrers else {}
        found: list[Standing] = []
        for address, records, is_apart, has_case in _by_recipient(rows, won, marked):
            if is_apart or address in marked.apart:
                found.append((records[0].client_id, None))
                continue
            to_it = messages.get(address, ())
            has_it = bool(to_it) and any(self._is_of_campaign(each) for each in to_it)
            has_it = has_it or (bool(having) and any(record.client_id in having for record in records))
            brief = Brief(address, tuple(records), to_it, suppressed.get(address), has_it, has_case)
            found.append((records[0].client_id, brief))
        return found

    def _is_of_campaign(self, message: PastMessage) -> bool:
        return message.touchpoint == self.campaign.template_id and message.occasion == self.campaign.name

    def _messages(self, connection: Connection, page: Page) -> dict[str, list[PastMessage]]:
        """The messages to each address that can count for a rule or are of the campaign, whatever their status."""
        if not page.has_address:
            return {}
        messages, since = tables.messages, min(self.since, self.campaign.first_on)
        query = select(*_MESSAGE).where(page.of(messages), messages.c.as_of >= since)
        found: dict[str, list[PastMessage]] = defaultdict(list)
        for row in connection.execute(query).all():
            message = PastMessage._make(row)
            found[message.recipient].append(message)
        return found

    def _suppressed(self, connection: Connection, page: Page) -> dict[str, str]:
        if not page.has_address:
            return {}
        own = tables.suppressions.c
        query = select(own.email, own.reason).where(page.within(own.email), own.since <= self.as_of)
        return dict(connection.execute(query).tuples().all())

    def _having(self, connection: Connection, page: Page) -> set[str]:
        """The clients that have a message of the campaign, under whatever address."""
        if not self.has_messages:
            return set()
        clients, messages = present.clients, tables.messages
        query = select(clients.c.client_id).join(
            messages,
            and_(
                messages.c.client_id == clients.c.client_id,
                messages.c.touchpoint == self.campaign.template_id,
                messages.c.occasion == self.campaign.name,
            ),
        )
        return set(connection.scalars(query.where(page.of(clients))))

    def _handed_over(self, connection: Connection, rows: Sequence[Any]) -> frozenset[str]:
        """The addresses with mails that left on another day than their own."""
        assert self.leaving is not None
        days = self.programme.caps.longest_gap_days
        addresses = {row[1] for row in rows if row[1]}
        return frozenset(read_handed_over(connection, addresses, self.as_of, self.leaving, days))


def briefs_of(
    connection: Connection,
    programme: Programme,
    campaign: Campaign,
    as_of: date,
    leaving: Leaving | None,
    since: date,
) -> Briefs:
    """A reader for one pass over all recipients. Claiming finds who gets an open case in the meantime."""
    own = tables.messages.c
    # No message of a campaign is dated before its first day, and that day has an index.
    of_campaign = select(own.id).where(
        own.as_of >= campaign.first_on, own.touchpoint == campaign.template_id, own.occasion == campaign.name
    )
    has_messages = connection.execute(of_campaign.limit(1)).first() is not None
    return Briefs(programme, campaign, as_of, leaving, since, has_messages, _marked(connection, programme, as_of))


def _read_rows(connection: Connection, page: Page) -> list[Sequence[Any]]:
    """The clients of a page with their codes and projects, a row for each project, in the order of the page.

    The rows are the driver's own, which SQLAlchemy would take longer to convert than the database to find.
    """
    clients, projects, codes = present.clients, present.projects, tables.client_codes
    query = (
        select(*_CLIENT, codes.c.code, *_PROJECT)
        .outerjoin_from(clients, codes, codes.c.client_id == clients.c.client_id)
        .outerjoin(projects, projects.c.client_id == clients.c.client_id)
        .where(page.of(clients))
        .order_by(clients.c.recipient, clients.c.client_id)
    )
    cursor: Any = connection.execute(query).cursor
    return list(cursor.fetchall())


def _by_recipient(
    rows: Sequence[Sequence[Any]], won: Mapping[str, Sequence[WonReferral]], marked: Marked
) -> Iterator[tuple[str, list[Record], bool, bool]]:
    """(address, records, is apart, has an open case) of each recipient; without an address, each record is one."""
    address, last = "", None
    records: list[Record] = []
    projects: list[Project] = []
    is_apart = has_case = False
    for row in rows:
        client_id = row[0]
        if client_id != last:
            if records and (row[1] != address or not address):
                yield address, records, is_apart, has_case
                records, is_apart, has_case = [], False, False
            last, projects = client_id, []
            _, address, name, kind, consent, erased_on, code = row[:_FIRST_OF_PROJECT]
            is_apart = is_apart or erased_on is not None or client_id in marked.apart
            has_case = has_case or client_id in marked.with_case
            owes = client_id in marked.owing
            records.append(Record(client_id, name, kind, consent, projects, won.get(client_id, ()), owes, code or ""))
        if row[_FIRST_OF_PROJECT] is not None:
            projects.append(_project_of(*row[_FIRST_OF_PROJECT:]))
    if records:
        yield address, records, is_apart, has_case


def _project_of(
    project_id: str, client_id: str, kind: str, cents: int, ordered: Any, delivered: Any, cancelled: Any, *others: Any
) -> Project:
    return Project(
        project_id, client_id, kind, cents, _day_of(ordered), _day_of(delivered), _day_of(cancelled), *others
    )


@lru_cache(maxsize=20_000)
def _day_of(value: Any) -> Any:
    """The date that SQLite keeps as text."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def _marked(connection: Connection, programme: Programme, as_of: date) -> Marked:
    clients, projects, invoices, referrals = present.clients, present.projects, present.invoices, present.referrals
    earlier, chosen, feedback = tables.earlier_recipients, tables.consent_history, present.feedback
    is_open = _is_open_case(programme, as_of)
    is_unpaid = or_(invoices.c.paid_on.is_(None), invoices.c.paid_on > as_of)

    def read(*queries: Select[Any]) -> frozenset[str]:
        return frozenset(each for query in queries for each in connection.scalars(query))

    return Marked(
        read(
            select(earlier.c.client_id),
            select(clients.c.client_id).where(text(MAY_NOTE_DEATH)),
            select(chosen.c.recipient).where(text(f"consent_history.{CHOSEN}")),
            select(tables.messages.c.client_id).where(tables.messages.c.recipient == ""),
        ),
        read(
            select(feedback.c.client_id).where(is_open),
            select(projects.c.client_id)
            .join_from(feedback, projects, projects.c.project_id == feedback.c.project_id)
            .where(is_open),
        ),
        read(select(invoices.c.client_id).where(invoices.c.issued_on <= as_of, invoices.c.due_on < as_of, is_unpaid)),
        read(select(referrals.c.referrer_id)),
    )


def _is_open_case(programme: Programme, as_of: date) -> ColumnElement[bool]:
    """SQL for programme.facts.cases.is_open_case."""
    own = present.feedback.c
    is_low = and_(own.kind.in_(SCORED_KINDS), own.score <= programme.health.negative_score_at_most)
    is_unresolved = or_(own.resolved_on.is_(None), own.resolved_on > as_of)
    return and_(or_(own.negative.is_(True), is_low), own.given_on <= as_of, is_unresolved)
