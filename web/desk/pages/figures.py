"""/desk/figures: the page of figures as of today, with sums that a director can do with other numbers."""

from starlette.responses import Response

from tasks.figures.page import page_parts
from tasks.figures.report import read_report
from web.desk.gate import DeskRouter
from web.desk.kept import kept_of
from web.desk.styles import FIGURES_STYLE
from web.desk.visit import Visit

router = DeskRouter()


@router.page("/desk/figures")
def show_figures(visit: Visit) -> Response:
    engine, programme, today = visit.engine, visit.programme, visit.today
    report = kept_of(visit.request).wait(("figures", today), visit.at, lambda: read_report(engine, programme, today))
    parts = page_parts(report, programme, visit.query)
    style = f"/static/desk/{visit.looks.styles.version}/{FIGURES_STYLE}"
    return visit.show("figures.html", figures=parts, figures_style=style)
