"""/voorkeuren/{token}: what somebody gets from us. Its token is that of the unsubscribe link of the same mail."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from programme.words.tokens import LinkPurpose
from web.server.site import site_of

router = APIRouter()


@router.api_route("/voorkeuren/{token}", methods=["GET", "HEAD"])
async def show_preferences(request: Request, token: str) -> Response:
    site = site_of(request)
    if site.message_of(LinkPurpose.UNSUBSCRIBE, token) is None:
        return site.pages.unknown_link()
    return site.pages.show("preferences.html", token=token)
