"""Every day: find who reached a moment worth a message, decide, write and send."""

from datetime import date

from prefect import flow, runtime, task
from prefect.cache_policies import NO_CACHE

from flows.deliver import deliver_together
from flows.ui.day_artifacts import publish_day, publish_doubts
from programme.sending.report import DayReport
from programme.words.states import Flow, RunMode
from tasks.base.workspace import open_workspace, today_in_amsterdam
from tasks.runs import backlog, steps

plan = task(name="plan", cache_policy=NO_CACHE)(steps.plan)
begin = task(name="begin", cache_policy=NO_CACHE)(steps.begin)
take_up = task(name="take-up-left-over", cache_policy=NO_CACHE)(steps.take_up)
decide = task(name="decide", cache_policy=NO_CACHE)(steps.decide)
hold_to_band = task(name="hold-to-band", cache_policy=NO_CACHE)(steps.hold_to_band)
deliver = task(name="deliver", retries=0, cache_policy=NO_CACHE)(deliver_together)  # the table decides what goes again
index_outbox = task(name="index-outbox", cache_policy=NO_CACHE)(steps.index_outbox)
read_doubts = task(name="read-doubts", cache_policy=NO_CACHE)(backlog.read_doubts)
finish = task(name="finish", cache_policy=NO_CACHE)(steps.finish)


def _run_name() -> str:
    return f"daily-{runtime.flow_run.parameters.get('as_of') or today_in_amsterdam()}"


@flow(name="daily", flow_run_name=_run_name)
def daily(as_of: date | None = None, dry_run: bool = True, confirm: bool = False) -> DayReport:
    """Stuurt elke klant die vandaag aan een bericht toe is precies één mail, met één duidelijke reden.

    Args:
        as_of: de dag waarvoor wordt gekeken; leeg is vandaag (Amsterdam).
        dry_run: alleen kijken: er wordt niets geschreven en niets verstuurd.
        confirm: ook versturen als het er veel meer zijn dan gewoonlijk.
    """
    as_of = as_of or today_in_amsterdam()
    workspace = open_workspace(with_templates=True)
    if dry_run:
        return publish_day(plan(workspace, Flow.DAILY, as_of), workspace.programme)

    run = begin(workspace, Flow.DAILY, as_of, RunMode.SEND)
    take_up(run)
    decide(run)
    hold_to_band(run, confirm)
    deliver(run)
    index_outbox(run)
    publish_doubts(read_doubts(workspace.engine), workspace.programme)
    return publish_day(finish(run), workspace.programme)
