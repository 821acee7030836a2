"""Every day: find who reached a moment worth a message, decide, write and send."""

from datetime import date

from prefect import flow, runtime, task
from prefect.cache_policies import NO_CACHE

from flows.artifacts import publish_day, publish_doubts
from flows.deliver import deliver_together
from programme.report import DayReport
from programme.states import Flow, RunMode
from tasks import days, upkeep
from tasks.desk import open_desk, today_in_amsterdam

plan = task(name="plan", cache_policy=NO_CACHE)(days.plan)
begin = task(name="begin", cache_policy=NO_CACHE)(days.begin)
take_up = task(name="take-up-left-over", cache_policy=NO_CACHE)(days.take_up)
decide = task(name="decide", cache_policy=NO_CACHE)(days.decide)
hold_to_band = task(name="hold-to-band", cache_policy=NO_CACHE)(days.hold_to_band)
deliver = task(name="deliver", retries=0, cache_policy=NO_CACHE)(deliver_together)  # the table decides what goes again
index_outbox = task(name="index-outbox", cache_policy=NO_CACHE)(days.index_outbox)
read_doubts = task(name="read-doubts", cache_policy=NO_CACHE)(upkeep.read_doubts)
finish = task(name="finish", cache_policy=NO_CACHE)(days.finish)


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
    desk = open_desk(with_templates=True)
    if dry_run:
        return publish_day(plan(desk, Flow.DAILY, as_of), desk.programme)

    run = begin(desk, Flow.DAILY, as_of, RunMode.SEND)
    take_up(run)
    decide(run)
    hold_to_band(run, confirm)
    deliver(run)
    index_outbox(run)
    publish_doubts(read_doubts(desk.engine), desk.programme)
    return publish_day(finish(run), desk.programme)
