"""All routes of the desk, in the order in which a path is looked for."""

from fastapi import APIRouter

from web.desk import files, login
from web.desk.gate import DeskRouter
from web.desk.visit import NotThere, Visit
from starlette.responses import Response

lost = DeskRouter()

@lost.page("/desk/{rest:path}")
def show_lost(visit: Visit) -> Response:
    raise NotThere


ROUTERS: tuple[APIRouter, ...] = (files.router, login.router, login.inside, lost)
