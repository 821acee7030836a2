"""What runs did, as tables: per touchpoint the candidates and what became of them, and where to look next."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cli.printing.console import note, print_table, say
from programme.sending.report import DayReport
from programme.terms.schema import Programme
from programme.words.states import RunMode

if TYPE_CHECKING:
    from tasks.base.workspace import Workspace

HEADINGS = ("touchpoint", "candidates", "send", "defer", "skip", "reasons")


def print_run(report: DayReport, workspace: "Workspace") -> None:
    """The table of a run that was done (or only looked at), what was delivered, and where to look."""
    did = "dry run: nothing is written" if report.mode == RunMode.PLAN else f"mode {report.mode}"
    print_report(report, workspace.programme, f"The {report.flow} run as of {report.as_of} ({did})")
    if report.has_left_over:
        say(left_over_line(report))
    if report.is_beside_another:
        say("another run of this day has done the work, or is still at it")
    if report.delivered:
        say("delivery: " + counted(report.delivered))
    for sentence in report.notes:
        say(sentence)
    if report.mode != RunMode.PLAN:
        print_outbox(workspace, report.delivered.get("accepted", 0))
        for hint in where_to_look(report):
            say(hint, dim=True)


def left_over_line(report: DayReport) -> str:
    """What became of the messages that earlier runs left planned, or would."""
    counts = f"{report.retaken:,} taken up, {report.expired:,} expired, {report.cancelled:,} cancelled"
    return f"left over from earlier runs: {counts}"


def print_outbox(workspace: "Workspace", delivered: int) -> None:
    """Where the mails are, when they went into files; its pages are made anew."""
    if workspace.settings.delivery == "outbox" and delivered:
        from tasks.providers.outbox.pages import refresh_outbox_pages

        say(f"The mails: {refresh_outbox_pages(workspace)} (nothing left this machine)", dim=True)


def where_to_look(report: DayReport) -> Iterator[str]:
    """The next commands."""
    day = report.as_of
    if report.delivered.get("in_doubt"):
        yield "In doubt: bouwclub messages --status in_doubt, then bouwclub reconcile"
    yield f"Why: bouwclub decisions --from {day} --to {day}; one client: bouwclub explain CLIENT_ID --as-of {day}"


def print_report(report: DayReport, programme: Programme, title: str) -> None:
    """The table of one run or plan, with its totals; a sentence where there was nobody."""
    lines = report.lines(programme)
    if not lines:
        note(f"{title}: nobody is due.")
        return
    totals = [sum(counts) for counts in zip(*(line[1:5] for line in lines), strict=True)]
    rows: list[Sequence[object]] = [
        (line.touchpoint, line.candidates, line.send, line.defer, line.skip, counted(line.reasons)) for line in lines
    ]
    print_table(HEADINGS, rows, title=title, totals=("all", *totals, ""))


def print_days(reports: Sequence[DayReport], title: str) -> None:
    """One line a run: its day, flow and counts."""
    rows = []
    for report in reports:
        counts = _outcomes(report)
        rows.append((report.as_of, report.flow, report.candidates, *counts, counted(report.delivered)))
    totals = [sum(row[place] for row in rows) for place in range(2, 6)]  # type: ignore[misc]  # the four counts
    headings = ("as of", "flow", "candidates", "send", "defer", "skip", "delivery")
    print_table(headings, rows, title=title, totals=("all", "", *totals, ""))


def _outcomes(report: DayReport) -> tuple[int, int, int]:
    found = {"send": 0, "defer": 0, "skip": 0}
    for (_, outcome, _), count in report.counts.items():
        found[outcome] += count
    return found["send"], found["defer"], found["skip"]


def counted(counts: dict[str, int]) -> str:
    """ "frequency_cap 3, outranked 1", the most frequent first."""
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{name} {count:,}" for name, count in ordered)
