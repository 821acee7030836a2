"""The steps of a campaign's run, each safe to run twice; the flow puts them in order."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import takewhile

from sqlalchemy import Connection, func, select

from models.database.engine import reading
from models.tables import messages
from programme.campaigns.campaign import Campaign, CampaignCount
from programme.rules.decide import Decision
from programme.sending.report import DayReport
from programme.words.states import HandFlow, MessageStatus, RunMode
from tasks.base.memory import without_cycle_search
from tasks.base.workspace import Workspace
from tasks.campaigns.alike.judging import count_pages, judge_each, judge_pages
from tasks.campaigns.alike.mails import chunk_of
from tasks.campaigns.stopping import is_stopped, stoppable, withdraw_rest
from tasks.mail.renderers import renderer_of
from tasks.runs import steps
from tasks.runs.day import Day, DayRun, Queued, QueuedDay
from tasks.runs.deciding.chunks import PlanChunk
from tasks.runs.taking_up.left_over import LeftOver, take_up_left_over


@without_cycle_search()
def plan(workspace: Workspace, campaign: Campaign, as_of: date, among: Sequence[str] | None = None) -> CampaignCount:
    """The counts of what the campaign would decide, with nothing written."""
    count = CampaignCount()
    for count in count_pages(workspace, campaign, as_of, among):  # noqa: B007
        pass
    return count


def report_of_plan(count: CampaignCount, campaign: Campaign, as_of: date) -> DayReport:
    """The counts of a plan in the form of other runs' reports, without names."""
    report = DayReport(HandFlow.CAMPAIGN, as_of, RunMode.PLAN)
    for (outcome, reason), number in count.outcomes.items():
        report.counts[campaign.template_id, outcome, reason] += number
    return report


def begin(day: Day, campaign: Campaign) -> DayRun:
    """Begin a run that sends. Raises for whatever would prevent sending, before anything is written."""
    run, workspace = steps.begin(day), day.workspace
    return replace(run, renderer=renderer_of(workspace, campaign.kind))


def take_up(run: DayRun, campaign: Campaign) -> LeftOver:
    """Re-date the messages that earlier starts of this campaign left over; the day's runs take up their own."""
    return take_up_left_over(run.workspace.engine, run.as_of, occasion=campaign.name)


@without_cycle_search()
def decide(run: DayRun, campaign: Campaign, among: Sequence[str] | None = None) -> Queued:
    """Take and store every decision and plan its message, in one transaction for each page of recipients.

    Once somebody has stopped the campaign, no page writes anything.
    """
    turn = stoppable(steps.turn_of(run, partial(_judge_again, run, campaign)), campaign.name)
    judged = judge_pages(run.workspace, campaign, run.as_of, run.leaving, among, composes=True)
    pages = takewhile(lambda _: not is_stopped(run.workspace.engine, campaign.name), judged)
    return steps.keep(run, map(partial(chunk_of, as_of=run.as_of), pages), turn)


def _judge_again(run: DayRun, campaign: Campaign, connection: Connection, decisions: list[Decision]) -> PlanChunk:
    ids = [one.client_id for one in decisions]
    page = judge_each(run.workspace, campaign, run.as_of, connection, ids, run.leaving)
    return PlanChunk(page.own_decisions, page.recipients)


def finish(queued: QueuedDay, campaign: Campaign) -> DayReport:
    """End and report the run; of a campaign that was stopped meanwhile, what came back from the provider is cancelled.

    A provider that could not take a request gives its messages back after the stop.
    """
    withdraw_rest(queued.run.workspace.engine, campaign.name)
    return steps.finish(queued)


def count_messages(workspace: Workspace, campaign: Campaign) -> dict[str, int]:
    """The number of the campaign's messages by status, over all its starts; statuses without messages are absent."""
    own = messages.c
    query = (
        select(own.status, func.count())
        .where(own.as_of >= campaign.first_on, own.touchpoint == campaign.template_id, own.occasion == campaign.name)
        .group_by(own.status)
    )
    with reading(workspace.engine) as connection:
        found = dict(connection.execute(query).tuples().all())
    return {status.value: found[status] for status in MessageStatus if status in found}
