"""What a run leaves in the Prefect UI for people: the table of the day, in Dutch."""

from prefect import task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE

from programme.report import DayReport
from programme.schema import Programme
from programme.wording import date_words, reason_text

FLOW_WORDS = {"daily": "Dagelijkse berichten", "win-back": "Terugwinnen"}


@task(name="publish-day", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=1)
def publish_day(report: DayReport, programme: Programme) -> DayReport:
    """Make the artifacts of a run and hand its report on. Safe to run twice: a new version of the same artifact."""
    title = f"{FLOW_WORDS[report.flow]} van {date_words(report.as_of)}"
    create_table_artifact(key=f"dag-{report.flow}", table=table_of_day(report, programme), description=title)
    create_markdown_artifact(
        key=f"samenvatting-{report.flow}", markdown=summary_of_day(report, title), description=title
    )
    return report


@task(name="publish-period", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=1)
def publish_period(reports: list[DayReport], programme: Programme) -> list[DayReport]:
    """One table over all runs of a period, and the reports on. Safe to run twice."""
    if reports:
        title = f"{date_words(reports[0].as_of)} tot en met {date_words(reports[-1].as_of)}"
        create_table_artifact(key="periode", table=table_of_period(reports), description=title)
    return reports


def table_of_period(reports: list[DayReport]) -> list[dict[str, str | int]]:
    """One row for each run."""
    return [
        {
            "Dag": report.as_of.isoformat(),
            "Berichten": FLOW_WORDS[report.flow],
            "Kandidaten": report.candidates,
            "Versturen": report.to_send,
            "Verstuurd": report.delivered.get("accepted", 0),
        }
        for report in reports
    ]


def table_of_day(report: DayReport, programme: Programme) -> list[dict[str, str | int]]:
    """One row for each touchpoint with candidates: how many, sent, waiting, not, and why."""
    return [
        {
            "Bericht": programme.touchpoints[line.touchpoint].label,
            "Kandidaten": line.candidates,
            "Versturen": line.send,
            "Wacht": line.defer,
            "Niet": line.skip,
            "Waarom wacht of niet": "; ".join(
                f"{count}× {reason_text(reason)}" for reason, count in line.reasons.items()
            ),
        }
        for line in report.lines(programme)
    ]


def summary_of_day(report: DayReport, title: str) -> str:
    """The run in a few sentences."""
    verb = "zou versturen" if report.mode == "plan" else "te versturen" if report.mode == "send" else "vastgelegd"
    sentences = [f"# {title}", f"{report.candidates} kandidaten, {report.to_send} {verb}."]
    if report.delivered:
        counts = ", ".join(f"{count} {DELIVERY_WORDS.get(name, name)}" for name, count in report.delivered.items())
        sentences.append(f"Verzending: {counts}.")
    if report.retaken or report.expired:
        sentences.append(f"Van eerdere dagen: {report.retaken} alsnog opgepakt, {report.expired} verlopen.")
    return "\n\n".join([*sentences, *report.notes])


DELIVERY_WORDS = {
    "accepted": "verstuurd",
    "rejected": "geweigerd",
    "in_doubt": "in twijfel",
    "cancelled": "vervallen",
    "held": "wachten op een open klacht",
    "unfit": "konden niet worden opgemaakt",
    "left": "nog te versturen",
}
