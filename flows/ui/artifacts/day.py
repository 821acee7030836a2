"""What a run leaves in the Prefect UI for people: the table of the day, in Dutch."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TypeVar

from prefect import get_run_logger
from prefect.cache_policies import NO_CACHE

from flows.secrecy import task
from flows.ui.markdown import table
from flows.ui.publishing import is_published, publish, publish_news
from flows.ui.today import publish_today
from models.database.clock import aware
from programme.sending.report import DayReport
from programme.terms.schema import Programme
from programme.words.dates import AMSTERDAM
from programme.words.numerals import dotted
from programme.words.states import Outcome, RunMode
from programme.words.wording import clock_words, date_words, reason_text
from tasks.base.workspace import Workspace
from tasks.runs import backlog
from tasks.runs.backlog import Doubt, Upkeep
from tasks.runs.day import Delivered, QueuedDay
from tasks.runs.register import read_whole_day

Done = TypeVar("Done", DayReport, QueuedDay)
FLOW_WORDS = {"daily": "Dagelijkse berichten", "win-back": "Terugwinnen"}


@task(name="read-doubts", cache_policy=NO_CACHE)
def read_doubts(workspace: Workspace) -> list[Doubt]:
    return backlog.read_doubts(workspace.engine)


def publish_state(workspace: Workspace, as_of: date) -> None:
    """What every run that sent shows: what is in doubt, and the day over all flows. Safe to run twice."""
    publish_doubts(read_doubts(workspace), workspace.programme)
    publish_today(workspace, as_of)


def publish_day(report: DayReport, workspace: Workspace) -> DayReport:
    """Show what a run did, and once it has sent what is in doubt and the day over all flows; hand its report on.

    A run that found its work done by another run of the day is logged and leaves that one's table standing.
    """
    if report.mode == RunMode.SEND:
        publish_state(workspace, report.as_of)
    if report.is_beside_another and is_published(_key_of(report)):
        get_run_logger().info("%s beside_another=true", log_line(report))
        return report
    return publish_report(report, workspace)


@task(name="publish-day", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=1)
def publish_report(report: DayReport, workspace: Workspace) -> DayReport:
    """Make the artifacts of a run and hand its report on. Safe to run twice: a new version of the same artifact.

    The table is of the day: when an earlier run of it was stopped, both runs together are what it did.
    """
    title = f"{FLOW_WORDS[report.flow]} van {date_words(report.as_of)}"
    _publish_summary(_key_of(report), _whole_of_day(report, workspace), workspace.programme, title)
    get_run_logger().info("%s", log_line(report))
    return report


def _key_of(report: DayReport) -> str:
    kind = "plan" if report.mode == RunMode.PLAN else "dag"  # a look is not put over what was done
    return f"{kind}-{report.flow}-{report.as_of}"


def _whole_of_day(report: DayReport, workspace: Workspace) -> DayReport:
    """All runs of the flow's day as one report, which says what the last of them added."""
    whole = read_whole_day(workspace.engine, report)
    if whole is report:
        return report
    whole.retaken, whole.expired, whole.cancelled = report.retaken, report.expired, report.cancelled
    whole.notes = [*report.notes, f"Dit telt alle runs van deze dag samen. {_own_part(report)}"]
    return whole


def _own_part(report: DayReport) -> str:
    did = f" {delivery_sentence(report.delivered) or 'Niets verstuurd.'}" if report.mode == RunMode.SEND else ""
    return f"Deze run alleen: {_candidates(report)}.{did}"


def log_days(done: list[Done]) -> list[Done]:
    """Log one line for each run of a day, and hand them on; of one that is sent later, what it decided."""
    for one in done:
        report = one.report() if isinstance(one, QueuedDay) else one
        get_run_logger().info("%s", log_line(report))
    return done


@task(name="publish-period", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=1)
def publish_period(reports: list[DayReport], workspace: Workspace) -> list[DayReport]:
    """One table over all runs of a period, one over its touchpoints, and the reports on. Safe to run twice.

    As on the page of a day, what earlier runs of these days did is counted in.
    """
    if reports:
        title = f"{date_words(reports[0].as_of)} tot en met {date_words(reports[-1].as_of)}"
        own, days = whole_of(reports), [read_whole_day(workspace.engine, report) for report in reports]
        whole = whole_of(days)
        if days != reports:
            whole.notes = [f"Dit telt alle runs van deze dagen samen. {_own_part(own)}"]
        publish(key="periode", markdown=period_markdown(days, title), description=title)
        _publish_summary("samenvatting-periode", whole, workspace.programme, title)
        get_run_logger().info("backfill first=%s %s", reports[0].as_of, log_line(own))
    return reports


@task(name="publish-delivery", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=1)
def publish_delivery(as_of: date, delivered: Delivered) -> Delivered:
    """What this process delivered, as a sentence. Safe to run twice."""
    title = f"Verzending voor {date_words(as_of)}"
    sentence = delivery_sentence(delivered) or "Er stond niets klaar."
    publish(key="verzending", markdown=f"# {title}\n\n{sentence}", description=title)
    get_run_logger().info("deliver as_of=%s %s", as_of, _pairs(delivered))
    return delivered


@task(name="publish-doubts", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=1)
def publish_doubts(doubts: Sequence[Doubt], programme: Programme) -> None:
    """The requests that a person has to decide on, also when there are none: the newest is true. Safe to run twice."""
    number = sum(doubt.messages for doubt in doubts)
    counted = f"{dotted(number)} {'bericht' if number == 1 else 'berichten'}"
    title = f"In twijfel: {counted}" if doubts else "Niets in twijfel"
    publish_news("in-twijfel", doubts_markdown(doubts, programme), title)


@task(name="publish-upkeep", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=1)
def publish_upkeep(left: Upkeep) -> Upkeep:
    """What is still left over, also when it is nothing: the newest is true. Safe to run twice."""
    rows = [
        ("Meldingen van de verzender die nog niet zijn verwerkt", left.events),
        ("Verzoeken van een worker die stilviel", left.requests),
        ("Berichten in twijfel: niemand weet of ze zijn aangekomen", left.in_doubt),
    ]
    is_clean = not any(count for _, count in rows)
    text = "Niets." if is_clean else table(("Wat", "Aantal"), rows)
    card = "Niets is blijven liggen" if is_clean else "Wat is blijven liggen"
    publish_news("zorg", f"# Wat is blijven liggen\n\n{text}", card)
    return left


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


def period_markdown(reports: Sequence[DayReport], title: str) -> str:
    """One row for each run, and one for all of them."""
    headings = ("Dag", "Berichten", "Versturen", "Wacht", "Niet", "Verstuurd", "In twijfel")
    rows = [_period_row(report.as_of.isoformat(), FLOW_WORDS[report.flow], report) for report in reports]
    rows.append(_period_row("Alle dagen", "", whole_of(reports)))
    return f"# {title}\n\n{table(headings, rows)}"


def _period_row(day: str, what: str, report: DayReport) -> tuple[str | int, ...]:
    outcomes = outcomes_of(report)
    did = report.delivered.get("accepted", 0), report.delivered.get("in_doubt", 0)
    return (day, what, outcomes[Outcome.SEND], outcomes[Outcome.DEFER], outcomes[Outcome.SKIP], *did)


def doubts_markdown(doubts: Sequence[Doubt], programme: Programme) -> str:
    """One row for each request, with what an engineer needs to look it up; no addresses."""
    if not doubts:
        return "# In twijfel\n\nNiets: van elk bericht is bekend of het is verstuurd."
    rows = [
        (
            f"{doubt.messages}× {_label(programme, doubt.touchpoint)}",
            _moment_words(doubt.sent_at) if doubt.sent_at else "onbekend",
            doubt.request_id,
        )
        for doubt in doubts
    ]
    then = (
        "Vraag het de verzender: `bouwclub reconcile`. Blijft het onbekend, en weet u het zeker: "
        "`bouwclub resend --request VERZOEK --by NAAM`."
    )
    return f"# In twijfel\n\n{table(('Berichten', 'Verstuurd', 'Verzoek'), rows)}\n\n{then}"


def _moment_words(moment: datetime) -> str:
    local = aware(moment).astimezone(AMSTERDAM)
    return f"{date_words(local.date())}, {clock_words(local)} uur"


def _label(programme: Programme, touchpoint: str) -> str:
    return programme.kinds.in_log(touchpoint).label


def day_table(report: DayReport, programme: Programme) -> str:
    """One row for each touchpoint with candidates: how many are sent, wait or are not sent; below it why."""
    lines = report.lines(programme)
    if not lines:
        return "Niemand was aan een bericht toe."
    labels = {line.touchpoint: _label(programme, line.touchpoint) for line in lines}
    rows = [(labels[line.touchpoint], line.send, line.defer, line.skip) for line in lines]
    reasons = [
        (labels[line.touchpoint], reason_text(reason), count)
        for line in lines
        for reason, count in line.reasons.items()
    ]
    parts = [table(("Bericht", "Versturen", "Wacht", "Niet"), rows)]
    if reasons:
        parts += ["## Waarom wacht of niet", table(("Bericht", "Waarom", "Aantal"), reasons)]
    return "\n\n".join(parts)


def _publish_summary(key: str, report: DayReport, programme: Programme, title: str) -> None:
    markdown = "\n\n".join([f"# {title}", *summary_of_day(report), day_table(report, programme)])
    publish(key=key, markdown=markdown, description=card_of_day(report))


def card_of_day(report: DayReport) -> str:
    """What stands on the artifact's card in the run's page, which shows some forty characters of it."""
    outcomes = outcomes_of(report)
    did = f"Versturen {dotted(outcomes[Outcome.SEND])}"
    if report.mode == RunMode.SEND:
        did = sent_words(report)
    return f"{did}, wacht {dotted(outcomes[Outcome.DEFER])}, niet {dotted(outcomes[Outcome.SKIP])}"


def sent_words(report: DayReport) -> str:
    """ "Verstuurd 12, in twijfel 1": what went, and what a run that ended well left."""
    counted = [f"Verstuurd {dotted(report.delivered.get('accepted', 0))}"]
    counted += [f"{name} {dotted(report.delivered[key])}" for key, name in TROUBLE.items() if report.delivered[key]]
    return ", ".join(counted)


def outcomes_of(report: DayReport) -> dict[Outcome, int]:
    """How many candidates were to be sent, to wait, or not to get it."""
    outcomes = dict.fromkeys(Outcome, 0)
    for (_, outcome, _), count in report.counts.items():
        outcomes[Outcome(outcome)] += count
    return outcomes


def summary_of_day(report: DayReport) -> list[str]:
    """The run in a few sentences."""
    will = {RunMode.PLAN: "zouden worden verstuurd", RunMode.LOG: "vastgelegd", RunMode.SEND: "te versturen"}
    sentences = [f"{_candidates(report)}, {dotted(report.to_send)} {will[report.mode]}."]
    if report.delivered:
        sentences.append(f"Verzending: {delivery_sentence(report.delivered)}")
    if report.has_left_over:
        ended = f"{dotted(report.expired)} verlopen, {dotted(report.cancelled)} niet meer van toepassing"
        sentences.append(f"Van eerdere runs: {dotted(report.retaken)} alsnog opgepakt, {ended}.")
    return [*sentences, *report.notes]


def _candidates(report: DayReport) -> str:
    return "1 kandidaat" if report.candidates == 1 else f"{dotted(report.candidates)} kandidaten"


def delivery_sentence(delivered: Delivered) -> str:
    """ "12 verstuurd, 1 in twijfel."; "" when nothing was to be delivered."""
    counts = [f"{dotted(count)} {DELIVERY_WORDS.get(name, name)}" for name, count in delivered.items() if count]
    return f"{', '.join(counts)}." if counts else ""


def log_line(report: DayReport) -> str:
    """A run as key=value pairs, for machines that read logs; counts alone, so nothing personal."""
    run = {"flow": report.flow, "as_of": report.as_of, "mode": report.mode}
    counts = {"candidates": report.candidates, "send": report.to_send}
    taken_up = {"retaken": report.retaken, "expired": report.expired, "left_cancelled": report.cancelled}
    return _pairs({**run, **counts, **taken_up, **report.delivered})


def _pairs(values: Mapping[str, object]) -> str:
    return " ".join(f"{name}={value}" for name, value in values.items())


TROUBLE = {"in_doubt": "in twijfel", "rejected": "geweigerd", "unfit": "niet op te maken", "left": "blijft liggen"}
DELIVERY_WORDS = {
    "accepted": "verstuurd",
    "rejected": "geweigerd",
    "in_doubt": "in twijfel",
    "cancelled": "vervallen",
    "held": "wachten op een open klacht",
    "unfit": "konden niet worden opgemaakt",
    "left": "nog te versturen",
}
