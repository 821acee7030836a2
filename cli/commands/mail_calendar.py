"""bouwclub calendar: the automated mails to come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options import DayOption, OutFile, in_its_folder, json_option

if TYPE_CHECKING:
    from programme.insight.calendar.mail_calendar import Agenda

BAR_WIDTH = 30  # characters of the day with the most mails


def _not_too_far(context: click.Context, _option: click.Parameter, days: int) -> int:
    from programme.insight.calendar.mail_calendar import LONGEST_DAYS

    if days > LONGEST_DAYS:
        raise click.BadParameter(f"{days} is more than {LONGEST_DAYS}, and today says little of then", context)
    return days


@click.command("calendar")
@click.option("--from", "first", type=DayOption(), required=True, metavar="D", help="First day, YYYY-MM-DD.")
@click.option(
    "--days",
    type=click.IntRange(1),
    callback=_not_too_far,
    default=90,
    show_default=True,
    metavar="N",
    help="How many days, at most 366.",
)
@click.option("--csv", "csv_path", type=OutFile(), metavar="FILE", help="Write the days as CSV.")
@click.option("--svg", "svg_path", type=OutFile(), metavar="FILE", help="Draw the days as SVG.")
@json_option
def command(first: date, days: int, csv_path: Path | None, svg_path: Path | None, as_json: bool) -> None:
    """The automated mails to come, per day and touchpoint, if nothing else happens; nothing is written.

    Looks from day D: facts and messages dated later are unknown on D. What a run of D has sent already is history.
    """
    from cli.printing.console import advance, print_json, progress
    from programme.insight.pictures.charts import agenda_svg
    from tasks.base.files.spreadsheets import write_csv
    from tasks.base.workspace import open_workspace
    from tasks.clients.pages import count_clients
    from tasks.insight.forecast import AGENDA_HEADER, agenda_rows, forecast_mails

    workspace = open_workspace()
    with progress("looking ahead", count_clients(workspace.engine)) as bar:
        agenda = forecast_mails(workspace.engine, workspace.programme, first, days, lambda number: advance(bar, number))
    if csv_path:
        write_csv(in_its_folder(csv_path), AGENDA_HEADER, agenda_rows(agenda))
    if svg_path:
        in_its_folder(svg_path).write_text(agenda_svg(agenda), encoding="utf-8")
    if as_json:
        print_json(agenda.as_json())
    else:
        _print_text(agenda, [path for path in (csv_path, svg_path) if path])


def _print_text(agenda: Agenda, written: list[Path]) -> None:
    from cli.printing.console import note, print_table, say
    from cli.printing.run_report import counted

    title = f"Mails to come from {agenda.first} to {agenda.last}, if nothing else happens"
    lines = [line for line in agenda.lines() if line.send or line.lapsed or line.waiting or line.skipped]
    if not lines:
        note(f"{title}: nobody is due.")
        return
    print_table(("day", "mails", "", "of which"), _day_rows(agenda), title=title)
    headings = ("touchpoint", "send", "of which later", "lapsed", "waiting", "skipped")
    totals = [sum(line[place] for line in lines) for place in range(1, 5)]  # type: ignore[misc]  # the four counts
    rows = [(*line[:5], counted(line.skipped)) for line in lines]
    print_table(headings, rows, title="Per touchpoint, each occasion once", totals=("all", *totals, ""))
    say(
        "later: sent after the caps or a project let it wait; lapsed: waited until its window closed; "
        f"waiting: still waits on {agenda.last}.",
        dim=True,
    )
    for path in written:
        say(f"Written: {path}", dim=True)


def _day_rows(agenda: Agenda) -> Iterator[tuple[object, ...]]:
    most = max(agenda.on(day) for day in agenda.days) or 1
    for day in agenda.days:
        if number := agenda.on(day):
            sent = {name: agenda.sends[day, name] for name in agenda.programme.touchpoints}
            parts = sorted(((name, count) for name, count in sent.items() if count), key=lambda pair: -pair[1])
            yield (
                f"{day:%a} {day}",
                number,
                "█" * max(1, round(number / most * BAR_WIDTH)),
                ", ".join(f"{name} {count:,}" for name, count in parts),
            )
