"""The record of runs: begun, and finished with their counts."""

import json
import uuid
from datetime import UTC, date, datetime

from sqlalchemy import Engine, insert, update

from models.database.engine import writing
from models.tables import runs
from programme.sending.report import DayReport
from programme.terms.schema import Programme
from programme.words.states import AnyFlow, RunMode


def begin_run(engine: Engine, flow: AnyFlow, as_of: date, mode: RunMode) -> str:
    """A new run's id; until it is finished, nothing that waits for this run goes on."""
    run_id = uuid.uuid4().hex
    row = {
        "run_id": run_id,
        "flow": flow.value,
        "as_of": as_of,
        "mode": mode.value,
        "started_at": datetime.now(UTC),
    }
    with writing(engine) as connection:
        connection.execute(insert(runs).values(row))
    return run_id


def finish_run(engine: Engine, run_id: str, report: DayReport, programme: Programme) -> None:
    with writing(engine) as connection:
        connection.execute(
            update(runs)
            .where(runs.c.run_id == run_id)
            .values(finished_at=datetime.now(UTC), report=json.dumps(report.as_json(programme), ensure_ascii=False))
        )
