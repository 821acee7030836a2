"""Open tasks that are over: what they asked for is done, the client refused, or they are too old."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, exists, select, update

from models.database.bulk import batches
from models.database.clock import aware
from models.database.given import in_values
from models.present import invoices, quotes
from models.tables import people_tasks, task_invoices
from programme.care.outcomes import TaskChannel, TaskState
from programme.care.signals import Reach, SignalKind, has_ordered_since, may_call, refuses_marketing
from programme.care.tick import Tick
from programme.facts.records import Recipient
from programme.rules.recipient_day import day_of
from programme.words.dates import day_in_amsterdam
from programme.words.states import Purpose
from tasks.care.people.signals.daily import JUDGED_AT_ONCE, read_phones
from tasks.clients.facts.audience import read_recipients


def end_tasks(connection: Connection, tick: Tick) -> None:
    """Cancel and expire the open tasks of the daily look. Safe to run twice."""
    _end(connection, tick, _paid(connection, tick), TaskState.CANCELLED)
    cancelled, expired = _of_marketing(connection, tick)
    _end(connection, tick, cancelled, TaskState.CANCELLED)
    _end(connection, tick, expired, TaskState.EXPIRED)


def _paid(connection: Connection, tick: Tick) -> list[str]:
    """Tasks of which every invoice is paid, or is no longer in the export."""
    own, covered, bill = people_tasks.c, task_invoices.c, invoices.c
    is_unpaid = bill.paid_on.is_(None) | (bill.paid_on > tick.day)
    is_owed = exists().where(covered.task_id == own.task_id, bill.invoice_id == covered.invoice_id, is_unpaid)
    is_ours = (own.kind == SignalKind.OVERDUE_INVOICE.value) & (own.state == TaskState.OPEN.value)
    return list(connection.scalars(select(own.task_id).where(is_ours, ~is_owed)))


def _of_marketing(connection: Connection, tick: Tick) -> tuple[list[str], list[str]]:
    """(cancelled, expired) of the open marketing tasks."""
    own = people_tasks.c
    wanted = select(*own["task_id", "kind", "client_id", "cause", "channel", "made_at"]).where(
        own.state == TaskState.OPEN.value, own.purpose == Purpose.MARKETING.value
    )
    rows = connection.execute(wanted.order_by(own.client_id)).all()
    cancelled: list[str] = []
    for part in batches(rows, JUDGED_AT_ONCE):
        cancelled += _refused(connection, tick, part)
    over = set(cancelled)
    expired = [row.task_id for row in rows if row.task_id not in over and _is_old(tick, row)]
    return cancelled, expired


def _refused(connection: Connection, tick: Tick, rows: Iterable[Row[Any]]) -> list[str]:
    """Those of who refuses or is gone, calls that may not or cannot be made, and quotes with an order since."""
    rows = list(rows)
    ids = sorted({row.client_id for row in rows})
    found = {
        client.client_id: recipient
        for recipient in read_recipients(connection, tick.programme, ids, tick.day)
        for client in recipient.clients
    }
    phones = read_phones(connection, ids)
    decided = _decided(connection, [row.cause for row in rows if row.kind == SignalKind.EXIT_CALL])
    return [row.task_id for row in rows if _is_over(tick, row, found.get(row.client_id), phones, decided)]


def _is_over(
    tick: Tick, row: Row[Any], recipient: Recipient | None, phones: frozenset[str], decided: dict[str, Any]
) -> bool:
    if recipient is None:
        return True
    client, day = recipient.client(row.client_id), day_of(tick.programme, recipient, tick.day)
    if client.is_erased or refuses_marketing(day):
        return True
    if row.channel == TaskChannel.PHONE and not may_call(Reach(day, phones), client):
        return True
    decided_on = decided.get(row.cause) if row.kind == SignalKind.EXIT_CALL else None
    return decided_on is not None and has_ordered_since(client, decided_on, tick.day)


def _decided(connection: Connection, quote_ids: list[str]) -> dict[str, Any]:
    own = quotes.c
    is_one = in_values(own.quote_id, quote_ids)
    return {
        row.quote_id: row.decided_on for row in connection.execute(select(own.quote_id, own.decided_on).where(is_one))
    }


def _is_old(tick: Tick, row: Row[Any]) -> bool:
    days = getattr(tick.programme.signals, row.kind).expires_days
    return day_in_amsterdam(aware(row.made_at)) + timedelta(days=days) <= tick.day


def _end(connection: Connection, tick: Tick, task_ids: list[str], state: TaskState) -> None:
    own = people_tasks.c
    for ids in batches(task_ids, JUDGED_AT_ONCE):
        is_one = in_values(own.task_id, ids)
        ended = update(people_tasks).where(is_one, own.state == TaskState.OPEN.value)
        connection.execute(ended.values(state=state.value, ended_at=tick.at))
