"""The record of runs: their start, their end with counts, and the counts of all runs of a day."""

import json
import uuid
from collections import Counter
from datetime import UTC, date, datetime

from sqlalchemy import Engine, and_, func, insert, select, update

from models.database.engine import reading, writing
from models.tables import decisions, messages, runs
from programme.sending.report import DayReport
from programme.terms.schema import Programme
from programme.words.states import AnyFlow, MessageStatus, RunMode

_FATES = (MessageStatus.ACCEPTED, MessageStatus.REJECTED, MessageStatus.IN_DOUBT, MessageStatus.CANCELLED)
_NOT_GONE = (MessageStatus.PLANNED, MessageStatus.SENDING)


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


def read_whole_day(engine: Engine, report: DayReport) -> DayReport:
    """What all runs of this flow and day have decided, and what became of their messages; a plan's report as it is.

    One that failed or was killed left no report, so the decisions and messages are counted.

    Args:
        report: of the last run, which alone can tell why messages are left. It is returned when it says it all.
    """
    if report.mode == RunMode.PLAN:
        return report
    whole = DayReport(report.flow, report.as_of, report.mode)
    with reading(engine) as connection:
        begun = and_(runs.c.flow == report.flow, runs.c.as_of == report.as_of)
        if connection.execute(select(func.count()).where(begun)).scalar_one() < 2:
            return report
        about = decisions.c["touchpoint", "outcome", "reason"]
        that_day = and_(decisions.c.flow == report.flow, decisions.c.as_of == report.as_of)
        for *key, number in connection.execute(select(*about, func.count()).where(that_day).group_by(*about)):
            whole.counts[tuple(key)] = number
        dated = and_(messages.c.flow == report.flow, messages.c.as_of == report.as_of)
        by_status = select(messages.c.status, func.count()).where(dated).group_by(messages.c.status)
        fates = Counter(dict(connection.execute(by_status).tuples().all()))
    unsent = {name: report.delivered[name] for name in ("held", "unfit")}
    unsent["left"] = max(0, sum(fates[status] for status in _NOT_GONE) - sum(unsent.values()))
    counts = {str(status): fates[status] for status in _FATES} | unsent
    whole.delivered = Counter({name: number for name, number in counts.items() if number})
    return report if (whole.counts, whole.delivered) == (report.counts, report.delivered) else whole
