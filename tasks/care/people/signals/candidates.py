"""Who may have a signal of the daily look: by SQL over what is recent, never over the whole base.

Each query finds at least every client of whom the rules say so (a property test checks that).
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, and_, case, exists, func, literal, or_, select

from models.database.bulk import batches
from models.database.given import in_values
from models.present import clients, interactions, invoices, projects, quotes
from models.tables import activity, events, messages, task_invoices
from programme.care.health import bounds_at
from programme.care.signals import BUILD_CHECK, WIN_BACK, SignalKind
from programme.care.tick import Tick
from programme.inbound.events import EventKind
from programme.rules.due import due_anchors
from programme.words.dates import midnight_in_amsterdam
from programme.words.states import Channel, Direction, QuoteDecision
from tasks.care.people.signals.prompt import has_task
from tasks.clients.anchor_queries import is_valid
from tasks.clients.facts.tracked_mails import last_unopened
from tasks.clients.selection import LOOKED_UP_AT_ONCE


def overdue_clients(connection: Connection, tick: Tick) -> set[str]:
    """Clients with an invoice that is so long over its date and that no task covered."""
    own, terms, day = invoices.c, tick.programme.signals.overdue_invoice, tick.day
    # Months differ in length: three days more than the longest month are never too few.
    most = terms.overdue_after.days + 31 * terms.overdue_after.months + 3
    query = (
        select(own.client_id)
        .where(own.due_on.between(day - timedelta(days=terms.within_days + most), day))
        .where(or_(own.paid_on.is_(None), own.paid_on > day))
        .where(~exists().where(task_invoices.c.invoice_id == own.invoice_id))
    )
    return set(connection.scalars(query))


def building_clients(connection: Connection, tick: Tick) -> set[str]:
    """Clients with a project in the window of the build check that had no task."""
    touchpoint = tick.programme.touchpoints.get(BUILD_CHECK)
    anchors = due_anchors(tick.programme, touchpoint, tick.day) if touchpoint else None
    if anchors is None:
        return set()
    own, above = projects.c, tick.programme.signals.build_check.value_above_cents
    query = (
        select(own.client_id)
        .join_from(projects, clients, clients.c.client_id == own.client_id)
        .where(own.delivered_on.between(*anchors), clients.c.erased_on.is_(None))
        .where(or_(own.value_cents > above, clients.c.channel == Channel.PHONE.value))
        .where(~has_task(SignalKind.BUILD_CHECK, own.project_id))
    )
    return set(connection.scalars(query))


def rejecting_clients(connection: Connection, tick: Tick) -> set[str]:
    """Clients with a large quote that they rejected lately and that had no task."""
    own, terms = quotes.c, tick.programme.signals.exit_call
    query = (
        select(own.client_id)
        .where(own.decision == QuoteDecision.REJECTED.value)
        .where(own.decided_on.between(tick.day - timedelta(days=terms.within_days), tick.day))
        .where(own.value_cents >= terms.value_from_cents, ~has_task(SignalKind.EXIT_CALL, own.quote_id))
    )
    return set(connection.scalars(query))


def quiet_clients(connection: Connection, tick: Tick) -> set[str]:
    """Clients who would rather be called or written, of an address that was last active in the win-back's window."""
    touchpoint = tick.programme.touchpoints.get(WIN_BACK)
    anchors = due_anchors(tick.programme, touchpoint, tick.day) if touchpoint else None
    if anchors is None:
        return set()
    later = activity.alias("later")
    is_later = exists().where(
        later.c.client_id == activity.c.client_id,
        later.c.occurred_on > anchors[1],
        later.c.occurred_on <= tick.day,
        is_valid(later),
    )
    query = (
        select(clients.c.client_id, clients.c.recipient)
        .join_from(activity, clients, clients.c.client_id == activity.c.client_id)
        .where(activity.c.occurred_on.between(*anchors), is_valid(activity), ~is_later)
        .distinct()
    )
    found: set[str] = set()
    for part in batches(connection.execute(query).all(), LOOKED_UP_AT_ONCE):
        found.update(_rather_called(connection, part))
    return found


def _rather_called(connection: Connection, part: Iterable[Any]) -> set[str]:
    """Of these clients, and of those who share an address with one, who prefers phone or post."""
    own, part = clients.c, list(part)
    is_one = in_values(own.client_id, [row.client_id for row in part])
    is_theirs = in_values(own.recipient, [row.recipient for row in part if row.recipient])
    rather = own.channel.in_([Channel.PHONE.value, Channel.POST.value])
    return {
        client_id
        for condition in (is_one, is_theirs)
        for client_id in connection.scalars(select(own.client_id).where(condition, rather, own.erased_on.is_(None)))
    }


def unreading_recipients(connection: Connection, tick: Tick) -> list[str]:
    """Addresses of which no person opened the last mails, the newest of them arrived lately."""
    terms, day = tick.programme.signals.channel_change, tick.day
    since = midnight_in_amsterdam(day - timedelta(days=terms.within_days))
    own = messages.c
    # An event is received after it happened; a day for clocks that differ.
    recent = (
        select(own.recipient)
        .join_from(events, messages, own.message_id == events.c.message_id)
        .where(events.c.received_at >= since - timedelta(days=1), events.c.occurred_at >= since)
        .where(events.c.kind.in_([EventKind.DELIVERED.value, EventKind.OPENED.value]))
        .where(own.is_tracked.is_(True), own.recipient != "")
    )
    health = tick.programme.health
    unopened = last_unopened(health, bounds_at(health, day), day, own.recipient.in_(recent))
    return sorted(connection.scalars(select(unopened.c.recipient)))


def contacting_recipients(connection: Connection, tick: Tick) -> list[tuple[str, int]]:
    """(client id, number) of each recipient with more contacts than the limit: the record with the latest one."""
    terms, own = tick.programme.signals.many_contacts, interactions.c
    first = tick.day - timedelta(days=terms.within_days - 1)
    is_known = and_(own.occurred_on <= tick.day, or_(own.occurred_at.is_(None), own.occurred_at <= tick.at))
    # Clients without an address share nothing: each is a group of its own, which no address can look like.
    group = case((clients.c.recipient == "", literal(" ").concat(clients.c.client_id)), else_=clients.c.recipient)
    inbound = (
        select(group.label("recipient"), clients.c.client_id, own.occurred_on)
        .join_from(interactions, clients, clients.c.client_id == own.client_id)
        .where(own.occurred_on >= first, is_known, own.direction == Direction.IN.value, clients.c.erased_on.is_(None))
        .subquery("inbound")
    )
    often = (select(inbound.c.recipient).group_by(inbound.c.recipient).having(func.count() > terms.more_than)).subquery(
        "often"
    )
    query = (
        select(inbound.c.recipient, inbound.c.client_id, func.count(), func.max(inbound.c.occurred_on).label("latest"))
        .join_from(inbound, often, often.c.recipient == inbound.c.recipient)
        .group_by(inbound.c.recipient, inbound.c.client_id)
    )
    records: dict[str, list[tuple[date, str, int]]] = {}
    for recipient, client_id, number, latest in connection.execute(query):
        records.setdefault(recipient, []).append((latest, client_id, number))
    return sorted(
        (min(found, key=lambda record: (-record[0].toordinal(), record[1]))[1], sum(record[2] for record in found))
        for found in records.values()
    )
