"""A day's delivery that several processes do together, each draining the same claim table."""

import time
import uuid
from collections import Counter
from datetime import date

from sqlalchemy import and_, func, select

from models.database.engine import reading
from models.tables import messages, requests, runs
from programme.sending.report import DayReport
from programme.words.states import Flow, MessageStatus, RunMode
from tasks.base.workspace import Workspace
from tasks.mail.render import Renderer
from tasks.runs import steps
from tasks.runs.backlog import end_expired_claims
from tasks.runs.steps import DayRun
from tasks.sending.settling import OPEN_STATES

FATES = (MessageStatus.ACCEPTED, MessageStatus.REJECTED, MessageStatus.IN_DOUBT)


def join_run(workspace: Workspace, as_of: date, run_id: str | None = None) -> DayRun:
    """The day's delivery, without a run of its own in the record.

    Args:
        run_id: the run that is helped; None for a hand that delivers what is left.
    """
    report = DayReport(Flow.DAILY, as_of, RunMode.SEND)
    return DayRun(
        workspace, run_id or uuid.uuid4().hex, Renderer(workspace.programme, workspace.settings.base_url), report
    )


def helpers_for(run: DayRun) -> int:
    """How many other processes are worth starting: none for a day that one sends before they have begun."""
    settings = run.workspace.settings
    if not settings.fan_out_runs:
        return 0
    return min(settings.fan_out_runs, steps.count_planned(run) // settings.fan_out_from)


def await_requests(run: DayRun, poll_seconds: float = 1.0) -> None:
    """Wait until no process has a request of this run under way. Those of one that died end with their lease."""
    while True:
        end_expired_claims(run.workspace.engine)
        with reading(run.workspace.engine) as connection:
            under_way = and_(requests.c.run_id == run.run_id, requests.c.state.in_(OPEN_STATES))
            if connection.execute(select(requests.c.request_id).where(under_way).limit(1)).first() is None:
                return
        time.sleep(poll_seconds)


def count_together(run: DayRun) -> None:
    """Put into the run's report what all of its processes delivered, from the message log.

    What is left, held or unfit the last of them has seen and counted.
    """
    with reading(run.workspace.engine) as connection:
        begun_at = connection.execute(select(runs.c.started_at).where(runs.c.run_id == run.run_id)).scalar()
        fates = connection.execute(
            select(messages.c.status, func.count())
            .join_from(messages, requests, requests.c.request_id == messages.c.request_id)
            .where(messages.c.as_of == run.as_of, messages.c.status.in_(FATES), requests.c.run_id == run.run_id)
            .group_by(messages.c.status)
        ).all()
        cancelled = connection.execute(
            select(func.count()).where(
                messages.c.as_of == run.as_of,
                messages.c.status == MessageStatus.CANCELLED,
                messages.c.settled_at >= begun_at,
            )
        ).scalar_one()
    seen = {name: run.report.delivered[name] for name in ("held", "unfit", "left")}
    counts = {str(status): count for status, count in fates} | {"cancelled": cancelled} | seen
    run.report.delivered = Counter({name: count for name, count in counts.items() if count})
