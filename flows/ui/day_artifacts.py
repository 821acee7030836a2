"""What a run leaves in the Prefect UI for people: the table of the day, in Dutch."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypeVar

from prefect import get_run_logger, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE

from programme.sending.report import DayReport
from programme.terms.schema import Programme
from programme.words.states import Outcome, RunMode
from programme.words.wording import date_words, reason_text
from tasks.base.workspace import Workspace
from tasks.inbound.suppressions import SyncReport
from tasks.runs import backlog
from tasks.runs.backlog import Doubt, Upkeep
from tasks.runs.day import Delivered, QueuedDay

Done = TypeVar("Done", DayReport, QueuedDay)
FLOW_WORDS = {"daily": "Dagelijkse berichten", "win-back": "Terugwinnen"}


@task(name="read-doubts", cache_policy=NO_CACHE)
def read_doubts(workspace: Workspace) -> list[Doubt]:
    return backlog.read_doubts(workspace.engine)


def publish_day(report: DayReport, workspace: Workspace) -> DayReport:
    """Show what a run did, and what is in doubt once it has sent; hand its report on.

    A run that found its work done by another run of the day is logged and leaves that one's table standing.
    """
    if report.mode == RunMode.SEND:
        publish_doubts(read_doubts(workspace), workspace.programme)
    if report.is_beside_another:
        get_run_logger().info("%s beside_another=true", log_line(report))
        return report
    return publish_report(report, workspace.programme)


@task(name="publish-day", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=1)
def publish_report(report: DayReport, programme: Programme) -> DayReport:
    """Make the artifacts of a run and hand its report on. Safe to run twice: a new version of the same artifact."""
    title = f"{FLOW_WORDS[report.flow]} van {date_words(report.as_of)}"
    create_table_artifact(key=f"dag-{report.flow}", table=table_of_day(report, programme), description=title)
    _publish_summary(f"samenvatting-{report.flow}", report, title)
    get_run_logger().info("%s", log_line(report))
    return report


def log_days(done: list[Done]) -> list[Done]:
    """Log one line for each run of a day, and hand them on; of one that is sent later, what it decided."""
    for one in done:
        report = one.report() if isinstance(one, QueuedDay) else one
        get_run_logger().info("%s", log_line(report))
    return done


@task(name="publish-period", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=1)
def publish_period(reports: list[DayReport], programme: Programme) -> list[DayReport]:
    """One table over all runs of a period, one over its touchpoints, and the reports on. Safe to run twice."""
    if reports:
        title = f"{date_words(reports[0].as_of)} tot en met {date_words(reports[-1].as_of)}"
        whole = whole_of(reports)
        create_table_artifact(key="periode", table=table_of_period(reports), description=title)
        create_table_artifact(key="periode-berichten", table=table_of_day(whole, programme), description=title)
        _publish_summary("samenvatting-periode", whole, title)
        get_run_logger().info("backfill first=%s %s", reports[0].as_of, log_line(whole))
    return reports


@task(name="publish-delivery", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=1)
def publish_delivery(as_of: date, delivered: Delivered) -> Delivered:
    """What this process delivered, as a sentence. Safe to run twice."""
    title = f"Verzending voor {date_words(as_of)}"
    sentence = delivery_sentence(delivered) or "Er stond niets klaar."
    create_markdown_artifact(key="verzending", markdown=f"# {title}\n\n{sentence}", description=title)
    get_run_logger().info("deliver as_of=%s %s", as_of, _pairs(delivered))
    return delivered


@task(name="publish-doubts", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=1)
def publish_doubts(doubts: Sequence[Doubt], programme: Programme) -> None:
    """The requests that a person has to decide on; nothing when there are none. Safe to run twice."""
    if doubts:
        title = f"In twijfel: {sum(doubt.messages for doubt in doubts)} berichten"
        create_table_artifact(key="in-twijfel", table=table_of_doubts(doubts, programme), description=title)


@task(name="publish-upkeep", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=1)
def publish_upkeep(left: Upkeep) -> Upkeep:
    """What is still left over, when there is anything; a clean slate every quarter of an hour is no news."""
    if left != Upkeep(0, 0, 0):
        rows = [
            {"Wat": "Meldingen van de verzender die nog niet zijn verwerkt", "Aantal": left.events},
            {"Wat": "Verzoeken van een worker die stilviel", "Aantal": left.requests},
            {"Wat": "Berichten in twijfel: niemand weet of ze zijn aangekomen", "Aantal": left.in_doubt},
        ]
        create_table_artifact(key="zorg", table=rows, description="Wat is blijven liggen")
    return left


@task(name="publish-sync", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=1)
def publish_sync(report: SyncReport) -> SyncReport:
    """What was exchanged with the provider, in counts."""
    rows = [{"Lijst": name, "Opgehaald": count} for name, count in report.pulled.items()]
    title = f"Nieuw voor ons: {report.news}. Doorgegeven: {report.pushed}. Zonder adres: {report.unreadable}."
    create_table_artifact(key="afmeldingen", table=rows, description=title)
    pulled = sum(report.pulled.values())
    get_run_logger().info("housekeeping pulled=%s news=%s pushed=%s", pulled, report.news, report.pushed)
    return report


def whole_of(reports: Sequence[DayReport]) -> DayReport:
    """The counts of all runs as one, dated the last day."""
    whole = DayReport(reports[-1].flow, reports[-1].as_of, reports[-1].mode)
    for report in reports:
        whole.counts += report.counts
        whole.delivered += report.delivered
        whole.retaken += report.retaken
        whole.expired += report.expired
        whole.cancelled += report.cancelled
    return whole


def table_of_period(reports: Sequence[DayReport]) -> list[dict[str, str | int]]:
    """One row for each run, and one for all of them."""
    rows = [_period_row(report.as_of.isoformat(), FLOW_WORDS[report.flow], report) for report in reports]
    return [*rows, _period_row("Alle dagen", "", whole_of(reports))]


def _period_row(day: str, what: str, report: DayReport) -> dict[str, str | int]:
    outcomes = outcomes_of(report)
    return {
        "Dag": day,
        "Berichten": what,
        "Kandidaten": report.candidates,
        "Versturen": outcomes[Outcome.SEND],
        "Wacht": outcomes[Outcome.DEFER],
        "Niet": outcomes[Outcome.SKIP],
        "Verstuurd": report.delivered.get("accepted", 0),
        "In twijfel": report.delivered.get("in_doubt", 0),
    }


def table_of_doubts(doubts: Sequence[Doubt], programme: Programme) -> list[dict[str, str | int]]:
    """One row for each request, with what an engineer needs to look it up; no addresses."""
    return [
        {
            "Verzoek": doubt.request_id,
            "Bericht": _label(programme, doubt.touchpoint),
            "Berichten": doubt.messages,
            "Verstuurd om (UTC)": doubt.sent_at.isoformat(" ", "minutes") if doubt.sent_at else "onbekend",
            "Wat te doen": "bouwclub reconcile; daarna zo nodig bouwclub resend",
        }
        for doubt in doubts
    ]


def _label(programme: Programme, touchpoint: str) -> str:
    return programme.kinds.in_log(touchpoint).label


def table_of_day(report: DayReport, programme: Programme) -> list[dict[str, str | int]]:
    """One row for each touchpoint with candidates: how many, sent, waiting, not, and why."""
    return [
        {
            "Bericht": programme.kinds[line.touchpoint].label,
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


def _publish_summary(key: str, report: DayReport, title: str) -> None:
    markdown = "\n\n".join([f"# {title}", *summary_of_day(report)])
    create_markdown_artifact(key=key, markdown=markdown, description=card_of_day(report))


def card_of_day(report: DayReport) -> str:
    """What stands on the artifact's card in the run's page, which shows some forty characters of it."""
    outcomes = outcomes_of(report)
    did = f"Versturen {outcomes[Outcome.SEND]}"
    if report.mode == RunMode.SEND:
        did = f"Verstuurd {report.delivered.get('accepted', 0)}"
        did += "".join(f", {name} {report.delivered[key]}" for key, name in TROUBLE.items() if report.delivered[key])
    return f"{did}, wacht {outcomes[Outcome.DEFER]}, niet {outcomes[Outcome.SKIP]}"


def outcomes_of(report: DayReport) -> dict[Outcome, int]:
    """How many candidates were to be sent, to wait, or not to get it."""
    outcomes = dict.fromkeys(Outcome, 0)
    for (_, outcome, _), count in report.counts.items():
        outcomes[Outcome(outcome)] += count
    return outcomes


def summary_of_day(report: DayReport) -> list[str]:
    """The run in a few sentences."""
    will = {RunMode.PLAN: "zouden worden verstuurd", RunMode.LOG: "vastgelegd", RunMode.SEND: "te versturen"}
    sentences = [f"{report.candidates} kandidaten, {report.to_send} {will[report.mode]}."]
    if report.delivered:
        sentences.append(f"Verzending: {delivery_sentence(report.delivered)}")
    if report.has_left_over:
        ended = f"{report.expired} verlopen, {report.cancelled} niet meer van toepassing"
        sentences.append(f"Van eerdere runs: {report.retaken} alsnog opgepakt, {ended}.")
    return [*sentences, *report.notes]


def delivery_sentence(delivered: Delivered) -> str:
    """ "12 verstuurd, 1 in twijfel."; "" when nothing was to be delivered."""
    counts = [f"{count} {DELIVERY_WORDS.get(name, name)}" for name, count in delivered.items() if count]
    return f"{', '.join(counts)}." if counts else ""


def log_line(report: DayReport) -> str:
    """A run as key=value pairs, for machines that read logs; counts alone, so nothing personal."""
    run = {"flow": report.flow, "as_of": report.as_of, "mode": report.mode}
    counts = {"candidates": report.candidates, "send": report.to_send}
    taken_up = {"retaken": report.retaken, "expired": report.expired, "left_cancelled": report.cancelled}
    return _pairs({**run, **counts, **taken_up, **report.delivered})


def _pairs(values: Mapping[str, object]) -> str:
    return " ".join(f"{name}={value}" for name, value in values.items())


TROUBLE = {"in_doubt": "in twijfel", "rejected": "geweigerd", "left": "blijft liggen"}
DELIVERY_WORDS = {
    "accepted": "verstuurd",
    "rejected": "geweigerd",
    "in_doubt": "in twijfel",
    "cancelled": "vervallen",
    "held": "wachten op een open klacht",
    "unfit": "konden niet worden opgemaakt",
    "left": "nog te versturen",
}
