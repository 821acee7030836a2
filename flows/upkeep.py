"""Every quarter of an hour: finish what a crash or a lost connection left lying, and show the day so far."""

from dataclasses import asdict

from prefect import get_run_logger
from prefect.cache_policies import NO_CACHE

from flows.secrecy import flow, task
from flows.ui.artifacts.day import publish_doubts, publish_upkeep, read_doubts
from flows.ui.today import publish_today
from tasks.base.workspace import Workspace, now_in_amsterdam, open_workspace
from tasks.inbound import events, own_faults
from tasks.inbound.journal import journal_of
from tasks.inbound.replies import working_off
from tasks.mail.renderers import renderer_of
from tasks.referrals.own_page.iban_mails import deliver_iban_mails
from tasks.runs import backlog
from tasks.runs.backlog import Upkeep

look = task(name="look", cache_policy=NO_CACHE)(backlog.count_upkeep)
end_expired_claims = task(name="end-expired-claims", cache_policy=NO_CACHE)(backlog.end_expired_claims)
apply_events = task(name="apply-events", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=5)(events.apply_events)


@task(name="apply-wishes", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=5)
def apply_wishes(workspace: Workspace) -> int:
    """What the web part could not write when clients said it; it does this too, unless it is down. Safe to repeat."""
    return journal_of(workspace.engine).apply(workspace.engine, workspace.programme)


@task(name="send-account-mails", cache_policy=NO_CACHE, retries=0)
def send_account_mails(workspace: Workspace) -> None:
    """What the own page planned and a crash kept from going: links to give an account, and notices of a change."""
    renderer = renderer_of(workspace)
    deliver_iban_mails(workspace, renderer, now_in_amsterdam())


@task(name="work-off-mail", cache_policy=NO_CACHE, retries=0)
def work_off_mail(workspace: Workspace) -> int:
    """Mail of clients that the web part could not take in, or could not pass on: it may have no key for sending."""
    return working_off.work_off_mail(workspace, now_in_amsterdam())


def _run_name() -> str:
    return f"upkeep-{now_in_amsterdam():%Y-%m-%d-%H.%M}"


@flow(name="upkeep", flow_run_name=_run_name)
def upkeep(dry_run: bool = True) -> Upkeep:
    """Ruimt op wat is blijven liggen, en toont de dag tot nu toe en wie op een telefoontje wacht.

    Args:
        dry_run: Alleen kijken wat er ligt.
    """
    today = now_in_amsterdam().date()
    workspace = open_workspace()
    left = look(workspace.engine)
    if not dry_run:
        apply_wishes(workspace)
        end_expired_claims(workspace.engine)
        apply_events(workspace.engine)
        send_account_mails(workspace)
        work_off_mail(workspace)
        left = look(workspace.engine)
    get_run_logger().info("upkeep %s", " ".join(f"{name}={count}" for name, count in asdict(left).items()))
    publish_doubts(read_doubts(workspace), workspace.programme)  # a run that was stopped has shown none
    publish_today(workspace, today)
    published = publish_upkeep(left)
    if not dry_run:
        own_faults.alert_about(own_faults.take_own_faults(workspace.engine))  # a run that fails alerts, once
    return published
