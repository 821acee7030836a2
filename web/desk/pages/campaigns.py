"""/desk/campaigns: which campaigns wait for a go, with the way to the page of Prefect on which it is given."""

from starlette.responses import Response

from web.desk.gate import DeskRouter
from web.desk.goes import goes_of
from web.desk.visit import Visit

router = DeskRouter()


@router.page("/desk/campaigns")
def show_campaigns(visit: Visit) -> Response:
    goes = goes_of(visit.request)
    return visit.show("campaigns.html", runs=goes.look(), goes=goes)
