"""Writes the page of figures: as one file that needs nothing else, and in parts for the desk."""

from collections.abc import Mapping
from typing import NamedTuple

from markupsafe import Markup

from programme.figures.page.page import figures_page
from programme.figures.page.sums import sums_of
from programme.figures.report import Report
from programme.terms.colour_terms import Colours
from programme.terms.schema import Programme
from tasks.base.pages import digest_source, pages
from tasks.mail.templating.palette import dark_palette, light_palette


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
    style = figures_style(programme.brand.colours) + pages().get_template("report/document.css").render()
    return _write(
        "report/page.html", report, programme, in_frame=False, sums=(), style=Markup(style), digest=digest_source(style)
    )


def page_parts(report: Report, programme: Programme, typed: Mapping[str, str] | None = None) -> FiguresHtml:
    """The same page for a document of somebody else's: the desk's, under a content policy of its own.

    Args:
        typed: what somebody typed in the fields of the sums, {} for the firm's own numbers; None leaves the sums out.
    """
    page = figures_page(report, programme)
    sums = () if typed is None else sums_of(report.firm, typed)
    body = _write("report/part.html", report, programme, in_frame=True, sums=sums)
    return FiguresHtml(page.title, page.heading, body, figures_style(programme.brand.colours))


def figures_style(colours: Colours) -> str:
    """The style sheet of the body, in the firm's colours."""
    values = {"light": light_palette(colours), "dark": dark_palette(colours)}
    sheets = ("report/tokens.css", "report/report.css")
    return "\n".join(pages().get_template(name).render(values) for name in sheets)


def _write(template: str, report: Report, programme: Programme, **values: object) -> str:
    page = figures_page(report, programme)
    acts = {change.name for change in page.changes}
    return pages().get_template(template).render(page=page, brand=programme.brand, acts=acts, **values)
