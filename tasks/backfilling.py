"""The runs of past days, in order: planned, logged, or sent."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

from sqlalchemy import select

from models.bulk import in_values
from models.database import writing
from models.tables import messages
from programme.report import DayReport
from programme.simulation import Simulation
from programme.states import Flow, MessageStatus, RunMode
from tasks import days
from tasks.claims import cancel
from tasks.days import DayRun
from tasks.desk import Desk
from tasks.messengers import make_messenger
from tasks.outbox_pages import refresh_outbox_pages
from tasks.planning import plan_day

DAYS_BEFORE_CONFIRM = 7  # sending for days longer ago asks for a confirmation
ONE_EACH = "backfill_one_each"  # why the earlier messages of a recipient were cancelled

Told = Callable[[DayReport], None]


class BackfillNeedsConfirm(Exception):
    """Days long past would be sent over a delivery that leaves the machine."""


class BackfillPeriodInvalid(Exception):
    """The last day lies before the first, or after today."""


def backfill(
    desk: Desk,
    first: date,
    last: date,
    flows: Sequence[Flow],
    mode: RunMode,
    *,
    today: date,
    confirm: bool = False,
    told: Told = lambda _: None,
) -> list[DayReport]:
    """One report for each day and flow, in order. Stopped half-way and started again, it goes on where it was.

    Args:
        told: called with the report of each run as it is done.

    Raises:
        BackfillPeriodInvalid, BackfillNeedsConfirm: before anything is written.
        DailyNotFinished: win-back alone, on a day whose daily run has not finished.
    """
    if last < first:
        raise BackfillPeriodInvalid(f"the last day, {last}, lies before the first, {first}; swap --from and --to")
    runs = [(first + timedelta(days=n), flow) for n in range((last - first).days + 1) for flow in flows]
    steps = {RunMode.PLAN: _plan_all, RunMode.LOG: _log_all, RunMode.SEND: _send_all}[mode]
    if mode == RunMode.SEND and _leaves_machine(desk):
        _require_confirm(first, today, confirm)
        steps = _send_one_each
    reports = []
    for report in steps(desk, runs):
        told(report)
        reports.append(report)
    return reports


def _plan_all(desk: Desk, runs: Sequence[tuple[date, Flow]]) -> Iterator[DayReport]:
    """Each run sees what the earlier ones would have sent; nothing is written."""
    simulation = Simulation()
    with_daily = any(flow == Flow.DAILY for _, flow in runs)
    for as_of, flow in runs:
        if not with_daily:
            yield days.plan(desk, flow, as_of, simulation)
            continue
        report = DayReport(flow, as_of, RunMode.PLAN)
        for chunk in plan_day(desk.engine, desk.programme, flow, as_of, simulation):
            report.add(chunk.decisions)
        yield report


def _log_all(desk: Desk, runs: Sequence[tuple[date, Flow]]) -> Iterator[DayReport]:
    for as_of, flow in runs:
        _require_daily(desk, flow, as_of)
        yield days.finish(_decided(desk, flow, as_of, RunMode.LOG))


def _send_all(desk: Desk, runs: Sequence[tuple[date, Flow]]) -> Iterator[DayReport]:
    """Over the outbox: every run as it would have been."""
    for as_of, flow in runs:
        _require_daily(desk, flow, as_of)
        run = _decided(desk, flow, as_of, RunMode.SEND)
        days.deliver(run)
        yield days.finish(run)
    refresh_outbox_pages(desk)


def _send_one_each(desk: Desk, runs: Sequence[tuple[date, Flow]]) -> Iterator[DayReport]:
    """To people: nobody gets the mails of many days at once, only the last that was decided."""
    for as_of, flow in runs:
        if (as_of, Flow.DAILY) not in runs:
            _require_daily(desk, flow, as_of)
    decided = [_decided(desk, flow, as_of, RunMode.SEND) for as_of, flow in runs]
    _keep_last_of_each(desk, [run.run_id for run in decided])
    for run in decided:
        days.deliver(run)
        yield days.finish(run)


def _require_daily(desk: Desk, flow: Flow, as_of: date) -> None:
    if flow == Flow.WIN_BACK:
        days.require_daily(desk, as_of)


def _decided(desk: Desk, flow: Flow, as_of: date, mode: RunMode) -> DayRun:
    run = days.begin(desk, flow, as_of, mode)
    days.decide(run)
    return run


def _keep_last_of_each(desk: Desk, run_ids: list[str]) -> None:
    """Cancel all but each recipient's last message of these runs."""
    query = select(messages.c.id, messages.c.recipient).where(messages.c.status == MessageStatus.PLANNED)
    with writing(desk.engine) as connection:
        own = query.where(in_values(messages.c.run_id, run_ids, connection.dialect.name)).order_by(messages.c.id)
        rows = connection.execute(own).all()
        last = {row.recipient: row.id for row in rows}
        cancel(connection, [row.id for row in rows if last[row.recipient] != row.id], ONE_EACH)


def _leaves_machine(desk: Desk) -> bool:
    return make_messenger(desk.settings, desk.programme).leaves_machine


def _require_confirm(first: date, today: date, confirm: bool) -> None:
    if confirm or (today - first).days <= DAYS_BEFORE_CONFIRM:
        return
    raise BackfillNeedsConfirm(
        f"{first} is more than {DAYS_BEFORE_CONFIRM} days ago, and these mails would reach people now; "
        "look at it with --mode plan, then add --confirm"
    )
