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
from tasks.clients.open_cases import is_open_case
from tasks.clients.rows import read_rows


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
    clients, projects, invoices, referrals = present.clients, present.projects, present.invoices, present.referrals
    earlier, chosen, feedback = tables.earlier_recipients, tables.consent_history, present.feedback
    is_open = is_open_case(programme, as_of)
    is_unpaid = or_(invoices.c.paid_on.is_(None), invoices.c.paid_on > as_of)

    def read(*queries: Select[Any]) -> frozenset[str]:
        return frozenset(each for query in queries for row in read_rows(connection, query) for each in row if each)

    apart, with_case, owing, referrers = (
        read(
            select(earlier.c.client_id),
            select(clients.c.client_id).where(text(MAY_NOTE_DEATH)),
            select(chosen.c.recipient).where(text(f"consent_history.{CHOSEN}")),
            select(tables.messages.c.client_id).where(tables.messages.c.recipient == ""),
        ),
        read(
            select(feedback.c.client_id, projects.c.client_id)
            .outerjoin_from(feedback, projects, projects.c.project_id == feedback.c.project_id)
            .where(is_open)
        ),
        read(select(invoices.c.client_id).where(invoices.c.issued_on <= as_of, invoices.c.due_on < as_of, is_unpaid)),
        read(select(referrals.c.referrer_id)),
    )
    return Marked(apart, with_case, owing, referrers, apart | with_case | owing)
