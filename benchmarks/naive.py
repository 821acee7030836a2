"""The daily run as a first version is often written: for each client, load its objects and look what is due.

It asks the same rules, so only the way to the facts differs. Measured on a part of the base and extrapolated.
"""

import time
from datetime import date, timedelta
from functools import cache
from itertools import count
from typing import Any

from sqlalchemy.orm import registry
from sqlmodel import Session, SQLModel, col, select

from models.activity import ActivityRow
from models.clients import ClientRow, SuppressionRow
from models.database.engine import open_engine
from models.decisions import DecisionRow
from models.facts import FeedbackRow, InvoiceRow, ProjectRow, QuoteRow
from models.messages import MessageRow
from models.settings import ROOT
from programme.facts.records import Client, Feedback, Invoice, PastMessage, Project, Quote, Recipient
from programme.rules.decide import Decision, decide_recipient
from programme.words.states import Flow
from programme.words.tokens import message_id_of
from tasks.base.programme_file import load_programme

CLIENTS_MEASURED = 1_000


def seconds_of_orm_loop(url: str, clients: int, as_of: date) -> float:
    """What the loop would take for all clients; only the part that follows it is measured."""
    programme = load_programme(ROOT / "programme.toml")
    engine = open_engine(url)
    _map_rows()
    with Session(engine) as session:
        every = max(clients // CLIENTS_MEASURED, 1)
        ids = [f"C{n:07d}" for n in range(0, clients, every)][:CLIENTS_MEASURED]
        numbers = count(10**9)  # both logs are views, which tell no object the number of its row
        started = time.perf_counter()
        for client_id in ids:
            recipient = _recipient(session, client_id, as_of)
            for decision in decide_recipient(programme, Flow.DAILY, recipient, as_of):
                session.add(_decision_row(next(numbers), decision))
                if decision.status:
                    session.add(_message_row(next(numbers), decision))
            session.flush()
        seconds = time.perf_counter() - started
        session.rollback()
    engine.dispose()
    return seconds * clients / len(ids)


@cache
def _map_rows() -> None:
    """What such a loop has from the start, and our commands do without."""
    kinds = (
        ClientRow,
        SuppressionRow,
        ActivityRow,
        ProjectRow,
        FeedbackRow,
        QuoteRow,
        InvoiceRow,
        MessageRow,
        DecisionRow,
    )
    for kind in kinds:
        registry().map_imperatively(kind, kind.__table__)


def _recipient(session: Session, client_id: str, as_of: date) -> Recipient:
    row = session.get_one(ClientRow, client_id)
    rows = session.exec(select(ClientRow).where(ClientRow.recipient == row.recipient)).all() if row.recipient else [row]
    suppression = session.get(SuppressionRow, row.recipient)
    history = [_fact(PastMessage, message) for one in rows for message in _rows_of(session, MessageRow, one.client_id)]
    clients = tuple(_client(session, one, as_of) for one in rows)
    return Recipient(row.recipient, clients, tuple(history), suppression.since if suppression else None)


def _client(session: Session, row: ClientRow, as_of: date) -> Client:
    days = [one.occurred_on for one in _rows_of(session, ActivityRow, row.client_id) if one.occurred_on <= as_of]
    return Client(
        row.client_id,
        row.recipient,
        row.name,
        row.kind,
        row.consent,
        row.channel,
        row.id_crc32,
        projects=tuple(_fact(Project, one) for one in _rows_of(session, ProjectRow, row.client_id)),
        feedback=tuple(_fact(Feedback, one) for one in _rows_of(session, FeedbackRow, row.client_id)),
        quotes=tuple(_fact(Quote, one) for one in _rows_of(session, QuoteRow, row.client_id)),
        invoices=tuple(_fact(Invoice, one) for one in _rows_of(session, InvoiceRow, row.client_id)),
        last_activity_on=max(days, default=None),
    )


def _rows_of(session: Session, table: Any, client_id: str) -> Any:
    return session.exec(select(table).where(col(table.client_id) == client_id)).all()


def _fact(kind: Any, row: SQLModel) -> Any:
    return kind(*(getattr(row, name) for name in kind._fields))


def _decision_row(number: int, decision: Decision) -> DecisionRow:
    return DecisionRow(
        id=number,
        as_of=decision.as_of,
        flow=decision.flow,
        client_id=decision.client_id,
        recipient=decision.recipient,
        touchpoint=decision.touchpoint,
        occasion=decision.occasion,
        due_on=decision.due_on,
        outcome=decision.outcome,
        reason=decision.reason or "",
        segment=decision.segment,
        tier=decision.tier,
        priority=decision.priority,
    )


def _message_row(number: int, decision: Decision) -> MessageRow:
    return MessageRow(
        id=number,
        message_id=message_id_of(b"key", decision.client_id, decision.touchpoint, decision.occasion),
        client_id=decision.client_id,
        recipient=decision.recipient,
        touchpoint=decision.touchpoint,
        occasion=decision.occasion,
        flow=decision.flow,
        purpose="service",
        as_of=decision.as_of,
        due_on=decision.due_on,
        closes_on=decision.due_on + timedelta(days=14),
        status=str(decision.status),
    )
