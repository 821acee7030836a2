"""The days of a backfill: the parameters of each run, and what all of them share."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from programme.rules.simulation import Simulation
from programme.words.states import Flow, RunMode
from tasks.base.workspace import Workspace
from tasks.providers.configured import make_messenger
from tasks.runs import holds
from tasks.runs.day import Day
from tasks.sending.sender import this_worker

FLOWS = {"daily": (Flow.DAILY,), "win-back": (Flow.WIN_BACK,), "both": (Flow.DAILY, Flow.WIN_BACK)}
GRACE_DAYS = 7  # sending for a day longer ago needs a confirmation


class BackfillPeriodInvalid(Exception):
    """The last day lies before the first."""


@dataclass(frozen=True)
class Period:
    """A range of days, each with its runs in order.

    Attributes:
        by_day: (calendar day, its runs), in order.
        sends_one_each: with a delivery that reaches people, each recipient gets only the last of these days' messages,
        so
            all days are decided before the first is sent.
    """

    workspace: Workspace
    today: date
    by_day: tuple[tuple[date, tuple[Day, ...]], ...]
    sends_one_each: bool

    @property
    def days(self) -> list[Day]:
        """All runs, in order."""
        return [day for _, days in self.by_day for day in days]


def period_of(
    workspace: Workspace,
    first: date,
    last: date,
    flows: Sequence[Flow],
    mode: RunMode,
    *,
    today: date,
    confirm: bool = False,
) -> Period:
    """The runs of a backfill. Raises BackfillPeriodInvalid."""
    if last < first:
        raise BackfillPeriodInvalid(f"the last day, {last}, lies before the first, {first}; swap --from and --to")
    leaves = mode == RunMode.SEND and make_messenger(workspace.settings, workspace.programme).leaves_machine
    is_both = Flow.DAILY in flows
    simulation = Simulation() if mode == RunMode.PLAN else None

    def asked(flow: Flow, as_of: date) -> Day:
        return Day(
            workspace,
            flow,
            as_of,
            mode,
            today,
            confirm=confirm,
            without_daily=leaves and is_both,  # the day's daily run has decided, but sends later
            grace_days=GRACE_DAYS,
            in_period=True,
            hold=leaves,
            simulation=simulation,
            daily_in_plan=is_both,
        )

    every = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    by_day = tuple((as_of, tuple(asked(flow, as_of) for flow in flows)) for as_of in every)
    return Period(workspace, today, by_day, leaves)


def adopt_stopped(period: Period) -> None:
    """Take over the messages that an earlier attempt at these days held when it was stopped."""
    holds.adopt(period.workspace.engine, period.by_day[0][0], period.by_day[-1][0])


def keep_last_of_each(period: Period) -> int:
    """Cancel all but each recipient's last message of these days, and return the number cancelled."""
    messenger = make_messenger(period.workspace.settings, period.workspace.programme)
    return holds.keep_last_of_each(period.workspace.engine, this_worker(), period.today, messenger.name)
