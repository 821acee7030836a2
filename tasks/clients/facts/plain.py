"""The plain recipients among those due: nothing is known of them but what every client may have.

That is clients, codes, projects, the messages that can matter, and the feedback and quotes that some mails ask about.

On a season's first day nearly everybody is plain. Who is not (a referral, an open case, an overdue invoice, an opt-out,
a choice of preferences) is found by one query for each of the smaller tables, and read with all facts.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, Date, Select, TextClause, bindparam, or_, select, text, union_all
from sqlalchemy.sql.elements import ColumnElement

from models import present, tables
from models.database.given import in_given
from models.events import CHOSEN
from programme.facts.records import Client, Feedback, PastMessage, Project, Quote, Recipient
from programme.mail.project_words import OwnProject
from programme.rules.alike.day_sorts import DaySorts, is_sorted
from programme.rules.alike.likeness import Likeness, asks_activity, asks_feedback, asks_quotes
from programme.terms.schema import Programme
from programme.words.dates import day_from
from programme.words.naming.names import says_death
from tasks.clients.facts.audience import read_feedback, read_quotes
from tasks.clients.facts.handed_over import Leaving, read_handed_over
from tasks.clients.facts.open_cases import IS_OPEN_CASE, given_terms
from tasks.clients.facts.rows import CLIENT, PROJECT, make_client, make_project, read_rows
from tasks.clients.selection import DueClient

_FIRST_OF_PROJECT = len(CLIENT) + 1  # place in a row: the client's columns and his code stand before it

# The statements, made once, because a day of few clients would spend more time on making them than on running them.
_CLIENTS = (
    select(*CLIENT, tables.client_codes.c.code, *PROJECT)
    .outerjoin_from(
        present.clients, tables.client_codes, tables.client_codes.c.client_id == present.clients.c.client_id
    )
    .outerjoin(present.projects, present.projects.c.client_id == present.clients.c.client_id)
    .where(in_given(present.clients.c.recipient, "addresses"))
)
_MESSAGES = select(*(tables.messages.c[name] for name in PastMessage._fields)).where(
    in_given(tables.messages.c.recipient, "addresses"),
    or_(
        tables.messages.c.as_of >= bindparam("since", type_=Date()),
        in_given(tables.messages.c.touchpoint, "touchpoints"),
    ),
)


def _having(column: ColumnElement[str], given: str, *conditions: ColumnElement[bool] | TextClause) -> Select[Any]:
    return select(column).where(in_given(column, given), *conditions)


_INVOICES, _FEEDBACK, _AS_OF = present.invoices.c, present.feedback.c, bindparam("as_of", type_=Date())
_IS_UNPAID = or_(_INVOICES.paid_on.is_(None), _INVOICES.paid_on > _AS_OF)
_MARKS = (
    _having(tables.suppressions.c.email, "addresses"),
    # Who chose something on the preference page.
    _having(tables.consent_history.c.recipient, "addresses", text(f"consent_history.{CHOSEN}")),
    _having(tables.earlier_recipients.c.client_id, "ids"),
    _having(present.referrals.c.referrer_id, "ids"),
    _having(_INVOICES.client_id, "ids", _INVOICES.due_on < _AS_OF, _IS_UNPAID),
    _having(_FEEDBACK.client_id, "ids", IS_OPEN_CASE),
    _having(_FEEDBACK.project_id, "project_ids", IS_OPEN_CASE),
)
_MARKED = union_all(*_MARKS)


Row = Sequence[Any]
"""The columns of CLIENT, the code, and those of PROJECT; without a project these are None."""

_NAMES = (*(column.name for column in CLIENT), "code", *Project._fields[:1], "owner", *Project._fields[2:])
ADDRESS, NAME, NUMBER, _ERASED_ON, CODE, PROJECT_ID, _TYPE, DELIVERED_ON, _ENGINEER, _ADDRESS = map(
    _NAMES.index,
    ("recipient", "name", "id_crc32", "erased_on", "code", "project_id", "type", "delivered_on", "engineer", "address"),
)


class Split(NamedTuple):
    """Those due: the plain recipients, and the ids of due clients of all others.

    Attributes:
        rows: by touchpoint, the plain clients of whom their row says all, in the order of their addresses.
        seen: the messages to those clients, none of which counts for what they are due.
    """

    plain: list[Recipient]
    others: list[str]
    rows: Mapping[str, list[Row]]
    seen: list[PastMessage]


class _Said(NamedTuple):
    """By client id, what only some touchpoints ask: feedback of the clients and of others, and quotes."""

    feedback: Mapping[str, Sequence[Feedback]]
    feedback_of_others: Mapping[str, Sequence[Feedback]]
    quotes: Mapping[str, Sequence[Quote]]


def recipient_of(row: Row) -> Recipient:
    """The recipient of whom this row says all."""
    return Recipient(row[ADDRESS], tuple(_clients([row], _Said({}, {}, {}))))


def client_of(row: Row) -> tuple[Client, Recipient]:
    """The client of such a row, and its recipient."""
    recipient = recipient_of(row)
    return recipient.clients[0], recipient


def project_of(row: Row) -> OwnProject:
    """What a mail says in words of its own of a row's project."""
    return OwnProject(row[_TYPE], row[_ADDRESS], row[_ENGINEER], day_from(row[DELIVERED_ON]))


def columns_of(rows: Sequence[Row]) -> Mapping[str, Sequence[Any]]:
    """The columns of these rows by name, of which there is one at least."""
    return dict(zip(_NAMES, zip(*rows, strict=True), strict=True))


class PlainReader:
    """Reads the plain recipients of one run.

    Of keys closed by a message to another address it sees nothing; the due queries have left these out.

    Args:
        by_rows: some may stay rows, which DaySorts sorts.
    """

    def __init__(
        self, programme: Programme, likeness: Likeness, as_of: date, leaving: Leaving | None, by_rows: bool
    ) -> None:
        self.programme, self.as_of, self.leaving = programme, as_of, leaving
        self.since, self._likeness = likeness.since, likeness
        touchpoints = programme.touchpoints
        self._is_little = {each: not asks_activity(programme, each) for each in touchpoints}
        self._asking_feedback = frozenset(each for each in touchpoints if asks_feedback(programme, each))
        self._asking_quotes = frozenset(each for each in touchpoints if asks_quotes(programme, each))
        self.sorts = _sorts(programme, as_of) if by_rows else {}

    def split(self, connection: Connection, due: Iterable[DueClient]) -> Split:
        """The plain recipients of a chunk, and the clients whose recipients must be read with all facts."""
        asked: dict[str, list[DueClient]] = {}
        others: list[str] = []
        for address, of_one in groupby(due, key=itemgetter(0)):
            of_address = list(of_one)
            if address and all(self._is_little[row[2]] for row in of_address):
                asked[address] = of_address
            else:
                others.extend(row[1] for row in of_address)
        rows: dict[str, list[Row]] = defaultdict(list)
        split = Split([], others, rows, [])
        split.plain.extend(self._read(connection, asked, split))
        found = {client.client_id for each in split.plain for client in each.clients}
        found.update(row[0] for of_touchpoint in rows.values() for row in of_touchpoint)
        others.extend(row[1] for of_address in asked.values() for row in of_address if row[1] not in found)
        return split

    def _read(self, connection: Connection, asked: Mapping[str, list[DueClient]], split: Split) -> Iterator[Recipient]:
        """The plain recipients but those of one row, who are added to the rows of the split."""
        if not asked:
            return
        addresses = list(asked)
        rows = _read_clients(connection, addresses)
        ids = dict.fromkeys(row[0] for row in rows)
        project_ids = [row[_FIRST_OF_PROJECT] for row in rows if row[_FIRST_OF_PROJECT] is not None]
        marked = self._marked(connection, addresses, list(ids), project_ids)
        messages = self._messages(connection, addresses, {row[2] for due in asked.values() for row in due})
        said = self._said(connection, rows, asked)
        for address, of_address in groupby(rows, key=itemgetter(ADDRESS)):
            own = list(of_address)
            if touchpoint := self._sorted_as(own, asked[address], messages, said):
                if marked.isdisjoint((address, own[0][0], own[0][_FIRST_OF_PROJECT])):
                    split.rows[touchpoint].append(own[0])
                    split.seen.extend(messages.get(address, ()))
                continue
            clients = tuple(_clients(own, said))
            if address not in marked and marked.isdisjoint(_ids_of(clients)):
                by_others = (row for client in clients for row in said.feedback_of_others.get(client.client_id, ()))
                yield Recipient(address, clients, tuple(messages.get(address, ())), feedback_of_others=tuple(by_others))

    def _sorted_as(
        self,
        own: Sequence[Row],
        due: Sequence[DueClient],
        messages: Mapping[str, Sequence[PastMessage]],
        said: _Said,
    ) -> str | None:
        """The touchpoint for which this one row says all that counts of the recipient; None where there is more."""
        if len(own) > 1 or len(due) > 1 or due[0][2] not in self.sorts:
            return None
        touchpoint, row = due[0][2], own[0]
        if row[_ERASED_ON] is not None or says_death(row[NAME]):
            return None
        if row[0] in said.feedback or row[0] in said.feedback_of_others:
            return None
        sent = messages.get(row[ADDRESS], ())
        return None if any(self._matters(touchpoint, row, message) for message in sent) else touchpoint

    def _matters(self, touchpoint: str, row: Row, message: PastMessage) -> bool:
        """Whether the message may stop the touchpoint's mail, or have closed its key."""
        occasions = self.sorts[touchpoint].occasions or (row[PROJECT_ID],)
        is_of_occasion = message.touchpoint == touchpoint and message.occasion in occasions
        return is_of_occasion or self._likeness.matters(self.programme.kinds[touchpoint], message)

    def _said(
        self, connection: Connection, rows: Sequence[Sequence[Any]], asked: Mapping[str, list[DueClient]]
    ) -> _Said:
        """Feedback and quotes, of the recipients whose touchpoints ask for them."""

        def asking(touchpoints: Collection[str]) -> list[Sequence[Any]]:
            of_these = {address for address, due in asked.items() if any(row[2] in touchpoints for row in due)}
            return [row for row in rows if row[1] in of_these] if of_these else []

        rated, quoted = asking(self._asking_feedback), list({row[0] for row in asking(self._asking_quotes)})
        owner_of = {row[_FIRST_OF_PROJECT]: row[0] for row in rated if row[_FIRST_OF_PROJECT] is not None}
        feedback = read_feedback(connection, list({row[0] for row in rated}), owner_of) if rated else ({}, {})
        return _Said(*feedback, read_quotes(connection, quoted) if quoted else {})

    def _messages(
        self, connection: Connection, addresses: list[str], touchpoints: Collection[str]
    ) -> dict[str, list[PastMessage]]:
        """The messages to each address that can stop a mail or have closed a key, in no order."""
        given = {"addresses": addresses, "since": self.since, "touchpoints": sorted(touchpoints)}
        found: dict[str, list[PastMessage]] = defaultdict(list)
        for client_id, address, kind, occasion, on, *rest in read_rows(connection, _MESSAGES, given):
            found[address].append(PastMessage(client_id, address, kind, occasion, day_from(on), *rest))
        return found

    def _marked(
        self,
        connection: Connection,
        addresses: list[str],
        ids: list[str],
        project_ids: list[str],
    ) -> set[str]:
        """The addresses, clients and projects of which a smaller table says something that a rule may look at."""
        given = {"addresses": addresses, "ids": ids, "project_ids": project_ids}
        terms = given_terms(self.programme, self.as_of)
        found = {row[0] for row in read_rows(connection, _MARKED, {**given, **terms})}
        if self.leaving:
            days = self.programme.caps.longest_gap_days
            found.update(read_handed_over(connection, addresses, self.as_of, self.leaving, days))
        return found


def _sorts(programme: Programme, as_of: date) -> dict[str, DaySorts]:
    """By touchpoint; where two seasons may be due at once, those of a sort would have two decisions."""
    found = {each: DaySorts(programme, each, as_of) for each in programme.touchpoints if is_sorted(programme, each)}
    return {touchpoint: sorts for touchpoint, sorts in found.items() if len(sorts.occasions) <= 1}


def _read_clients(connection: Connection, addresses: list[str]) -> Sequence[Sequence[Any]]:
    """The clients of these addresses with their codes and projects, a row for each project, by address and client."""
    rows = read_rows(connection, _CLIENTS, {"addresses": addresses})
    return sorted(rows, key=lambda row: (row[1], row[0]))


def _ids_of(clients: Iterable[Client]) -> Iterator[str]:
    """The ids of these clients and their projects."""
    for client in clients:
        yield client.client_id
        yield from (project.project_id for project in client.projects)


def _clients(rows: Iterable[Row], said: _Said) -> Iterator[Client]:
    for client_id, own in groupby(rows, key=itemgetter(0)):
        every = list(own)
        projects = [make_project(row[_FIRST_OF_PROJECT:]) for row in every if row[_FIRST_OF_PROJECT] is not None]
        if len(projects) > 1:
            projects.sort(key=lambda project: (project.delivered_on or date.max, project.project_id))
        feedback, quotes = said.feedback.get(client_id, ()), said.quotes.get(client_id, ())
        yield make_client(every[0][:_FIRST_OF_PROJECT], projects, feedback, quotes)
