"""All routes of the desk, in the order in which a path is looked for."""

from fastapi import APIRouter
from starlette.responses import Response

from web.desk import files, login
from web.desk.gate import DeskRouter
from web.desk.pages import (
    acts,
    cases,
    clients,
    figures,
    payouts,
    tasks,
    today,
)
from web.desk.pages.mails import doubtful, letters, replies
from web.desk.pages.marketing import (
    audiences,
    calendar,
    campaigns,
    composer,
    drafts,
    goes,
    sending,
    stopping,
)
from web.desk.pages.marketing.what_if import form as what_if
from web.desk.pages.marketing.what_if import proposals
from web.desk.visit import NotThere, Visit

lost = DeskRouter()


@lost.page("/desk/{rest:path}")
def show_lost(visit: Visit) -> Response:
    """Whatever no page has: said inside the frame, to whoever is logged in."""
    raise NotThere


ROUTERS: tuple[APIRouter, ...] = (
    files.router,
    login.router,
    login.inside,
    today.router,
    tasks.router,
    cases.router,
    clients.router,
    letters.router,
    doubtful.router,
    replies.router,
    payouts.router,
    campaigns.router,
    sending.router,
    goes.router,
    stopping.router,
    drafts.router,
    composer.router,
    audiences.router,
    calendar.router,
    what_if.router,
    proposals.router,
    figures.router,
    acts.router,
    lost,
)
