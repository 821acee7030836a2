"""/desk/figures: the report of the figures, once there is one."""

from starlette.responses import Response

from web.desk.gate import DeskRouter
from web.desk.visit import Visit

router = DeskRouter()


@router.page("/desk/figures")
def show_figures(visit: Visit) -> Response:
    return visit.show("figures.html")
