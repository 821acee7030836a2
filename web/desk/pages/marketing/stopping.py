"""/desk/campaigns/results/{name}/stop: one press, and what has not gone yet does not go."""

from functools import partial

from sqlalchemy import Connection
from starlette.responses import Response

from programme.campaigns.go import may_stop
from tasks.base.prefect_api import NoServer
from tasks.campaigns.goes.keeping import find_started
from tasks.campaigns.goes.starting import cancel_runs
from tasks.campaigns.results import StoredCampaign, find_stored
from tasks.campaigns.stopping import withdraw
from web.desk.gate import BESIDE_OTHERS, DeskRouter
from web.desk.goes import goes_of
from web.desk.showing.moments import path_part
from web.desk.visit import NotThere, Refused, Visit

router = DeskRouter()

NOT_YOU = "Stoppen kan alleen wie de campagne startte, of wie campagnes mag goedkeuren."
ALREADY = "Deze campagne is al gestopt, door {}."


@router.form("/desk/campaigns/results/{name}/stop", BESIDE_OTHERS)
def stop(visit: Visit) -> Response:
    """Stop the campaign for good, and take back the run that waits for its moment."""
    name = visit.path["name"]
    campaign = _found(visit, name)
    if not may_stop(visit.person, started_by(visit, name)):
        raise Refused(NOT_YOU, 403)
    if campaign.withdrawn_by:
        raise Refused(ALREADY.format(campaign.withdrawn_by))
    withdraw(visit.engine, name, visit.person.name, partial(_note, visit, name))
    if (first := _found(visit, name).withdrawn_by) != visit.person.name:
        raise Refused(ALREADY.format(first))  # somebody else was there at the same moment
    return visit.done(
        f"/desk/campaigns/results/{path_part(name)}", "gestopt" if _cancelled(visit, name) else "gestoptlos"
    )


def _found(visit: Visit, name: str) -> StoredCampaign:
    campaign = find_stored(visit.engine, visit.programme, name)
    if campaign is None:
        raise NotThere
    return campaign


def started_by(visit: Visit, name: str) -> str:
    """Who started the campaign on the desk; "" when it was started in Prefect."""
    go = find_started(visit.engine, name)
    return go.asked_by if go else ""


def _cancelled(visit: Visit, name: str) -> bool:
    """Whether the runs that wait are gone; one that stays finds the campaign stopped, and sends nothing."""
    api = goes_of(visit.request).api
    try:
        cancel_runs(api, name, "Gestopt op de balie.")
    except NoServer:
        return False
    return True


def _note(visit: Visit, name: str, connection: Connection, stopped: int) -> None:
    visit.record(connection, "stop campaign", name, after={"messages": stopped})
