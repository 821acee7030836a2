"""Writes the page of figures: as one file that needs nothing else, and in parts for the desk."""

import base64
import hashlib
from functools import cache
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from programme.figures.page.page import figures_page
from programme.figures.report import Report
from programme.terms.schema import Colours, Programme
from tasks.base.programme_file import TEMPLATES
from tasks.mail.palette import DARK, light_palette


class FiguresHtml(NamedTuple):
    """The page in parts.

    Attributes:
        title: for <title>; names no client.
        heading: for the <h1>, which the body leaves to the document around it.
        body: one <div>, without style attributes and script; all its styles are below the class `figures`.
        style: its style sheet, the same for every report of a firm: to serve as a file, or inline under its digest.
    """

    title: str
    heading: str
    body: str
    style: str


def page_html(report: Report, programme: Programme) -> str:
    """The whole document. Equal reports give equal bytes."""
    style = figures_style(programme.brand.colours) + _environment().get_template("report/document.css").render()
    return _write("report/page.html", report, programme, in_frame=False, style=Markup(style), digest=_digest(style))


def page_parts(report: Report, programme: Programme) -> FiguresHtml:
    """The same page for a document of somebody else's: the desk's, under a content policy of its own."""
    page = figures_page(report, programme)
    body = _write("report/part.html", report, programme, in_frame=True)
    return FiguresHtml(page.title, page.heading, body, figures_style(programme.brand.colours))


def figures_style(colours: Colours) -> str:
    """The style sheet of the body, in the firm's colours."""
    values = {"light": light_palette(colours), "dark": DARK}
    sheets = ("report/tokens.css", "report/report.css")
    return "\n".join(_environment().get_template(name).render(values) for name in sheets)


def _write(template: str, report: Report, programme: Programme, **values: object) -> str:
    page = figures_page(report, programme)
    acts = {change.name for change in page.changes}
    return _environment().get_template(template).render(page=page, brand=programme.brand, acts=acts, **values)


def _digest(style: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
