"""The few clients of whom more is known than their own row and their projects say.

Few have an open case, an overdue invoice, a referral, an earlier address or a choice of preferences. These are found
once a pass, from the tables that say so; nobody else is looked up there.
"""

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, or_, select, text

from models import present, tables
from models.clients import MAY_NOTE_DEATH
from models.events import CHOSEN
from programme.terms.schema import Programme
from programme.words.dates import day_from
from tasks.clients.facts.open_cases import read_open_cases
from tasks.clients.facts.rows import read_rows


class Marked(NamedTuple):
    """The few clients of whom one of the smaller tables says something.

    Attributes:
        apart: clients and addresses that are judged alone.
        with_case: clients with an open case, or whose project has one.
        owing: clients with an overdue invoice.
        referrers: clients who referred somebody.
        any: those of whom it matters; of a referrer it does when a referral of his can count.
    """

    apart: frozenset[str]
    with_case: frozenset[str]
    owing: frozenset[str]
    referrers: frozenset[str]
    any: frozenset[str]


def read_marks(connection: Connection, programme: Programme, as_of: date) -> Marked:
    """The marks as of the day."""
    clients, earlier, chosen = present.clients, tables.earlier_recipients, tables.consent_history

    def read(*queries: Select[Any]) -> frozenset[str]:
        return frozenset(row[0] for query in queries for row in read_rows(connection, query) if row[0])

    apart = read(
        select(earlier.c.client_id),
        select(clients.c.client_id).where(text(MAY_NOTE_DEATH)),
        select(chosen.c.recipient).where(text(f"consent_history.{CHOSEN}")),
        select(tables.messages.c.client_id).where(tables.messages.c.recipient == ""),
    )
    with_case = frozenset(read_open_cases(connection, programme, as_of))
    owing = _owing(connection, as_of)
    return Marked(apart, with_case, owing, read(select(present.referrals.c.referrer_id)), apart | with_case | owing)


def _owing(connection: Connection, as_of: date) -> frozenset[str]:
    """The clients with an overdue invoice.

    When it was due is not asked of the database: SQLite would walk through the index of all that were ever due, which
    takes it ten times as long as reading the table.
    """
    own = present.invoices.c
    unpaid = select(own.client_id, own.issued_on, own.due_on).where(or_(own.paid_on.is_(None), own.paid_on > as_of))
    return frozenset(
        client_id
        for client_id, issued_on, due_on in read_rows(connection, unpaid)
        if day_from(issued_on) <= as_of and day_from(due_on) < as_of
    )
