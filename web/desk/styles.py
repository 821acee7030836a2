"""The style sheets of the desk and the script of the composer, in the firm's colours."""

import hashlib

from jinja2 import Template

from programme.terms.colour_terms import Colours
from tasks.base.programme_file import TEMPLATES
from tasks.figures.page import figures_style

STYLES = ("tokens.css", "frame.css", "parts.css", "pages.css")
FIGURES_STYLE = "figures.css"  # of one page alone
COMPOSER_SCRIPT = "composer.js"  # of one page alone


class StyleSheets:
    """The sheets in the firm's colours, and a version that changes with them."""

    def __init__(self, colours: Colours) -> None:
        folder = TEMPLATES / "desk" / "css"
        self._sheets = {name: (folder / name).read_text(encoding="utf-8") for name in STYLES}
        self._sheets["tokens.css"] = Template(self._sheets["tokens.css"]).render(firm=colours)
        self._sheets[COMPOSER_SCRIPT] = (TEMPLATES / "desk" / "js" / COMPOSER_SCRIPT).read_text(encoding="utf-8")
        self._sheets[FIGURES_STYLE] = figures_style(colours)
        self.version = hashlib.sha256("".join(self._sheets.values()).encode()).hexdigest()[:12]

    def read(self, name: str) -> str | None:
        return self._sheets.get(name)
