"""Open campaigns are sent to whom they had to wait for, told once, with no Prefect: for the clock, and for tests."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from flows.campaign_steps import steps_of
from flows.day import DaySteps, run_day
from programme.words.states import HandFlow, Outcome, RunMode
from tasks.base.workspace import Workspace
from tasks.campaigns import steps
from tasks.campaigns.goes.asking import tell_stopped
from tasks.campaigns.goes.deferred import WaitingCampaign
from tasks.campaigns.goes.keeping import find_go, keep_stopped
from tasks.campaigns.goes.leave import LeaveVerdict, may_follow
from tasks.runs.day import Day

Wrap = Callable[[DaySteps], DaySteps]


class Followed(NamedTuple):
    """What became of one campaign.

    Attributes:
        sent: how many got it now; of a look, how many would.
        waiting: how many the rules still hold back.
        why: why nobody got it, as a Dutch sentence; "" when nothing stopped it.
    """

    name: str
    sent: int
    waiting: int
    why: str = ""


def follow(
    workspace: Workspace, waiting: WaitingCampaign, now: datetime, dry_run: bool, wrap: Wrap = lambda it: it
) -> Followed:
    """Judge again whom the campaign had to wait for, and send it to who may have it now. Safe to run twice.

    Args:
        wrap: makes Prefect tasks of the steps.
    """
    if waiting.order is None:
        return _stopped(workspace, waiting, waiting.why, now, dry_run)
    mailing, day = waiting.order.campaign, now.date()
    count = steps.plan(workspace, mailing, day, waiting.client_ids)
    still = sum(number for outcome, _, number in count.reasons() if outcome == Outcome.DEFER)
    leave = may_follow(workspace, waiting.order, count.to_send, waiting.go_id)
    if count.to_send and leave.verdict == LeaveVerdict.STOPS:
        return _stopped(workspace, waiting, leave.why, now, dry_run)
    if dry_run:
        return Followed(waiting.name, count.to_send, still)
    own = wrap(steps_of(mailing, waiting.client_ids))
    report = run_day(own, Day(workspace, HandFlow.CAMPAIGN, day, RunMode.SEND, day))
    return Followed(waiting.name, report.delivered.get("accepted", 0), still)


def _stopped(workspace: Workspace, waiting: WaitingCampaign, why: str, now: datetime, dry_run: bool) -> Followed:
    """Nothing goes; who started the campaign on the desk is told once."""
    go = find_go(workspace.engine, waiting.go_id) if waiting.go_id and not dry_run else None
    if go and keep_stopped(workspace.engine, go.go_id, why, now):
        tell_stopped(workspace, go, why, now)
    return Followed(waiting.name, 0, len(waiting.client_ids), why)
