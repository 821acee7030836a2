"""The runs of past days, in order: planned, logged, or sent."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from sqlalchemy import select

from models.database.engine import writing
from models.tables import messages
from programme.rules.simulation import Simulation
from programme.sending.report import DayReport
from programme.words.states import Flow, MessageStatus, RunMode
from tasks.base.workspace import Workspace
from tasks.providers.configured import make_messenger
from tasks.providers.outbox.pages import refresh_outbox_pages
from tasks.runs import steps
from tasks.runs.planning import plan_day
from tasks.runs.steps import DayRun
from tasks.sending.rechecking import cancel

DAYS_BEFORE_CONFIRM = 7  # sending for days longer ago asks for a confirmation
ONE_EACH = "backfill_one_each"  # why the earlier messages of a recipient were cancelled

Told = Callable[[DayReport], None]


class BackfillNeedsConfirm(Exception):
    """Days long past would be sent over a delivery that leaves the machine."""


class BackfillPeriodInvalid(Exception):
    """The last day lies before the first, or after today."""


class Period:
    """The days of a backfill, to be run in order and then closed. Started again after a stop, it goes on.

    Over the outbox each day is a run as it would have been. To people, the days are decided first; `close` keeps each
    recipient's last message and sends it. Leaving the `with` block early keeps the last messages as well, so that
    whatever takes them up later still mails nobody twice.

    Raises:
        BackfillPeriodInvalid, BackfillNeedsConfirm: before anything is written.
        DailyNotFinished: win-back alone, on a day whose daily run has not finished.
    """

    def __init__(
        self,
        workspace: Workspace,
        first: date,
        last: date,
        flows: Sequence[Flow],
        mode: RunMode,
        today: date,
        confirm: bool,
    ) -> None:
        if last < first:
            raise BackfillPeriodInvalid(f"the last day, {last}, lies before the first, {first}; swap --from and --to")
        self.days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        self._workspace, self._flows, self._mode = workspace, tuple(flows), mode
        self._to_people = mode == RunMode.SEND and _leaves_machine(workspace)
        self._simulation = Simulation()
        self._decided: list[DayRun] = []
        if self._to_people:
            _require_confirm(first, today, confirm)
            for day in self.days:
                self._require_daily(day)

    def __enter__(self) -> "Period":
        return self

    def __exit__(self, *_: object) -> None:
        if self._decided:
            self._keep_last_of_each()

    def run_day(self, day: date) -> list[DayReport]:
        """The day's runs, in order; to people, only decided."""
        return [self._run(day, flow) for flow in self._flows]

    def close(self) -> list[DayReport]:
        """What is left to do when all days are done; returns the reports of runs that were sent only now."""
        if self._mode == RunMode.SEND and not self._to_people:
            refresh_outbox_pages(self._workspace)
        if not self._decided:
            return []
        self._keep_last_of_each()
        return [self._sent(run) for run in self._decided]

    def _run(self, day: date, flow: Flow) -> DayReport:
        if self._mode == RunMode.PLAN:
            return self._planned(day, flow)
        if not self._to_people and flow == Flow.WIN_BACK:
            steps.require_daily(self._workspace, day)
        run = steps.begin(self._workspace, flow, day, self._mode)
        steps.decide(run)
        if self._to_people:
            self._decided.append(run)
            return run.report
        return self._sent(run) if self._mode == RunMode.SEND else steps.finish(run)

    def _planned(self, day: date, flow: Flow) -> DayReport:
        """Each run sees what the earlier ones would have sent; nothing is written."""
        if Flow.DAILY not in self._flows:
            return steps.plan(self._workspace, flow, day, self._simulation)
        report = DayReport(flow, day, RunMode.PLAN)
        for chunk in plan_day(self._workspace.engine, self._workspace.programme, flow, day, self._simulation):
            report.add(chunk.decisions)
        return report

    def _sent(self, run: DayRun) -> DayReport:
        steps.deliver(run)
        return steps.finish(run)

    def _require_daily(self, day: date) -> None:
        if self._flows == (Flow.WIN_BACK,):
            steps.require_daily(self._workspace, day)

    def _keep_last_of_each(self) -> None:
        """Cancel all but each recipient's last message of these days, an earlier, stopped attempt's among them."""
        query = select(messages.c.id, messages.c.recipient).where(
            messages.c.status == MessageStatus.PLANNED,
            messages.c.as_of >= self.days[0],
            messages.c.as_of <= self.days[-1],
            messages.c.flow.in_(self._flows),
        )
        with writing(self._workspace.engine) as connection:
            rows = connection.execute(query.order_by(messages.c.id)).all()
            last = {row.recipient: row.id for row in rows}
            cancel(connection, [row.id for row in rows if last[row.recipient] != row.id], ONE_EACH)


def backfill(
    workspace: Workspace,
    first: date,
    last: date,
    flows: Sequence[Flow],
    mode: RunMode,
    *,
    today: date,
    confirm: bool = False,
    told: Told = lambda _: None,
) -> list[DayReport]:
    """One report for each day and flow, in order. Raises what Period raises.

    Args:
        told: called with the report of each run as it is done.
    """
    reports: list[DayReport] = []
    with Period(workspace, first, last, flows, mode, today, confirm) as period:
        for day in period.days:
            done = period.run_day(day)
            reports += done
            for report in done:
                told(report)
        period.close()  # its reports are those above, now with their deliveries
    return reports


def _leaves_machine(workspace: Workspace) -> bool:
    return make_messenger(workspace.settings, workspace.programme).leaves_machine


def _require_confirm(first: date, today: date, confirm: bool) -> None:
    if confirm or (today - first).days <= DAYS_BEFORE_CONFIRM:
        return
    raise BackfillNeedsConfirm(
        f"{first} is more than {DAYS_BEFORE_CONFIRM} days ago, and these mails would reach people now; "
        "look at it with --mode plan, then add --confirm"
    )
