"""/desk/figures: the page of figures as of today, with sums that a director can do with other numbers."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from threading import Lock

from starlette.requests import Request
from starlette.responses import Response

from programme.figures.report import Report
from tasks.figures.page import page_parts
from tasks.figures.report import read_report
from web.desk.files import FIGURES_STYLE
from web.desk.gate import DeskRouter
from web.desk.visit import Visit

router = DeskRouter()

FRESH = timedelta(minutes=15)  # of a large base the report takes long, and steers nobody by the minute


@dataclass
class Latest:
    """The report that was worked out last; one visitor works it out, who comes meanwhile waits for it."""

    report: Report | None = None
    made_at: datetime | None = None
    lock: Lock = field(default_factory=Lock)

    def of(self, visit: Visit) -> Report:
        with self.lock:
            if self.report is None or self.made_at is None or self._is_old(visit.today, visit.at):
                self.report, self.made_at = read_report(visit.engine, visit.programme, visit.today), visit.at
            return self.report

    def _is_old(self, today: date, at: datetime) -> bool:
        assert self.report is not None
        assert self.made_at is not None
        return self.report.as_of != today or at - self.made_at >= FRESH


def latest_of(request: Request) -> Latest:
    """Of the application that serves this request."""
    state = request.app.state
    if not hasattr(state, "latest_figures"):
        state.latest_figures = Latest()
    found: Latest = state.latest_figures
    return found


@router.page("/desk/figures")
def show_figures(visit: Visit) -> Response:
    parts = page_parts(latest_of(visit.request).of(visit), visit.programme, visit.query)
    style = f"/static/desk/{visit.looks.styles.version}/{FIGURES_STYLE}"
    return visit.show("figures.html", figures=parts, figures_style=style)
