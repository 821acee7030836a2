"""A day's delivery by several processes together, each draining the same claim table."""

import time
import uuid
from collections import Counter

from sqlalchemy import and_, func, select

from models.database.engine import reading
from models.tables import messages, requests, runs
from programme.words.states import MessageStatus
from tasks.mail.renderers import renderer_of
from tasks.runs import steps
from tasks.runs.backlog import end_expired_claims
from tasks.runs.day import Day, DayRun, Delivered
from tasks.sending.settling import OPEN_STATES

FATES = (MessageStatus.ACCEPTED, MessageStatus.REJECTED, MessageStatus.IN_DOUBT)


def join_run(day: Day, run_id: str | None = None) -> DayRun:
    """The day's delivery, without a run of its own in the record.

    Args:
        run_id: the run that this process helps; None for a delivery by hand of what is left.
    """
    renderer = renderer_of(day.workspace)
    return DayRun(day, run_id or uuid.uuid4().hex, renderer)


def helpers_for(run: DayRun) -> int:
    """The number of other processes worth starting; 0 for a day that one process sends before others have begun."""
    settings = run.workspace.settings
    if not settings.fan_out_runs:
        return 0
    return min(settings.fan_out_runs, steps.count_planned(run) // settings.fan_out_from)


def await_requests(run: DayRun, poll_seconds: float = 1.0) -> None:
    """Wait until no process has a request of this run under way.

    The requests of a dead process end with their lease.
    """
    while True:
        end_expired_claims(run.workspace.engine)
        with reading(run.workspace.engine) as connection:
            under_way = and_(requests.c.run_id == run.run_id, requests.c.state.in_(OPEN_STATES))
            if connection.execute(select(requests.c.request_id).where(under_way).limit(1)).first() is None:
                return
        time.sleep(poll_seconds)


def count_together(run: DayRun, seen: Delivered) -> Delivered:
    """What all processes of the run delivered, from the message log.

    Args:
        seen: the counts of the last process: only it can count what is left, held or unfit.
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
    not_gone = {name: seen[name] for name in ("held", "unfit", "left")}
    counts = {str(status): count for status, count in fates} | {"cancelled": cancelled} | not_gone
    return Counter({name: count for name, count in counts.items() if count})
