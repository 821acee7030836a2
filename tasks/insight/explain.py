"""Reads everything that is known about one client, to explain what the client gets and why."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, Engine, FromClause, Row, select

from models import present, tables
from models.database.clock import aware
from models.database.engine import reading
from models.database.given import in_values
from models.suppressions import LIFTED, SUPPRESSED, read_opt_outs
from programme.care.health import Health, TrackedMail, health_of
from programme.facts.known import known_at
from programme.facts.records import Client, Recipient
from programme.insight.forecast import Forecast, forecast
from programme.insight.set_aside import SetAside
from programme.insight.timeline import (
    Bill,
    Contact,
    Fact,
    GivenAnswer,
    Introduction,
    ListChange,
    Records,
    timeline,
)
from programme.rules.groups.segments import segment_of
from programme.rules.groups.tiers import TierMeasure, measure_of, tier_of, tier_reached_on
from programme.rules.recipient_day import RecipientDay
from programme.terms.schema import Programme
from programme.words.dates import day_in_amsterdam
from programme.words.states import Consent
from tasks.clients.facts.audience import read_recipients
from tasks.clients.facts.tracked_mails import read_tracked_mails
from tasks.clients.lookup import require_client
from tasks.insight.case_ends import read_case_ends
from tasks.insight.message_log import read_decisions, read_messages
from tasks.insight.set_aside import held_since, read_set_aside
from tasks.runs.taking_up.judging_again import foresee_of

FORECAST_DAYS = 90
MOST_RECORDS = 50  # records with one address; with more, facts and forecast are of the requested record only

Line = TypeVar("Line", bound=NamedTuple)


class ClientHeld(Exception):
    """The export no longer has the client, so nothing else can be explained; `since` is the first such day."""

    def __init__(self, since: date) -> None:
        super().__init__(f"the export has not had this client since {since.isoformat()}; nothing about it counts")
        self.since = since


class ClientCard(NamedTuple):
    """A client record as the CRM has it."""

    client_id: str
    name: str
    email: str | None
    phone: str | None
    kind: str
    consent: str
    channel: str
    phone_consent: bool | None
    tracking_consent: bool | None
    created_on: date | None
    erased_on: date | None


class Suppression(NamedTuple):
    """The suppression of the address; `earlier_address` is set when the opt-out was given under an earlier address."""

    since: date
    reason: str
    earlier_address: str | None = None


class MailEvent(NamedTuple):
    """The first event of its kind for a message; `is_machine` matters for opens only."""

    message_id: str
    kind: str
    on: date
    is_machine: bool


@dataclass(frozen=True)
class Explanation:
    """Everything about one client on one day.

    Attributes:
        client, recipient: as known on `as_of`; the recipient with all records of the same address.
        cards: one for each record of the recipient, by client id.
        facts: of all records, dated on or before `as_of`, in order of day.
        later_facts: the number of facts dated after it.
        decisions: rows of the log about this client, in order of day.
        messages: rows of the log about any record of the recipient (with more than MOST_RECORDS: about the client),
            in order of day.
        events: by message id, each list in order of time.
        tracked: the mails to the address whose opens were asked for; the health asks for them.
        health: None of a client who was erased.
        set_aside: facts of any record that the import set aside, as of now.
    """

    client: Client
    recipient: Recipient
    as_of: date
    cards: tuple[ClientCard, ...]
    suppression: Suppression | None
    facts: tuple[Fact, ...]
    later_facts: int
    segment: str
    tier: str | None
    tier_since: date | None
    measure: TierMeasure
    health: Health | None
    decisions: tuple[Row[Any], ...]
    messages: tuple[Row[Any], ...]
    events: dict[str, list[MailEvent]]
    forecast: Forecast
    set_aside: tuple[SetAside, ...]
    tracked: tuple[TrackedMail, ...] = ()


def read_explanation(
    engine: Engine, programme: Programme, client_id: str, as_of: date, days: int = FORECAST_DAYS
) -> Explanation:
    """Everything about one client as of a day; decisions and messages whatever their date.

    Args:
        days: the length of the forecast.

    Raises:
        UnknownClient: the message names similar clients.
        ClientHeld: the export no longer has the client.
    """
    require_client(engine, client_id)
    if since := held_since(engine, client_id):
        raise ClientHeld(since)
    with reading(engine) as connection:
        return _read(connection, programme, client_id, as_of, days)


def _read(connection: Connection, programme: Programme, client_id: str, as_of: date, days: int) -> Explanation:
    (found,) = read_recipients(connection, programme, [client_id], as_of)
    ids = [client.client_id for client in found.clients]
    known = known_at(found, as_of)
    client = known.client(client_id)
    own = _own_part(found, client_id)
    shown = [each.client_id for each in own.clients]
    facts = timeline(programme, _read_records(connection, own, shown))
    tier = tier_of(programme, client, as_of)
    mails = read_tracked_mails(connection, [found.address]).get(found.address, [])
    messages = [row for each in shown for row in read_messages(connection, client_id=each)]
    return Explanation(
        client,
        known,
        as_of,
        tuple(_read_all(connection, ClientCard, present.clients, "client_id", ids)),
        _read_suppression(connection, found.address, as_of),
        tuple(fact for fact in facts if fact.on <= as_of),
        sum(1 for fact in facts if fact.on > as_of),
        segment_of(programme, client, as_of),
        tier.id if tier else None,
        tier_reached_on(programme, client, as_of),
        measure_of(client, as_of),
        None if client.is_erased else health_of(programme, client, known, mails, as_of),
        tuple(read_decisions(connection, client_id=client_id)),
        tuple(sorted(messages, key=lambda row: (row.as_of, row.touchpoint, row.occasion))),
        _read_events(connection, [row.message_id for row in messages]),
        _own_forecast(connection, programme, found, client_id, as_of, days),
        read_set_aside(connection, ids),
        tuple(mails),
    )


def _own_part(found: Recipient, client_id: str) -> Recipient:
    """The recipient; when thousands of records share the address, only the client's own record."""
    if len(found.clients) <= MOST_RECORDS:
        return found
    return replace(found, clients=(found.client(client_id),))


def _own_forecast(
    connection: Connection, programme: Programme, told: Recipient, client_id: str, as_of: date, days: int
) -> Forecast:
    """The forecast; of an address with many records the client's alone, judged by what any of them means for it."""
    left_over = foresee_of(connection, programme, told, as_of)
    if len(told.clients) <= MOST_RECORDS:
        return forecast(programme, told, as_of, days, left_over)
    kept = {client_id, *_who_decide(programme, told, as_of)}
    judged = replace(told, clients=tuple(client for client in told.clients if client.client_id in kept))
    found = forecast(programme, judged, as_of, days, left_over)
    return Forecast(
        tuple(each for each in found.prospects if each.client_id == client_id),
        tuple(each for each in found.not_due if each.client_id == client_id),
    )


def _who_decide(programme: Programme, told: Recipient, as_of: date) -> Iterator[str]:
    """For each rule that asks all records of an address (programme 4, rules 3 and 6) the first that answers it."""
    alone = [(each, RecipientDay(programme, replace(told, clients=(each,)), as_of)) for each in told.clients]
    rules: tuple[Callable[[Client, RecipientDay], bool], ...] = (
        lambda client, _: client.consent == Consent.NO,
        lambda _, day: day.allows_marketing,
        lambda _, day: day.has_open_case,
        lambda _, day: day.has_running_project,
        lambda _, day: day.owes_an_invoice,
    )
    for rule in rules:
        yield from (client.client_id for client, day in islice((one for one in alone if rule(*one)), 1))


def _read_records(connection: Connection, found: Recipient, ids: list[str]) -> Records:
    comments = present.feedback.c
    query = select(comments.feedback_id, comments.comment).where(
        in_values(comments.client_id, ids), comments.comment.is_not(None)
    )
    return Records(
        found.clients,
        tuple(_read_all(connection, Contact, present.interactions, "client_id", ids)),
        tuple(_read_all(connection, Bill, present.invoices, "client_id", ids)),
        tuple(_read_all(connection, Introduction, present.referrals, "referrer_id", ids)),
        tuple(_read_all(connection, GivenAnswer, tables.answers, "client_id", ids)),
        _read_list_changes(connection, found.address),
        tuple((row.feedback_id, row.comment) for row in connection.execute(query)),
        found.preferences,
        read_case_ends(connection, [given.feedback_id for client in found.clients for given in client.feedback]),
    )


def _read_all(connection: Connection, make: type[Line], table: FromClause, owner: str, ids: list[str]) -> list[Line]:
    """The rows of some clients as `make`, whose fields are columns of the table, in the order of its primary key."""
    fields: tuple[str, ...] = make._fields
    query = select(*(table.c[name] for name in fields)).where(in_values(table.c[owner], ids))
    return [make(*row) for row in connection.execute(query.order_by(*table.primary_key))]


def _read_suppression(connection: Connection, address: str, as_of: date) -> Suppression | None:
    table = tables.suppressions.c
    query = select(table.since, table.reason).where(table.email == address, table.since <= as_of)
    row = connection.execute(query).first() if address else None
    earlier = read_opt_outs(connection, [address]).get(address) if address else None
    if earlier and earlier.since <= as_of and (row is None or earlier.since < row.since):
        return Suppression(earlier.since, earlier.reason, earlier.email)
    return Suppression(row.since, row.reason) if row else None


def _read_list_changes(connection: Connection, address: str) -> tuple[ListChange, ...]:
    """The changes in the history; the list itself replaces them where it is older than the history."""
    if not address:
        return ()
    history, listed = tables.consent_history.c, tables.suppressions.c
    rows = connection.execute(
        select(history.since, history.changed_at, history.change, history.reason, history.by_name)
        .where(history.recipient == address, history.change.in_([SUPPRESSED, LIFTED]))
        .order_by(history.changed_at, history.id)
    ).all()
    changes = [ListChange(_day_of(row), row.change, row.reason, row.by_name) for row in rows]
    if not any(change.change == "suppressed" for change in changes):
        for row in connection.execute(select(listed.since, listed.reason).where(listed.email == address)):
            changes.append(ListChange(row.since, "suppressed", row.reason, None))
    return tuple(changes)


def _day_of(row: Any) -> date:
    """The day of a change: a suppression counts from its own day, a lifting from the day on which it was done."""
    if row.change == "suppressed" and row.since:
        return row.since
    return day_in_amsterdam(aware(row.changed_at))


def _read_events(connection: Connection, message_ids: list[str]) -> dict[str, list[MailEvent]]:
    """The first event of each kind for each message; opens by machines and by people are separate."""
    table = tables.events.c
    query = (
        select(table.message_id, table.kind, table.occurred_at, table.is_machine)
        .where(in_values(table.message_id, message_ids))
        .order_by(table.occurred_at, table.id)
    )
    found: dict[str, list[MailEvent]] = {}
    seen = set()
    for row in connection.execute(query):
        key = (row.message_id, row.kind, row.is_machine)
        if key not in seen:
            seen.add(key)
            day = day_in_amsterdam(aware(row.occurred_at))
            found.setdefault(row.message_id, []).append(MailEvent(row.message_id, row.kind, day, row.is_machine))
    return found
