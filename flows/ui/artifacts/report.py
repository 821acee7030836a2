"""What the weekly figures leave in the Prefect UI: the eight with their lights, what to do, and where the page is."""

from prefect.cache_policies import NO_CACHE

from flows.secrecy import task
from flows.ui.markdown import escaped, table
from flows.ui.publishing import publish
from programme.figures.page.page import FiguresPage, figures_page
from programme.figures.report import Report
from programme.terms.schema import Programme

HEADINGS = ("Cijfer", "Nu", "Geteld", "Doel", "Licht")


@task(name="publish-report", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=1)
def publish_report(report: Report, programme: Programme) -> None:
    """Make the artifact of the day. Safe to run twice: a new version of it."""
    page = figures_page(report, programme)
    publish(f"cijfers-{report.as_of}", report_markdown(page), page.title)


def report_markdown(page: FiguresPage) -> str:
    """The head, a line a figure, and each change with what can be done about it."""
    rows = [
        (card.title, card.told, card.beside or "–", card.target or "–", f"{card.sign} {card.light}")
        for card in page.cards
    ]
    changes = [
        f"- **{escaped(change.title)}** {escaped(_act(change.lever.does, change.lever.key))}" for change in page.changes
    ]
    return "\n\n".join(
        [
            f"# {page.title}",
            escaped(str(page.lead)),
            escaped(page.standing),
            table(HEADINGS, rows),
            "## Wat veranderde, en wat u kunt doen",
            "\n".join(changes)
            or "Er veranderde niets dat buiten de grenzen valt, en geen cijfer ligt onder zijn doel.",
            f"De hele pagina staat op de balie bij Cijfers, of: {escaped(page.command)} --out cijfers.html",
        ]
    )


def _act(does: str, key: str) -> str:
    return f"{does} ({key})" if key else does
