"""The runs of many days as plans of one day each: what looking at many days at once must equal."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Engine, func, select

from models import tables
from models.database.bulk import insert_rows
from models.database.engine import reading, writing
from programme.rules.decide import Decision
from programme.rules.simulation import Simulation
from programme.terms.schema import Programme
from programme.words.states import Flow
from programme.words.tokens import message_id_of
from tasks.runs.deciding.planning import decisions_of, plan_day


def planned(engine: Engine, programme: Programme, first: date, days: int) -> list[Decision]:
    """What a plan of each day in turn decides, each seeing what those before it would have sent."""
    simulation = Simulation()
    return [
        decision
        for number in range(days)
        for flow in Flow
        for decision in decisions_of(plan_day(engine, programme, flow, first + timedelta(days=number), simulation))
    ]


def log_message(engine: Engine, decision: Decision, as_of: date) -> None:
    """A message in the log, dated `as_of`, with the key of a decision."""
    log_messages(engine, [decision._replace(as_of=as_of)])


def log_messages(engine: Engine, decisions: Sequence[Decision]) -> None:
    """A message for each decision, of the day of its decision."""
    rows = [_row(decision) for decision in decisions]
    with writing(engine) as connection:
        insert_rows(connection, tables.messages, list(rows[0]), [list(row.values()) for row in rows])


def _row(decision: Decision) -> dict[str, Any]:
    return {
        "message_id": message_id_of(b"test", decision.client_id, decision.touchpoint, decision.occasion),
        "client_id": decision.client_id,
        "recipient": decision.recipient,
        "touchpoint": decision.touchpoint,
        "occasion": decision.occasion,
        "flow": str(decision.flow),
        "purpose": "marketing",
        "as_of": decision.as_of,
        "due_on": decision.due_on,
        "closes_on": decision.closes_on,
        "status": "accepted",
        "attempts": 1,
    }


def row_counts(engine: Engine) -> dict[str, int]:
    with reading(engine) as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in tables.metadata.sorted_tables
        }
