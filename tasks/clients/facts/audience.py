"""All known facts of some recipients, read in about a dozen queries whatever the number of recipients."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import starmap
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, func, or_, select

from models import present, tables
from models.database.given import in_given, not_in_given
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
from tasks.clients.facts.handed_over import Leaving, read_handed_over
from tasks.clients.facts.open_cases import read_staying
from tasks.clients.facts.preferences import read_preferences
from tasks.clients.facts.referrals import read_referrals
from tasks.clients.facts.rows import CLIENT, PROJECT, make_client

_NOT_SUPPRESSED: tuple[date | None, str | None] = (None, None)

# The statements, made once: to make one anew, and to look up what SQLAlchemy knows of it, takes longer than to run it
# for a few clients.
_CLIENTS, _REFERRALS, _MESSAGES = present.clients.c, present.referrals.c, tables.messages.c
_SUPPRESSIONS, _ACTIVITY = tables.suppressions.c, tables.activity.c
_ASKED = select(*CLIENT).where(in_given(_CLIENTS.client_id, "ids"))
_WITH_THEIR_ADDRESSES = (
    select(*CLIENT).where(in_given(_CLIENTS.recipient, "addresses")).where(not_in_given(_CLIENTS.client_id, "ids"))
)
_RECIPIENTS = select(_CLIENTS.client_id, _CLIENTS.recipient).where(in_given(_CLIENTS.client_id, "ids"))
_PROJECTS = select(*PROJECT).where(in_given(present.projects.c.client_id, "ids"))
_QUOTES = select(*(present.quotes.c[name] for name in Quote._fields)).where(in_given(present.quotes.c.client_id, "ids"))
_INVOICES = select(*(present.invoices.c[name] for name in Invoice._fields)).where(
    in_given(present.invoices.c.client_id, "ids")
)
_FEEDBACK = select(*(present.feedback.c[name] for name in Feedback._fields)).where(
    or_(in_given(present.feedback.c.client_id, "ids"), in_given(present.feedback.c.project_id, "project_ids"))
)
_LAST_ACTIVITY = (
    select(_ACTIVITY.client_id, func.max(_ACTIVITY.occurred_on).label("latest"))
    .where(in_given(_ACTIVITY.client_id, "ids"))
    .where(_ACTIVITY.occurred_on <= bindparam("as_of"), is_valid(tables.activity))
    .group_by(_ACTIVITY.client_id)
)
_REFERRED = select(_REFERRALS.referred_client_id).where(in_given(_REFERRALS.referrer_id, "ids"))
# All messages, whatever their date, because messages close keys. With one OR for both, SQLite reads most rows twice.
_MESSAGES_OF_CLIENTS = select(*(_MESSAGES[name] for name in PastMessage._fields)).where(
    in_given(_MESSAGES.client_id, "ids")
)
_MESSAGES_TO_ADDRESSES = (
    select(*(_MESSAGES[name] for name in PastMessage._fields))
    .where(in_given(_MESSAGES.recipient, "addresses"))
    .where(not_in_given(_MESSAGES.client_id, "ids"))
)
_SUPPRESSED = select(*_SUPPRESSIONS["email", "since", "reason"]).where(in_given(_SUPPRESSIONS.email, "addresses"))


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
    asked = connection.execute(_ASKED, {"ids": client_ids}).all()
    addresses = list({row.recipient for row in asked if row.recipient})
    others = connection.execute(_WITH_THEIR_ADDRESSES, {"addresses": addresses, "ids": client_ids})
    records = [*asked, *others.all()]
    codes = read_codes(connection, [client_id for client_id, *_ in records])
    return [(*record, codes.get(record[0], "")) for record in sorted(records, key=itemgetter(0))]


def _read_facts(
    connection: Connection, programme: Programme, ids: list[str], as_of: date, with_activity: bool
) -> _Facts:
    projects = _by_client(connection, _PROJECTS, Project, ids, "delivered_on")
    owner_of = {project.project_id: client_id for client_id, each in projects.items() for project in each}
    feedback, feedback_of_others = read_feedback(connection, ids, owner_of)
    return _Facts(
        projects,
        feedback,
        feedback_of_others,
        read_quotes(connection, ids),
        _by_client(connection, _INVOICES, Invoice, ids, "due_on"),
        read_won_referrals(connection, programme, ids),
        _read_last_activity(connection, ids, as_of) if with_activity else {},
        read_staying(connection, feedback_of_others),
    )


def _by_client(
    connection: Connection, query: Select[Any], make: Callable[..., Any], ids: list[str], day: str
) -> dict[str, list[Any]]:
    """The facts of these clients by client id, each list sorted by its day, then id."""
    found: dict[str, list[Any]] = defaultdict(list)
    for row in connection.execute(query, {"ids": ids}).all():
        fact = make(*row)
        found[fact.client_id].append(fact)
    for rows in found.values():
        if len(rows) > 1:
            rows.sort(key=lambda fact: (getattr(fact, day) or date.max, fact[0]))
    return found


def read_quotes(connection: Connection, ids: list[str]) -> dict[str, list[Quote]]:
    """The quotes of these clients by client id, each list by the day of sending, then id."""
    return _by_client(connection, _QUOTES, Quote, ids, "sent_on")


def read_feedback(
    connection: Connection, ids: list[str], owner_of: Mapping[str, str]
) -> tuple[dict[str, list[Feedback]], dict[str, list[Feedback]]]:
    """Feedback that these clients gave, and feedback of others about their projects, each list by date, then id.

    Args:
        owner_of: the client of each of their projects.
    """
    own: dict[str, list[Feedback]] = defaultdict(list)
    of_others: dict[str, list[Feedback]] = defaultdict(list)
    rows = connection.execute(_FEEDBACK, {"ids": ids, "project_ids": [*owner_of]}).all()
    for row in sorted(starmap(Feedback, rows), key=lambda row: (row.given_on, row[0])):
        own[row.client_id].append(row)
        owner = owner_of.get(row.project_id or "")
        if owner is not None and owner != row.client_id:
            of_others[owner].append(row)
    return own, of_others


def _read_last_activity(connection: Connection, ids: list[str], as_of: date) -> dict[str, date]:
    return {row.client_id: row.latest for row in connection.execute(_LAST_ACTIVITY, {"ids": ids, "as_of": as_of})}


def read_won_referrals(connection: Connection, programme: Programme, ids: list[str]) -> dict[str, list[WonReferral]]:
    """The referrals that can qualify and count for tiers, by referrer, each list by referral id."""
    referred = [*{friend for friend in connection.scalars(_REFERRED, {"ids": ids}) if friend}]
    addresses = {row.client_id: row.recipient for row in connection.execute(_RECIPIENTS, {"ids": referred})}
    if not addresses:
        return {}
    rivals = read_referrals(connection, list(addresses))
    projects = _by_client(connection, _PROJECTS, Project, list(addresses), "delivered_on")
    found: dict[str, list[WonReferral]] = defaultdict(list)
    for friend, address in sorted(addresses.items()):
        of_partners = {each.referral_id for each in rivals[friend] if is_of_partner(programme.partners, each)}
        for won in won_referrals(programme.referral, friend, address, rivals[friend], projects.get(friend, ())):
            if won.referral_id not in of_partners:
                found[won.referrer_id].append(won)
    return found


def _read_history(connection: Connection, address_of: Mapping[str, str], addresses: list[str]) -> _History:
    """All messages of the clients and to the addresses. `address_of`: the present address of each client."""
    asked = {"addresses": addresses, "ids": [*address_of]}
    by_client: dict[str, list[PastMessage]] = defaultdict(list)
    of_others: dict[str, list[PastMessage]] = defaultdict(list)
    for message in starmap(PastMessage, connection.execute(_MESSAGES_OF_CLIENTS, asked).all()):
        by_client[message.client_id].append(message)
        if message.recipient and message.recipient != address_of[message.client_id]:
            of_others[message.recipient].append(message)  # its client has left this address since
    for message in starmap(PastMessage, connection.execute(_MESSAGES_TO_ADDRESSES, asked).all()):
        of_others[message.recipient].append(message)
    return _History(by_client, of_others, _read_suppressed(connection, address_of, addresses))


def _read_suppressed(
    connection: Connection, address_of: Mapping[str, str], addresses: list[str]
) -> dict[tuple[str, str], tuple[date, str]]:
    """Rule 2: from when, and why. A person's opt-out outlives his address, also when no other came in its place."""
    found = connection.execute(_SUPPRESSED, {"addresses": addresses})
    suppressed = {(email, ""): (since, reason) for email, since, reason in found}
    for address, opt_out in read_opt_outs(connection, addresses).items():
        if (address, "") not in suppressed or opt_out.since < suppressed[address, ""][0]:
            suppressed[address, ""] = (opt_out.since, opt_out.reason)
    alone = [client_id for client_id, address in address_of.items() if not address]
    for client_id, opt_out in (read_own_opt_outs(connection, alone) if alone else {}).items():
        suppressed["", client_id] = (opt_out.since, opt_out.reason)
    return suppressed
