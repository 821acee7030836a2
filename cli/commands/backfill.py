"""bouwclub backfill: the runs of a range of days, in order."""

from __future__ import annotations

from datetime import date
from typing import Literal

import click

from cli.options import DayOption, require_order


@click.command("backfill")
@click.option("--from", "first", type=DayOption(), required=True, metavar="D1", help="First day, YYYY-MM-DD.")
@click.option("--to", "last", type=DayOption(), required=True, metavar="D2", help="Last day, YYYY-MM-DD.")
@click.option("--flow", "which", type=click.Choice(["daily", "win-back", "both"]), required=True)
@click.option("--mode", type=click.Choice(["plan", "log", "send"]), required=True)
@click.option("--confirm", is_flag=True, help="Send also for days of more than a week ago.")
def command(
    first: date,
    last: date,
    which: Literal["daily", "win-back", "both"],
    mode: Literal["plan", "log", "send"],
    confirm: bool,
) -> None:
    """The runs of each day in order.

    plan writes nothing; log records decisions and messages without sending; send delivers. To people, send delivers
    one message a recipient at most: the last decided.
    """
    from cli import prefect_server
    from cli.printing.console import say, working
    from cli.printing.day_progress import shown_steps
    from cli.printing.run_report import print_days, print_outbox
    from flows.period import run_period
    from programme.words.states import RunMode
    from tasks.base.workspace import open_workspace, today_in_amsterdam
    from tasks.runs.backfill import FLOWS, period_of
    from tasks.runs.refusals import check_days

    require_order(first, last)
    today = today_in_amsterdam()
    workspace = open_workspace(with_templates=True)
    period = period_of(workspace, first, last, FLOWS[which], RunMode(mode), today=today, confirm=confirm)
    if prefect_server.is_named():
        check_days(period.days)  # the flow would say it in Dutch
        with working("running on the Prefect server"), prefect_server.used():
            from flows.backfill import backfill

            reports = backfill(first=first, last=last, which=which, mode=mode, confirm=confirm)
    else:
        with shown_steps() as steps:
            reports = run_period(steps, period)
    print_days(reports, f"Backfill {first} … {last} ({which}, mode {mode})")
    print_outbox(workspace, sum(report.delivered.get("accepted", 0) for report in reports))
    if mode == "plan":
        say("Nothing was written.", dim=True)
    else:
        say(f"Why: bouwclub decisions --from {first} --to {last}", dim=True)
