"""Campaigns go on by themselves: whoever had to wait gets the mail on the first day of its window that allows it."""

from typing import Annotated

from prefect import runtime
from pydantic import Field

from flows.day_tasks import as_tasks
from flows.following import Followed, follow
from flows.secrecy import flow
from flows.ui.artifacts.campaign import publish_followed
from flows.ui.artifacts.day import publish_state
from programme.campaigns.form.form_words import DEFERRED
from tasks.base.workspace import now_in_amsterdam, open_workspace
from tasks.campaigns.goes.deferred import read_deferred


def _run_name() -> str:
    return f"campaign-deferred{'' if runtime.flow_run.parameters.get('dry_run') is False else '-proef'}"


@flow(name="campaign-deferred", flow_run_name=_run_name)
def campaign_deferred(
    dry_run: Annotated[bool, Field(json_schema_extra={"title": DEFERRED["dry_run"].label})] = True,
) -> list[Followed]:
    """Stuurt lopende campagnes aan wie moest wachten en nu mag; wie er later bij de doelgroep kwam, krijgt niets.

    Args:
        dry_run: Alleen kijken wie er aan de beurt is. Zet uit om echt te versturen.
    """
    now = now_in_amsterdam()
    workspace = open_workspace(with_templates=True)
    followed = [follow(workspace, each, now, dry_run, as_tasks) for each in read_deferred(workspace, now)]
    if not dry_run and followed:
        publish_state(workspace, now.date())
    return publish_followed(followed, now.date(), dry_run)
