"""A day's decisions as a table: per touchpoint the candidates, and what became of them."""

from collections.abc import Sequence

from cli.console import note, plain, print_table
from programme.report import DayReport
from programme.schema import Programme

HEADINGS = ("touchpoint", "candidates", "send", "defer", "skip", "reasons")


def print_report(report: DayReport, programme: Programme, title: str) -> None:
    """The table of one run or plan, with its totals; a sentence where there was nobody."""
    lines = report.lines(programme)
    if not lines:
        note(f"{title}: nobody is due.")
        return
    totals = [sum(line[place] for line in lines) for place in range(1, 5)]  # type: ignore[misc]  # the four counts
    rows: list[Sequence[object]] = [
        (line.touchpoint, line.candidates, line.send, line.defer, line.skip, reasons_words(line.reasons))
        for line in lines
    ]
    print_table(HEADINGS, rows, title=plain(title), totals=("all", *totals, ""))


def reasons_words(reasons: dict[str, int]) -> str:
    """ "frequency_cap 3, outranked 1", the most frequent first."""
    ordered = sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{reason} {count:,}" for reason, count in ordered)
