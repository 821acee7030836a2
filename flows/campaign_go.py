"""How a campaign's run comes by its go: the desk gave it, is asked for it, or, without a desk, Prefect asks.

The desk names its go in a tag of the run. What the run would send is compared with what was approved when it starts,
and again when its moment has come.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from prefect import runtime
from prefect.flow_runs import suspend_flow_run
from prefect.input import create_flow_run_input, read_flow_run_input
from prefect.states import Completed, State
from pydantic import ValidationError

from flows.day_tasks import step
from flows.ui.artifacts.campaign import publish_asked, publish_lost
from flows.ui.campaign_form import GoInput, go_question
from programme.campaigns.audience.audience_words import people_words
from programme.campaigns.campaign import Campaign, CampaignCount, go_holds
from programme.campaigns.go import GO_DAYS, GoAnswer, approvers
from tasks.base.workspace import Workspace
from tasks.campaigns import register as campaign_register
from tasks.campaigns.checks import AcceptedOrder
from tasks.campaigns.goes.asking import ask_go, go_url, tell_stopped
from tasks.campaigns.goes.keeping import GoQuestion, find_go, keep_stopped
from tasks.campaigns.goes.leave import Leave, LeaveVerdict, may_leave
from tasks.campaigns.goes.starting import go_of_tags

GO_TIMEOUT_SECONDS = GO_DAYS * 24 * 3600  # after it the run fails and the campaign can be started again


class GoNeeded(Exception):
    """The campaign is so large that somebody has to say yes, and nobody can be asked."""


class GoLost(Exception):
    """What would go is something else than what was approved; nothing was sent. The message is Dutch."""


record_go = step("record-go", campaign_register.record_go, retries=2, retry_delay_seconds=1)
put_question = step("ask-for-go", ask_go)  # safe to repeat: a question of the same run is put and mailed once


def go_of_run() -> str:
    """The id of the go that the desk started this run with; "" for a run of Prefect's own form."""
    return go_of_tags(list(runtime.flow_run.tags or []))


def has_desk(workspace: Workspace) -> bool:
    """Whether the go is asked on the desk."""
    return workspace.settings.desk != "off"


def require_leave(workspace: Workspace, order: AcceptedOrder, to_send: int, now: datetime) -> Leave:
    """The verdict, when it is not a stop. Raises GoLost after everybody who must know has been told."""
    leave = may_leave(workspace, order, to_send, go_of_run())
    if leave.verdict == LeaveVerdict.STOPS:
        publish_lost(order.campaign.name, leave.why)
        tell_lost(workspace, leave.why, now)
        raise GoLost(f"De campagne is niet verstuurd. {leave.why}")
    return leave


def record_given(workspace: Workspace, mailing: Campaign, leave: Leave) -> None:
    """Keep a go of the desk with the campaign, as one of Prefect is kept. Safe to run twice."""
    if leave.go and leave.go.answer == GoAnswer.YES:
        record_go(workspace.engine, mailing.name, leave.go.answered_by or "", leave.go.people)


def tell_lost(workspace: Workspace, why: str, now: datetime) -> None:
    """A note on the desk and a mail to who asked, once, of a run that the desk started."""
    go = find_go(workspace.engine, go_of_run()) if go_of_run() else None
    if go and keep_stopped(workspace.engine, go.go_id, why, now):
        tell_stopped(workspace, go, why, now)


def ask_on_desk(
    workspace: Workspace,
    form: Mapping[str, Any],
    order: AcceptedOrder,
    count: CampaignCount,
    people: int,
    now: datetime,
) -> State[Any]:
    """Put the question on the desk and end: after a yes the desk starts the campaign, with this form."""
    go_id = str(runtime.flow_run.id or "").replace("-", "")[:16]
    put_question(workspace, GoQuestion(go_id, form, order, people, count.reasons(), "", now))
    url = go_url(workspace, go_id)
    publish_asked(order.campaign.name, people, url)
    return Completed(name="Wacht op akkoord", message=f"Het akkoord wordt gevraagd op de balie: {url}")


def ask_for_go(workspace: Workspace, mailing: Campaign, count: CampaignCount, people: int) -> GoInput:
    """Let the run wait, without a process, until somebody of the approvers answers in Prefect's UI.

    Args:
        people: how many it reaches in all, when the run began or went on.

    Raises:
        GoNeeded: nobody may answer, nobody did, or it reaches more people by now than the yes is for.
    """
    names = [person.name for person in approvers(workspace.programme.people, "", False)]
    if not names:
        raise GoNeeded(
            f"{mailing.name} gaat naar {people_words(count.to_send)}, en niemand mag campagnes goedkeuren; er is niets "
            "verstuurd. Laat twee mensen de rol marketing_approver geven in het programma ([[people]]), en start "
            "de campagne opnieuw."
        )
    if runtime.deployment.id is None:
        raise GoNeeded(
            f"campaign {mailing.name} would go to {count.to_send} people, and somebody has to give a go for that; "
            "start it from the Prefect UI, which asks"
        )
    covers = _kept_number(people + count.later)
    try:
        go = suspend_flow_run(wait_for_input=go_question(mailing, count), timeout=GO_TIMEOUT_SECONDS, key="go")
    except ValidationError:  # Prefect asks once a run: one that is tried again finds its question unanswered
        raise GoNeeded(
            "Deze run heeft al om akkoord gevraagd en kreeg geen antwoord; er is niets verstuurd. "
            "Start de campagne opnieuw (Copy to new run)."
        ) from None
    if go.approved_by not in names:
        raise GoNeeded(f"'{go.approved_by}' mag campagnes niet goedkeuren. Dat mogen: {', '.join(names)}.")
    if go.is_yes and not go_holds(covers, people):
        raise GoNeeded(
            f"{go.approved_by} zei ja tegen {people_words(covers)}, en nu zijn het er {people}; er is niets verstuurd. "
            "Start de campagne opnieuw, dan wordt het opnieuw gevraagd."
        )
    return go


def _kept_number(people: int) -> int:
    """For how many people this run asked for a go, which its answer is for; kept with the run at Prefect."""
    kept = cast("int | None", read_flow_run_input("go-for"))  # not a coroutine: its flow is no async one
    if kept is None:
        create_flow_run_input("go-for", people)
    return people if kept is None else kept
