"""/static/desk/{version}/{name}: the style sheets. They hold no data, and a new version has a new address."""

import hashlib
from collections.abc import Mapping

from fastapi import APIRouter, Request
from jinja2 import Template
from starlette.responses import Response

from tasks.base.programme_file import TEMPLATES
from web.server.site import site_of

router = APIRouter()

STYLES = ("tokens.css", "frame.css", "parts.css", "pages.css")
FOR_GOOD = "public, max-age=31536000, immutable"


class StyleSheets:
    """The sheets in the firm's colours, and a version that changes with them."""

    def __init__(self, colours: Mapping[str, str]) -> None:
        folder = TEMPLATES / "desk" / "css"
        self._sheets = {name: (folder / name).read_text(encoding="utf-8") for name in STYLES}
        self._sheets["tokens.css"] = Template(self._sheets["tokens.css"]).render(firm=colours)
        self.version = hashlib.sha256("".join(self._sheets.values()).encode()).hexdigest()[:12]

    def read(self, name: str) -> str | None:
        return self._sheets.get(name)


@router.api_route("/static/desk/{version}/{name}", methods=["GET", "HEAD"])
async def show_style(request: Request, version: str, name: str) -> Response:
    from web.desk.looks import looks_of

    sheet = looks_of(request).styles.read(name)
    if sheet is None:
        return site_of(request).pages.unknown_link()
    return Response(sheet, media_type="text/css", headers={"cache-control": FOR_GOOD})
