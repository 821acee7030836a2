"""All known facts of some recipients, read in about a dozen queries whatever the number of recipients."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import starmap
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from models import present, tables
from models.database.given import in_values, not_in_values
from models.suppressions import read_opt_outs, read_own_opt_outs
from programme.facts.records import (
    Client,
    Feedback,
    Invoice,
    PastMessage,
    Project,
    Quote,
    Recipient,
    WonReferral,
)
from programme.referrals.qualifying import is_of_partner, won_referrals
from programme.terms.schema import Programme
from tasks.clients.anchor_queries import is_valid
from tasks.clients.codes import read_codes
from tasks.clients.handed_over import Leaving, read_handed_over
from tasks.clients.open_cases import read_staying
from tasks.clients.preferences import read_preferences
from tasks.clients.referrals import read_referrals
from tasks.clients.rows import CLIENT, PROJECT, make_client

_FEEDBACK = [present.feedback.c[name] for name in Feedback._fields]
_QUOTE = [present.quotes.c[name] for name in Quote._fields]
_INVOICE = [present.invoices.c[name] for name in Invoice._fields]
_MESSAGE = [tables.messages.c[name] for name in PastMessage._fields]
_NOT_SUPPRESSED: tuple[date | None, str | None] = (None, None)


def read_recipients(
    connection: Connection,
    programme: Programme,
    client_ids: Iterable[str],
    as_of: date,
    *,
    with_activity: bool = True,
    leaving: Leaving | None = None,
) -> list[Recipient]:
    """The recipients of these clients, sorted by address, each with all its client records and their facts.

    Facts dated after `as_of` are included, except for the last activity; the rules look no further than their day.

    Args:
        with_activity: False leaves out the last activity, for a run whose touchpoints do not need it.
        leaving: set for a run that mails people, so that the day caps also count when a mail really left.
    """
    records = _read_records(connection, list(client_ids))
    ids = [client_id for client_id, *_ in records]
    facts = _read_facts(connection, programme, ids, as_of, with_activity)
    grouped: dict[tuple[str, str], list[Client]] = defaultdict(list)
    for client in (_client(record, facts) for record in records):
        alone = "" if client.recipient else client.client_id
        grouped[client.recipient, alone].append(client)
    addresses = [address for address, _ in grouped if address]
    history = _read_history(connection, {record[0]: record[1] for record in records}, addresses)
    gap_days = programme.caps.longest_gap_days
    preferences = read_preferences(connection, addresses)
    handed_over = read_handed_over(connection, addresses, as_of, leaving, gap_days) if leaving else {}
    return [
        Recipient(
            address,
            tuple(members),
            history.messages_of(address, members),
            suppressed_since,
            tuple(row for member in members for row in facts.feedback_of_others.get(member.client_id, ())),
            reason,
            tuple(handed_over.get(address, ())),
            preferences.get(address, ()),
            facts.staying,
        )
        for (address, alone), members in sorted(grouped.items(), key=lambda group: group[0])
        for suppressed_since, reason in (history.suppressed.get((address, alone), _NOT_SUPPRESSED),)
    ]


class _Facts(NamedTuple):
    """The facts of some clients, by client id."""

    projects: dict[str, list[Project]]
    feedback: dict[str, list[Feedback]]
    feedback_of_others: dict[str, list[Feedback]]
    quotes: dict[str, list[Quote]]
    invoices: dict[str, list[Invoice]]
    won_referrals: dict[str, list[WonReferral]]
    last_activity_on: dict[str, date]
    staying: frozenset[str]


class _History(NamedTuple):
    """Messages of the clients by client id, others' messages by address, and (since, reason) of who is suppressed.

    Those stand by address, and by client id for who has none: ("anna@a.nl", "") or ("", "K1").
    """

    by_client: dict[str, list[PastMessage]]
    of_others: dict[str, list[PastMessage]]
    suppressed: dict[tuple[str, str], tuple[date, str]]

    def messages_of(self, address: str, members: Sequence[Client]) -> tuple[PastMessage, ...]:
        own = [message for member in members for message in self.by_client.get(member.client_id, ())]
        return (*own, *self.of_others.get(address, ()))


def _client(record: Sequence[Any], facts: _Facts) -> Client:
    """A client from one row of CLIENT plus the code, and the client's facts."""
    client_id = record[0]
    return make_client(
        record,
        facts.projects.get(client_id, ()),
        facts.feedback.get(client_id, ()),
        facts.quotes.get(client_id, ()),
        facts.invoices.get(client_id, ()),
        facts.won_referrals.get(client_id, ()),
        facts.last_activity_on.get(client_id),
    )


def _read_records(connection: Connection, client_ids: list[str]) -> list[Sequence[Any]]:
    """The rows of these clients and of all other clients with one of their addresses, sorted by client id.

    Each row ends with the client's code.
    """
    clients = present.clients
    asked = connection.execute(select(*CLIENT).where(in_values(clients.c.client_id, client_ids))).all()
    addresses = {row.recipient for row in asked if row.recipient}
    others = (
        select(*CLIENT)
        .where(in_values(clients.c.recipient, addresses))
        .where(not_in_values(clients.c.client_id, client_ids))
    )
    records = [*asked, *connection.execute(others).all()]
    codes = read_codes(connection, [client_id for client_id, *_ in records])
    return [(*record, codes.get(record[0], "")) for record in sorted(records, key=itemgetter(0))]


def _read_facts(
    connection: Connection, programme: Programme, ids: list[str], as_of: date, with_activity: bool
) -> _Facts:
    def read(columns: list[Any], make: Callable[..., Any], order: ColumnElement[Any]) -> dict[str, list[Any]]:
        return _by_client(connection, columns, make, ids, order)

    projects = read(PROJECT, Project, present.projects.c.delivered_on)
    owner_of = {project.project_id: client_id for client_id, each in projects.items() for project in each}
    feedback, feedback_of_others = read_feedback(connection, ids, owner_of)
    return _Facts(
        projects,
        feedback,
        feedback_of_others,
        read_quotes(connection, ids),
        read(_INVOICE, Invoice, present.invoices.c.due_on),
        read_won_referrals(connection, programme, ids),
        _read_last_activity(connection, ids, as_of) if with_activity else {},
        read_staying(connection, feedback_of_others),
    )


def _by_client(
    connection: Connection, columns: list[Any], make: Callable[..., Any], ids: list[str], order: ColumnElement[Any]
) -> dict[str, list[Any]]:
    """The rows of a table of facts by client id, each list sorted by date, then id."""
    table = columns[0].table
    query = select(*columns).where(in_values(table.c.client_id, ids))
    found: dict[str, list[Any]] = defaultdict(list)
    place = [column.name for column in columns].index(order.name)
    for row in connection.execute(query).all():
        fact = make(*row)
        found[fact.client_id].append(fact)
    for rows in found.values():
        if len(rows) > 1:
            rows.sort(key=lambda fact: (fact[place] or date.max, fact[0]))
    return found


def read_quotes(connection: Connection, ids: list[str]) -> dict[str, list[Quote]]:
    """The quotes of these clients by client id, each list by the day of sending, then id."""
    return _by_client(connection, _QUOTE, Quote, ids, present.quotes.c.sent_on)


def read_feedback(
    connection: Connection, ids: list[str], owner_of: Mapping[str, str]
) -> tuple[dict[str, list[Feedback]], dict[str, list[Feedback]]]:
    """Feedback that these clients gave, and feedback of others about their projects, each list by date, then id.

    Args:
        owner_of: the client of each of their projects.
    """
    table = present.feedback
    query = select(*_FEEDBACK).where(or_(in_values(table.c.client_id, ids), in_values(table.c.project_id, owner_of)))
    own: dict[str, list[Feedback]] = defaultdict(list)
    of_others: dict[str, list[Feedback]] = defaultdict(list)
    for row in sorted(starmap(Feedback, connection.execute(query).all()), key=lambda row: (row.given_on, row[0])):
        own[row.client_id].append(row)
        owner = owner_of.get(row.project_id or "")
        if owner is not None and owner != row.client_id:
            of_others[owner].append(row)
    return own, of_others


def _read_last_activity(connection: Connection, ids: list[str], as_of: date) -> dict[str, date]:
    activity = tables.activity
    query = (
        select(activity.c.client_id, func.max(activity.c.occurred_on).label("latest"))
        .where(in_values(activity.c.client_id, ids))
        .where(activity.c.occurred_on <= as_of, is_valid(activity))
        .group_by(activity.c.client_id)
    )
    return {row.client_id: row.latest for row in connection.execute(query)}


def read_won_referrals(connection: Connection, programme: Programme, ids: list[str]) -> dict[str, list[WonReferral]]:
    """The referrals that can qualify and count for tiers, by referrer, each list by referral id."""
    referrals = present.referrals
    is_theirs = in_values(referrals.c.referrer_id, ids)
    referred = {
        friend for friend in connection.scalars(select(referrals.c.referred_client_id).where(is_theirs)) if friend
    }
    addresses = {row.client_id: row.recipient for row in connection.execute(_recipients_of(referred))}
    if not addresses:
        return {}
    rivals = read_referrals(connection, list(addresses))
    projects = _by_client(connection, PROJECT, Project, list(addresses), present.projects.c.delivered_on)
    found: dict[str, list[WonReferral]] = defaultdict(list)
    for friend, address in sorted(addresses.items()):
        of_partners = {each.referral_id for each in rivals[friend] if is_of_partner(programme.partners, each)}
        for won in won_referrals(programme.referral, friend, address, rivals[friend], projects.get(friend, ())):
            if won.referral_id not in of_partners:
                found[won.referrer_id].append(won)
    return found


def _recipients_of(client_ids: Iterable[str]) -> Any:
    clients = present.clients
    return select(clients.c.client_id, clients.c.recipient).where(in_values(clients.c.client_id, client_ids))


def _read_history(connection: Connection, address_of: Mapping[str, str], addresses: list[str]) -> _History:
    """All messages of the clients and to the addresses, whatever their date, because messages close keys.

    Two queries: with one OR, SQLite reads most of the rows twice. `address_of`: the present address of each client.
    """
    messages = tables.messages
    of_clients = select(*_MESSAGE).where(in_values(messages.c.client_id, address_of))
    to_addresses = (
        select(*_MESSAGE)
        .where(in_values(messages.c.recipient, addresses))
        .where(not_in_values(messages.c.client_id, address_of))
    )
    by_client: dict[str, list[PastMessage]] = defaultdict(list)
    of_others: dict[str, list[PastMessage]] = defaultdict(list)
    for message in starmap(PastMessage, connection.execute(of_clients).all()):
        by_client[message.client_id].append(message)
        if message.recipient and message.recipient != address_of[message.client_id]:
            of_others[message.recipient].append(message)  # its client has left this address since
    for message in starmap(PastMessage, connection.execute(to_addresses).all()):
        of_others[message.recipient].append(message)
    return _History(by_client, of_others, _read_suppressed(connection, address_of, addresses))


def _read_suppressed(
    connection: Connection, address_of: Mapping[str, str], addresses: list[str]
) -> dict[tuple[str, str], tuple[date, str]]:
    """Rule 2: from when, and why. A person's opt-out outlives his address, also when no other came in its place."""
    columns = tables.suppressions.c
    query = select(*columns["email", "since", "reason"]).where(in_values(columns.email, addresses))
    suppressed = {(email, ""): (since, reason) for email, since, reason in connection.execute(query)}
    for address, opt_out in read_opt_outs(connection, addresses).items():
        if (address, "") not in suppressed or opt_out.since < suppressed[address, ""][0]:
            suppressed[address, ""] = (opt_out.since, opt_out.reason)
    alone = [client_id for client_id, address in address_of.items() if not address]
    for client_id, opt_out in (read_own_opt_outs(connection, alone) if alone else {}).items():
        suppressed["", client_id] = (opt_out.since, opt_out.reason)
    return suppressed
