"""The steps of one run of one day, each safe to run twice; flows/day.py puts them in order.

A step returns what it found or did; everything that lasts is in the database.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

from sqlalchemy import func, select

from models.database.engine import copying_log, reading
from models.tables import messages
from programme.rules.left_over import Foreseen
from programme.sending.brakes import BandFault
from programme.sending.report import DayReport
from programme.words.states import Flow, MessageStatus, RunMode
from tasks.base.memory import searching_between_chunks
from tasks.mail.renderers import renderer_of
from tasks.providers.configured import make_messenger
from tasks.providers.outbox.pages import refresh_outbox_pages
from tasks.runs import holds
from tasks.runs.brakes import day_outside_band
from tasks.runs.day import Day, DayRun, Delivered, Queued, QueuedDay, leaving_of
from tasks.runs.deciding.ahead import one_ahead
from tasks.runs.deciding.chunks import PlanChunk
from tasks.runs.deciding.concurrency import Again, Turn
from tasks.runs.deciding.planning import has_finished_run, plan_again, plan_day, plan_win_back
from tasks.runs.deciding.queueing import enqueue
from tasks.runs.register import begin_run, finish_run, is_beside_another
from tasks.runs.taking_up.judging_again import foresee_left_over
from tasks.runs.taking_up.left_over import LeftOver, nothing_left_over, take_up_day
from tasks.sending.claiming.holds import is_free
from tasks.sending.delivery import deliver_queued
from tasks.sending.means import Delivery
from tasks.sending.sender import this_worker

Progress = Callable[[int], None]
POLL_SECONDS = 30.0  # between two looks for a finished daily run


class DailyNotFinished(Exception):
    """Win-back was asked for a day whose daily run has not finished."""


class OutsideBand(Exception):
    """A run would send far more than usual; nothing was sent, everything is planned."""

    def __init__(self, as_of: date, fault: BandFault) -> None:
        super().__init__(as_of, fault)
        self.as_of, self.fault = as_of, fault

    def __str__(self) -> str:
        return f"as of {self.as_of}: {self.fault}"


def plan(day: Day) -> DayReport:
    """The counts of what the run would decide, with nothing written."""
    report = DayReport(day.flow, day.as_of, RunMode.PLAN)
    left_over = None
    if not day.in_period:
        left_over = foresee_left_over(day.workspace.engine, day.workspace.programme, day.as_of)
        report.foresee(left_over.fates)
    for chunk in _chunks_of(day, left_over):
        _count(report, chunk)
    return report


def _chunks_of(day: Day, left_over: Foreseen | None) -> Iterator[PlanChunk]:
    """The plan of a day; a planned win-back simulates the daily run that has not finished."""
    engine, programme = day.workspace.engine, day.workspace.programme
    if day.flow == Flow.WIN_BACK and not day.daily_in_plan:
        return plan_win_back(engine, programme, day.as_of, day.simulation, left_over)
    return plan_day(engine, programme, Flow(day.flow), day.as_of, day.simulation, left_over=left_over)


def require_daily(day: Day, poll_seconds: float = POLL_SECONDS) -> None:
    """Wait for a finished daily run of that day, at most `day.wait_hours`, because win-back must see what daily sent.

    Raises:
        DailyNotFinished: none finished in that time.
    """
    deadline = time.monotonic() + day.wait_hours * 3600
    while not has_finished_run(day.workspace.engine, Flow.DAILY, day.as_of):
        left = deadline - time.monotonic()
        if left <= 0:
            within = f" within {day.wait_hours:g} hours" if day.wait_hours else ""
            raise DailyNotFinished(
                f"no daily run of {day.as_of} has finished{within}, and win-back must see what it sent; "
                f"run it first (bouwclub run daily --as-of {day.as_of}), or {_without_daily(day)}"
            )
        time.sleep(min(left, poll_seconds))


def _without_daily(day: Day) -> str:
    """A backfill has no such option: it runs the daily flow of each day as well."""
    return "let --flow both run it before each win-back" if day.in_period else "say --without-daily"


def begin(day: Day) -> DayRun:
    """Begin a run. A missing template or setting raises here, before anything is written."""
    renderer = renderer_of(day.workspace)
    leaving = leaving_of(day)
    held_by = this_worker() if day.hold else None
    return DayRun(day, begin_run(day.workspace.engine, day.flow, day.as_of, day.mode, held_by), renderer, leaving)


def take_up(run: DayRun) -> LeftOver:
    """Date and say anew what earlier runs left planned and still holds; what does not expires or is cancelled.

    What a stopped backfill left is trimmed to one message a recipient before. A backfill takes up nothing.
    """
    if run.day.mode != RunMode.SEND or run.day.in_period:
        return nothing_left_over()
    messenger = make_messenger(run.workspace.settings, run.workspace.programme)
    holds.release_stopped(run.workspace.engine, run.day.today, messenger.name)
    return take_up_day(run.workspace.engine, run.renderer, run.workspace.settings.key(), run.as_of, run.run_id)


def decide(run: DayRun, progress: Progress | None = None) -> Queued:
    """Take and store every decision, and plan its message; one transaction for each chunk of recipients.

    Args:
        progress: called with the number of decisions stored.
    """
    flow, workspace = Flow(run.flow), run.workspace
    turn = turn_of(
        run,
        lambda connection, them: plan_again(connection, workspace.programme, flow, run.as_of, them, run.leaving),
    )
    chunks = plan_day(workspace.engine, workspace.programme, flow, run.as_of, leaving=run.leaving)
    return keep(run, chunks, turn, progress)


def keep(run: DayRun, chunks: Iterator[PlanChunk], turn: Turn, progress: Progress | None = None) -> Queued:
    """Write the decisions and messages of a plan, chunk by chunk, and count them."""
    report, workspace = DayReport(run.flow, run.as_of, run.day.mode), run.workspace
    with (
        copying_log(workspace.engine) as copy_log,
        searching_between_chunks() as search_cycles,
        one_ahead(workspace.engine, chunks) as ready,
    ):
        for chunk in ready:
            key = workspace.settings.key()
            kept = enqueue(workspace.engine, run.renderer, key, chunk, run.run_id, run.day.mode, turn)
            _count(report, kept)
            copy_log()
            if progress:
                progress(kept.number)
            del chunk, kept
            search_cycles()
    return Queued(report.counts)


def _count(report: DayReport, chunk: PlanChunk) -> None:
    report.add(chunk.decisions)
    for alike in chunk.alike:
        report.add([alike.decision], times=len(alike.client_ids))


def turn_of(run: DayRun, again: Again) -> Turn:
    """The run's turn among those that plan at the same time; must be taken before the run reads its first facts."""
    gap_days = run.workspace.programme.caps.longest_gap_days
    return Turn(run.run_id, run.as_of, gap_days, datetime.now(UTC), again, run.leaving)


def hold_to_band(run: DayRun) -> tuple[str, ...]:
    """Sentences in Dutch about a day far outside the usual band; () for a usual day.

    Raises:
        OutsideBand: so many messages would leave the machine, and nobody has confirmed it.
    """
    with reading(run.workspace.engine) as connection:
        fault = day_outside_band(connection, run.workspace.settings, run.as_of, run.run_id)
    if fault is None or run.day.confirm:
        return ()
    if make_messenger(run.workspace.settings, run.workspace.programme).leaves_machine:
        raise OutsideBand(run.as_of, fault)
    return (
        f"{fault.would_send} berichten is veel meer dan gewoonlijk (grens {fault.limit}); "
        "een echte verzending had eerst om bevestiging gevraagd.",
    )


def count_planned(run: DayRun) -> int:
    """The number of messages that would go out now, whichever run planned them."""
    query = select(func.count()).where(
        messages.c.status == MessageStatus.PLANNED, messages.c.as_of == run.as_of, is_free(run.run_id)
    )
    with reading(run.workspace.engine) as connection:
        return int(connection.execute(query).scalar_one())


def deliver(run: DayRun, progress: Progress | None = None) -> Delivered:
    """Send the messages planned for the day, and return their fates.

    Args:
        progress: called with the number of messages settled.

    Raises:
        DeliveryStopped: what was not sent stays planned.
    """
    messenger = make_messenger(run.workspace.settings, run.workspace.programme)
    delivery = Delivery(run.workspace, run.renderer, messenger)
    done = deliver_queued(delivery, run.as_of, run.run_id, progress=progress)
    counts = done.as_dict() | {"cancelled": sum(done.cancelled.values())}
    fates = ("accepted", "rejected", "in_doubt", "held", "unfit", "left", "cancelled")
    return Counter({name: counts[name] for name in fates if counts[name]})


def index_outbox(run: DayRun) -> None:
    """Write the pages that show the mails, if the provider is the outbox."""
    if run.workspace.settings.delivery == "outbox":
        refresh_outbox_pages(run.workspace)


def finish(done: QueuedDay) -> DayReport:
    """Record the run's counts and release its messages; from now on the day's win-back may run."""
    run, report = done.run, done.report()
    report.is_beside_another = report.did_nothing and is_beside_another(run.workspace.engine, run.run_id)
    if run.day.hold:
        holds.release(run.workspace.engine, run.as_of)
    finish_run(run.workspace.engine, run.run_id, report, run.workspace.programme)
    return report
