"""/static/desk/{version}/{name}: style sheets and a script. They hold no data, and a new version has a new address."""

import hashlib
from collections.abc import Mapping

from fastapi import APIRouter, Request
from jinja2 import Template
from starlette.responses import Response

from programme.terms.schema import Colours
from tasks.base.programme_file import TEMPLATES
from tasks.figures.page import figures_style
from web.server.site import site_of

router = APIRouter()

STYLES = ("tokens.css", "frame.css", "parts.css", "pages.css")
FIGURES_STYLE = "figures.css"  # of one page alone
COMPOSER_SCRIPT = "composer.js"  # of one page alone
MEDIA_TYPES = {"css": "text/css", "js": "text/javascript"}
FOR_GOOD = "public, max-age=31536000, immutable"


class StyleSheets:
    """The sheets in the firm's colours, and a version that changes with them."""

    def __init__(self, colours: Mapping[str, str]) -> None:
        folder = TEMPLATES / "desk" / "css"
        self._sheets = {name: (folder / name).read_text(encoding="utf-8") for name in STYLES}
        self._sheets["tokens.css"] = Template(self._sheets["tokens.css"]).render(firm=colours)
        self._sheets[COMPOSER_SCRIPT] = (TEMPLATES / "desk" / "js" / COMPOSER_SCRIPT).read_text(encoding="utf-8")
        self._sheets[FIGURES_STYLE] = figures_style(Colours.model_validate(colours))
        self.version = hashlib.sha256("".join(self._sheets.values()).encode()).hexdigest()[:12]

    def read(self, name: str) -> str | None:
        return self._sheets.get(name)


@router.api_route("/static/desk/{version}/{name}", methods=["GET", "HEAD"])
async def show_style(request: Request, version: str, name: str) -> Response:
    from web.desk.looks import looks_of

    sheet = looks_of(request).styles.read(name)
    if sheet is None:
        return site_of(request).pages.unknown_link()
    media_type = MEDIA_TYPES[name.rpartition(".")[2]]
    return Response(sheet, media_type=media_type, headers={"cache-control": FOR_GOOD})
