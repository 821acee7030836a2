"""The steps of one run of one day, each safe to run twice: the flows tell them as a story.

A step changes the run's report and nothing else in memory; what it did stands in the database.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import func, select

from models.database.engine import copying_log, reading
from models.tables import messages
from programme.rules.simulation import Simulation
from programme.sending.report import DayReport
from programme.words.states import AnyFlow, Flow, MessageStatus, RunMode
from tasks.base.workspace import Workspace
from tasks.mail.render import Renderer
from tasks.providers.configured import make_messenger
from tasks.providers.outbox.pages import refresh_outbox_pages
from tasks.runs.brakes import day_outside_band
from tasks.runs.concurrency import Again, Turn
from tasks.runs.left_over import take_up_left_over
from tasks.runs.planning import PlanChunk, has_finished_run, plan_again, plan_day, plan_win_back
from tasks.runs.queueing import enqueue
from tasks.runs.refreshing import refresh_messages
from tasks.runs.register import begin_run, finish_run
from tasks.sending.delivery import deliver_queued

Progress = Callable[[int], None]
POLL_SECONDS = 30.0


class DailyNotFinished(Exception):
    """Win-back was asked for a day whose daily run has not finished."""


class OutsideBand(Exception):
    """A run would send far more than usual; nothing was sent, everything is planned."""


@dataclass(frozen=True)
class DayRun:
    """A run that has begun: where it works, what it is called, and its counts so far."""

    workspace: Workspace
    run_id: str
    renderer: Renderer
    report: DayReport

    @property
    def flow(self) -> AnyFlow:
        return self.report.flow

    @property
    def as_of(self) -> date:
        return self.report.as_of


def plan(workspace: Workspace, flow: Flow, as_of: date, simulation: Simulation | None = None) -> DayReport:
    """What the run would decide, with nothing written."""
    report = DayReport(flow, as_of, RunMode.PLAN)
    for chunk in chunks_of(workspace, flow, as_of, simulation):
        report.add(chunk.decisions)
    return report


def chunks_of(
    workspace: Workspace, flow: Flow, as_of: date, simulation: Simulation | None = None
) -> Iterator[PlanChunk]:
    """The plan of a day; a win-back that is only looked at simulates the daily run that has not finished."""
    if flow == Flow.WIN_BACK:
        return plan_win_back(workspace.engine, workspace.programme, as_of, simulation)
    return plan_day(workspace.engine, workspace.programme, flow, as_of, simulation)


def require_daily(workspace: Workspace, as_of: date, wait_hours: float = 0, poll_seconds: float = POLL_SECONDS) -> None:
    """Wait for a finished daily run of that day, at most so long: win-back must see what daily sent.

    Raises DailyNotFinished.
    """
    deadline = time.monotonic() + wait_hours * 3600
    while not has_finished_run(workspace.engine, Flow.DAILY, as_of):
        left = deadline - time.monotonic()
        if left <= 0:
            within = f" within {wait_hours:g} hours" if wait_hours else ""
            raise DailyNotFinished(
                f"no daily run of {as_of} has finished{within}, and win-back must see what it sent; "
                f"run it first (bouwclub run daily --as-of {as_of}), or say --without-daily"
            )
        time.sleep(min(left, poll_seconds))


def begin(workspace: Workspace, flow: AnyFlow, as_of: date, mode: RunMode) -> DayRun:
    """Begin a run. What cannot work (a missing template, a missing setting) fails here, before anything is written."""
    renderer = Renderer(workspace.programme, workspace.settings.base_url)
    if mode == RunMode.SEND:
        make_messenger(workspace.settings, workspace.programme)
    return DayRun(workspace, begin_run(workspace.engine, flow, as_of, mode), renderer, DayReport(flow, as_of, mode))


def take_up(run: DayRun) -> None:
    """Re-date what earlier runs left planned and say it anew, or let it expire when its window has closed."""
    left = take_up_left_over(run.workspace.engine, run.as_of)
    refresh_messages(run.workspace.engine, run.renderer, run.workspace.settings.key(), left.retaken, run.as_of)
    run.report.retaken, run.report.expired = len(left.retaken), len(left.expired)


def decide(run: DayRun, progress: Progress | None = None) -> None:
    """Take every decision, keep it, and plan the messages it makes; one transaction for each chunk of recipients."""
    flow, programme = Flow(run.flow), run.workspace.programme
    turn = turn_of(run, lambda connection, them: plan_again(connection, programme, flow, run.as_of, them))
    with copying_log(run.workspace.engine) as copy_log:
        for chunk in _told(plan_day(run.workspace.engine, programme, flow, run.as_of), progress):
            key, mode = run.workspace.settings.key(), run.report.mode
            run.report.add(enqueue(run.workspace.engine, run.renderer, key, chunk, run.run_id, mode, turn))
            copy_log()


def turn_of(run: DayRun, again: Again) -> Turn:
    """The run's turn among those that plan at the same time; to be taken before it reads its first facts."""
    return Turn(run.run_id, run.as_of, run.workspace.programme.caps.marketing_gap_days, datetime.now(UTC), again)


def hold_to_band(run: DayRun, confirm: bool) -> None:
    """Raises OutsideBand when far more would leave the machine than usual and nobody has confirmed it."""
    messenger = make_messenger(run.workspace.settings, run.workspace.programme)
    with reading(run.workspace.engine) as connection:
        fault = day_outside_band(connection, run.workspace.settings, run.as_of)
    if fault is None or confirm:
        return
    if messenger.leaves_machine:
        raise OutsideBand(f"as of {run.as_of}: {fault}")
    run.report.notes.append(
        f"{fault.would_send} berichten is veel meer dan gewoonlijk (grens {fault.limit}); "
        "een echte verzending had eerst om bevestiging gevraagd."
    )


def count_planned(run: DayRun) -> int:
    """All that would go out now, whichever run planned it."""
    query = select(func.count()).where(messages.c.status == MessageStatus.PLANNED, messages.c.as_of == run.as_of)
    with reading(run.workspace.engine) as connection:
        return int(connection.execute(query).scalar_one())


def deliver(run: DayRun, progress: Progress | None = None) -> None:
    """Send what is planned for the day. Raises DeliveryStopped; what was not sent stays planned."""
    messenger = make_messenger(run.workspace.settings, run.workspace.programme)
    done = deliver_queued(
        run.workspace.engine,
        run.workspace.settings,
        run.renderer,
        messenger,
        run.workspace.programme,
        run.as_of,
        run_id=run.run_id,
        progress=progress,
    )
    counts = done.as_dict() | {"cancelled": sum(done.cancelled.values())}
    fates = ("accepted", "rejected", "in_doubt", "held", "unfit", "left", "cancelled")
    run.report.delivered = Counter({name: counts[name] for name in fates if counts[name]})


def index_outbox(run: DayRun) -> None:
    """Make the page on which people look at the mails; only of an outbox, where nothing left the machine."""
    if run.workspace.settings.delivery == "outbox":
        refresh_outbox_pages(run.workspace)


def finish(run: DayRun) -> DayReport:
    """Write the run's counts; from now on win-back of that day may go."""
    finish_run(run.workspace.engine, run.run_id, run.report, run.workspace.programme)
    return run.report


def _told(chunks: Iterable[PlanChunk], progress: Progress | None) -> Iterator[PlanChunk]:
    for chunk in chunks:
        yield chunk
        if progress:
            progress(len(chunk.decisions))
