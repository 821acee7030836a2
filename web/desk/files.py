"""/static/desk/{version}/{name}: style sheets and a script. They hold no data, and a new version has a new address."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from web.desk.showing.looks import looks_of
from web.server.site import site_of

router = APIRouter()

MEDIA_TYPES = {"css": "text/css", "js": "text/javascript"}
FOR_GOOD = "public, max-age=31536000, immutable"


@router.api_route("/static/desk/{version}/{name}", methods=["GET", "HEAD"])
async def show_style(request: Request, version: str, name: str) -> Response:
    sheet = looks_of(request).styles.read(name)
    if sheet is None:
        return site_of(request).pages.unknown_link()
    media_type = MEDIA_TYPES[name.rpartition(".")[2]]
    return Response(sheet, media_type=media_type, headers={"cache-control": FOR_GOOD})
