"""The record of runs: their start, and their end with counts."""

import json
import uuid
from datetime import UTC, date, datetime

from sqlalchemy import Engine, insert, select, update

from models.database.engine import reading, writing
from models.tables import runs
from programme.sending.report import DayReport
from programme.terms.schema import Programme
from programme.words.states import AnyFlow, RunMode


def begin_run(engine: Engine, flow: AnyFlow, as_of: date, mode: RunMode, held_by: str | None = None) -> str:
    """Record a new run, and return its id. Until it finishes, whatever waits for it keeps waiting.

    Args:
        held_by: the process that holds the run's messages from other runs; None for a run without a hold.
    """
    run_id = uuid.uuid4().hex
    row = {
        "run_id": run_id,
        "flow": flow.value,
        "as_of": as_of,
        "mode": mode.value,
        "started_at": datetime.now(UTC),
        "held_by": held_by,
    }
    with writing(engine) as connection:
        connection.execute(insert(runs).values(row))
    return run_id


def is_beside_another(engine: Engine, run_id: str) -> bool:
    """Whether an earlier run of the same flow and day has sent, or is still at work."""
    own = runs.alias()
    query = select(runs.c.run_id).where(
        own.c.run_id == run_id,
        runs.c.run_id != run_id,
        runs.c.flow == own.c.flow,
        runs.c.as_of == own.c.as_of,
        runs.c.mode == RunMode.SEND,
        runs.c.started_at <= own.c.started_at,
    )
    with reading(engine) as connection:
        return connection.execute(query.limit(1)).first() is not None


def finish_run(engine: Engine, run_id: str, report: DayReport, programme: Programme) -> None:
    """Record that the run has finished, with its counts."""
    with writing(engine) as connection:
        connection.execute(
            update(runs)
            .where(runs.c.run_id == run_id)
            .values(finished_at=datetime.now(UTC), report=json.dumps(report.as_json(programme), ensure_ascii=False))
        )
