"""bouwclub report: the figures that the business steers by, as of a day."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options import OutFile, as_of_option, in_its_folder, json_option

if TYPE_CHECKING:
    from programme.figures.lights import Figure
    from programme.figures.report import Report


@click.command("report")
@as_of_option(meaning="The day of the figures, YYYY-MM-DD: from facts dated on or before it.")
@json_option
@click.option(
    "--out",
    "page",
    type=OutFile(".html", ".htm"),
    metavar="FILE.html",
    help="Write the page: one HTML file that needs nothing else (in Dutch).",
)
@click.option(
    "--by",
    type=click.Choice(["client", "recipient"]),
    default="client",
    show_default=True,
    help="Count client records, or people: the records of one recipient as one.",
)
@click.option(
    "--mails-by",
    "split",
    type=click.Choice(["segment", "tier"]),
    help="Divide what the mails did by segment or tier as well.",
)
def command(as_of: date, as_json: bool, page: Path | None, by: str, split: str | None) -> None:
    """Do customers come back, what are they worth, and does the programme work? The database stays as it is."""
    from cli.printing.console import print_json, say
    from programme.figures.report import By, report_json
    from tasks.base.workspace import open_workspace
    from tasks.figures.families.deliveries import Split
    from tasks.figures.report import read_report

    workspace = open_workspace()
    report = read_report(workspace.engine, workspace.programme, as_of, By(by), Split(split) if split else None)
    if page is not None:
        from tasks.figures.page import page_html

        in_its_folder(page).write_text(page_html(report, workspace.programme), encoding="utf-8")
    if as_json:
        print_json(report_json(report))
    elif page is not None:
        say(f"Written: {page}")
    else:
        _print(report)


def _print(report: Report) -> None:
    from cli.printing.console import print_table, say

    rows = [_row(figure) for figure in report.figures.values()]
    until = f", data until {report.data_until}" if report.data_until else ", no data"
    headings = ("figure", "now", "95 %", "of", "target", "light", "3 months ago")
    print_table(headings, rows, title=f"Figures as of {report.as_of}{until}")
    say(f"{report.value.customers:,} customers; everything else: --json")
    for name, value, number in report.preferences:
        say(f"chosen: {name} {value}, {number:,}")
    for each in report.restated:
        say(f"restated: {each.figure} was {each.old:,}, is {each.new:,} ({each.why})")


def _row(figure: Figure) -> tuple[str, ...]:
    from programme.figures.families.nps import Nps
    from programme.figures.lights import MonthsToRepeat, Retention

    measured = figure.measured.rate if isinstance(figure.measured, Retention) else figure.measured
    if isinstance(measured, MonthsToRepeat):
        form, bounds, of = "{:.1f} months", None, f"{measured.n:,}"
    elif isinstance(measured, Nps):
        form, bounds, of = "{:+.0f}", measured.interval, f"{measured.n:,}"
    else:
        form, of = "{:.1%}", f"{measured.k:,} of {measured.n:,}"
        bounds = None if measured.low is None or measured.high is None else (measured.low, measured.high)
    earlier = figure.compared
    now, between = (form.format(figure.number) if figure.number is not None else "not measured"), ""
    if figure.is_small and figure.number is not None:
        now, earlier = "too few to say", None  # so there is nothing to compare
    elif bounds:
        between = " to ".join(form.format(bound) for bound in bounds)
    target, before = (form.format(each) if each is not None else "" for each in (figure.target, earlier))
    return figure.key.value, now, between, of, target, figure.status.value, before
