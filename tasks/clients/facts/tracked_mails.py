"""Mails of which the provider was asked to report the opens: when each arrived, and whether a person opened it."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Select, Subquery, case, func, select

from models.database.clock import aware
from models.database.given import in_values
from models.tables import events, messages
from programme.care.health import Bounds, TrackedMail
from programme.inbound.events import EventKind
from programme.terms.schema import HealthTerms
from programme.words.dates import midnight_in_amsterdam


def read_tracked_mails(connection: Connection, recipients: Collection[str]) -> dict[str, list[TrackedMail]]:
    """The mails that arrived at these addresses and whose opens are tracked, by recipient."""
    found: dict[str, list[TrackedMail]] = defaultdict(list)
    wanted = [recipient for recipient in recipients if recipient]
    if not wanted:
        return found
    arrived = _arrived(_opened_moment())
    arrived = arrived.where(in_values(messages.c.recipient, wanted))
    for row in connection.execute(arrived):
        opened_at = aware(row.opened_at) if row.opened_at else None
        mail = TrackedMail(row.message_id, row.client_id, aware(row.arrived_at), opened_at)
        found[row.recipient].append(mail)
    return found


def last_unopened(terms: HealthTerms, bounds: Bounds, as_of: date, *of: Any) -> Subquery:
    """The addresses whose last mails no person opened, as the rule newest_unopened has it: recipient, message_id.

    Args:
        of: conditions on the messages, for a query about some addresses; they must take all mails of an address.
    """
    until = midnight_in_amsterdam(bounds.mail_until + timedelta(days=1))
    tomorrow = midnight_in_amsterdam(as_of + timedelta(days=1))
    is_opened = func.max(case((_is_human_open() & (events.c.occurred_at < tomorrow), 1), else_=0))
    arrived = _arrived(is_opened).where(*of).having(_arrived_moment() < until).subquery("arrived")
    place = func.row_number().over(
        partition_by=arrived.c.recipient, order_by=(arrived.c.arrived_at.desc(), arrived.c.message_id.desc())
    )
    placed = select(arrived, place.label("place")).subquery("placed")
    newest = func.max(case((placed.c.place == 1, placed.c.message_id))).label("message_id")
    return (
        select(placed.c.recipient, newest)
        .where(placed.c.place <= terms.unopened_messages)
        .group_by(placed.c.recipient)
        .having(func.count() == terms.unopened_messages, func.max(placed.c.opened_at) == 0)
        .subquery("unopened")
    )


def _arrived(opened: Any) -> Select[Any]:
    """One row a tracked mail: recipient, client_id, message_id, arrived_at, opened_at."""
    return (
        select(
            *messages.c["recipient", "client_id", "message_id"],
            _arrived_moment().label("arrived_at"),
            opened.label("opened_at"),
        )
        .join_from(messages, events, events.c.message_id == messages.c.message_id)
        .where(messages.c.is_tracked.is_(True), messages.c.recipient != "")
        .where(events.c.kind.in_([EventKind.DELIVERED.value, EventKind.OPENED.value]))
        .group_by(*messages.c["recipient", "client_id", "message_id"])
    )


def _arrived_moment() -> Any:
    """An open proves that a mail arrived, when the provider's report of the arrival was lost."""
    is_delivery = events.c.kind == EventKind.DELIVERED.value
    return func.coalesce(func.min(case((is_delivery, events.c.occurred_at))), func.min(events.c.occurred_at))


def _opened_moment() -> Any:
    return func.min(case((_is_human_open(), events.c.occurred_at)))


def _is_human_open() -> Any:
    return (events.c.kind == EventKind.OPENED.value) & events.c.is_machine.is_(False)
