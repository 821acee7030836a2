"""The parameters of a run, the run itself, and the values that its steps pass to each other."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from programme.rules.simulation import Simulation
from programme.sending.report import DayReport
from programme.words.states import AnyFlow, RunMode
from tasks.base.workspace import Workspace
from tasks.clients.facts.handed_over import Leaving
from tasks.mail.render import Renderer
from tasks.providers.configured import make_messenger
from tasks.runs.taking_up.left_over import LeftOver
from tasks.sending.sender import this_worker


@dataclass(frozen=True)
class Day:
    """One flow to run as of one day.

    Attributes:
        today: the calendar date in Amsterdam at which the run starts; `as_of` may be another.
        confirm: a person confirmed a run far larger than usual, or of a day long past.
        without_daily: win-back runs even if no daily run of the day has finished.
        wait_hours: how long win-back waits for that run.
        grace_days: a day at most this many days ago may be sent to people without confirmation.
        in_period: a day of a backfill, which leaves left-over messages to the daily run.
        hold: the run's messages are held from other runs until it has finished (a backfill to people).
        simulation: what earlier runs of the same plan would have sent; for the mode plan.
        daily_in_plan: the day's daily run is part of that plan, so win-back need not simulate it.
    """

    workspace: Workspace
    flow: AnyFlow
    as_of: date
    mode: RunMode
    today: date
    confirm: bool = False
    without_daily: bool = False
    wait_hours: float = 0
    grace_days: int = 0
    in_period: bool = False
    hold: bool = False
    simulation: Simulation | None = None
    daily_in_plan: bool = False

    @property
    def leaves_machine(self) -> bool:
        """Whether its mails reach people. Raises NotReadyToSend when the settings of the provider cannot work."""
        return make_messenger(self.workspace.settings, self.workspace.programme).leaves_machine


@dataclass(frozen=True)
class DayRun:
    """A run that has begun.

    Attributes:
        leaving: set for a run that mails people, so that day caps count when mails really left.
    """

    day: Day
    run_id: str
    renderer: Renderer
    leaving: Leaving | None = None

    @property
    def workspace(self) -> Workspace:
        """The workspace of its day."""
        return self.day.workspace

    @property
    def flow(self) -> AnyFlow:
        """The flow of its day."""
        return self.day.flow

    @property
    def as_of(self) -> date:
        """The day as of which it decides."""
        return self.day.as_of


@dataclass(frozen=True)
class Queued:
    """The counts of a run's stored decisions; their messages are planned (or logged).

    Attributes:
        counts: by touchpoint, outcome and reason ("" for send).
    """

    counts: Counter[tuple[str, str, str]]

    @property
    def to_send(self) -> int:
        """The number of messages that the decisions made."""
        return sum(count for (_, outcome, _), count in self.counts.items() if outcome == "send")


Delivered = Counter[str]  # messages by fate: accepted, rejected, in_doubt, held, unfit, left, cancelled


@dataclass(frozen=True)
class QueuedDay:
    """A run that has decided but not delivered yet."""

    run: DayRun
    left_over: LeftOver
    queued: Queued
    notes: tuple[str, ...] = ()
    delivered: Delivered = field(default_factory=Counter)

    def report(self) -> DayReport:
        """All counts of the run in one report."""
        day = self.run.day
        left = self.left_over
        report = DayReport(day.flow, day.as_of, day.mode, self.queued.counts + left.counts, Counter(self.delivered))
        report.retaken, report.expired, report.cancelled = len(left.retaken), len(left.expired), len(left.cancelled)
        report.notes.extend(self.notes)
        return report


def leaving_of(day: Day) -> Leaving | None:
    """The `leaving` of a run of this day; None for a run that reaches nobody."""
    if day.mode != RunMode.SEND or not day.leaves_machine:
        return None
    delivery = make_messenger(day.workspace.settings, day.workspace.programme).name
    return Leaving(day.today, delivery, this_worker() if day.hold else None)
