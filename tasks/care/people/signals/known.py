"""Causes that had their task or were told to have no way, and whom an open case holds back."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from models.database.given import in_values
from models.present import clients
from models.tables import care_lines, cases, people_tasks, task_invoices
from programme.care.cases.case import CaseState
from programme.care.lines import Did
from programme.care.outcomes import TaskState
from programme.care.signals import SignalKind


class Held(NamedTuple):
    """Whom an open case holds back: by address, and by client for who has none."""

    recipients: frozenset[str]
    clients: frozenset[str]

    def holds(self, recipient: str, client_id: str) -> bool:
        """Whether this client is one of them."""
        return recipient in self.recipients if recipient else client_id in self.clients


def read_held(connection: Connection) -> Held:
    """The recipients with an open case that care follows."""
    query = (
        select(cases.c.client_id, clients.c.recipient)
        .outerjoin(clients, clients.c.client_id == cases.c.client_id)
        .where(cases.c.state == CaseState.OPEN.value)
    )
    rows = connection.execute(query).all()
    return Held(frozenset(row.recipient for row in rows if row.recipient), frozenset(row.client_id for row in rows))


def known_causes(connection: Connection, kind: SignalKind, causes: Collection[str]) -> set[str]:
    """Those of the causes that had a task of this kind, under whichever client."""
    if not causes:
        return set()
    own = people_tasks.c
    is_one = in_values(own.cause, causes)
    return set(connection.scalars(select(own.cause).where(own.kind == kind.value, is_one)))


def known_ids(connection: Connection, task_ids: Collection[str]) -> set[str]:
    """Those of the ids that are tasks."""
    own = people_tasks.c.task_id
    return set(connection.scalars(select(own).where(in_values(own, task_ids))))


def told_no_way(connection: Connection, task_ids: Collection[str]) -> set[str]:
    """Those of the ids for which it was told that nobody may or can call or write."""
    own = care_lines.c
    is_one = in_values(own.task_id, task_ids)
    return set(connection.scalars(select(own.task_id).where(own.did == Did.NO_WAY.value, is_one)))


class Made(NamedTuple):
    """A task of one kind that some client has, or had."""

    client_id: str
    made_at: datetime
    is_open: bool


def made_since(connection: Connection, kind: SignalKind, since: datetime) -> list[Made]:
    """The tasks of a kind that are open, or were made since then, or were told to have no way since then."""
    own, lines = people_tasks.c, care_lines.c
    is_wanted = (own.state == TaskState.OPEN.value) | (own.made_at >= since)
    rows = connection.execute(select(own.client_id, own.made_at, own.state).where(own.kind == kind.value, is_wanted))
    found = [Made(row.client_id, row.made_at, row.state == TaskState.OPEN) for row in rows]
    told = connection.execute(
        select(lines.task_id, lines.at).where(
            lines.did == Did.NO_WAY.value, lines.at >= since, lines.task_id.like(f"{kind}:%")
        )
    )
    return [*found, *(Made(_client_of(row.task_id), row.at, False) for row in told)]


def covered_invoices(connection: Connection, invoice_ids: Iterable[str]) -> set[str]:
    """Those of the invoices that a task covered."""
    own = task_invoices.c.invoice_id
    return set(connection.scalars(select(own).where(in_values(own, list(invoice_ids)))))


def _client_of(task_id: str) -> str:
    """`{kind}:{client}:{cause}`; the causes of these kinds hold no colon, a client id may."""
    return task_id.partition(":")[2].rpartition(":")[0]
