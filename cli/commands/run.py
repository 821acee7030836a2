"""bouwclub run: one flow for one day, in this process, or as a flow run on the user's Prefect server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from cli.options import Moment, as_of_option, at_option, by_option, json_option, require_order

if TYPE_CHECKING:
    from programme.sending.report import DayReport
    from tasks.runs.day import Day

Options = Callable[..., Any]


@click.group("run")
def group() -> None:
    """Run a flow for a day; --dry-run only looks."""


def _run_options(command: Options) -> Options:
    for option in (
        click.option("--confirm", is_flag=True, help="Send also when it is far more than usual, or for a past day."),
        click.option("--dry-run", is_flag=True, help="Only look: nothing is written, nothing is sent."),
        as_of_option(meaning="The day of the run, YYYY-MM-DD."),
    ):
        command = option(command)
    return command


@group.command("daily")
@_run_options
def daily(as_of: date, dry_run: bool, confirm: bool) -> None:
    """The daily flow: who reached a moment worth a message gets it, once."""

    def on_server() -> DayReport:
        from flows.daily import daily as flow

        return flow(as_of=as_of, dry_run=dry_run, confirm=confirm)

    _run(_day("daily", as_of, dry_run, confirm), on_server)


@group.command("win-back")
@_run_options
@click.option("--without-daily", is_flag=True, help="Also while no daily run of that day has finished.")
def win_back(as_of: date, dry_run: bool, confirm: bool, without_daily: bool) -> None:
    """The win-back flow, after the daily one of its day."""

    def on_server() -> DayReport:
        from flows.win_back import win_back as flow

        return flow(as_of=as_of, dry_run=dry_run, confirm=confirm, without_daily=without_daily)

    _run(_day("win-back", as_of, dry_run, confirm, without_daily), on_server)


@group.command("rewards")
@as_of_option(required=False, meaning="The day to book, YYYY-MM-DD; without it, today.")
@click.option("--dry-run", is_flag=True, help="Only say what would be entered.")
def rewards(as_of: date | None, dry_run: bool) -> None:
    """Book what referrers earned, and what became payable."""
    from cli import prefect_server
    from cli.printing.settlement import print_booking
    from flows.payouts import PLAIN, run_rewards
    from tasks.base.workspace import open_workspace, present_moment, today_in_amsterdam

    workspace, day = open_workspace(), as_of or today_in_amsterdam()
    if not prefect_server.is_named():
        print_booking(run_rewards(PLAIN, workspace, day, present_moment(), dry_run), dry_run)
        return
    with prefect_server.used():
        from flows.rewards import rewards as flow

        print_booking(flow(as_of=day, dry_run=dry_run), dry_run)


@group.command("settlement")
@as_of_option(meaning="The day of the settlement, YYYY-MM-DD.")
@by_option
@json_option
def settlement(as_of: date, by: str, as_json: bool) -> None:
    """Prepare the batch of payouts of a day, or find the one that waits for a decision."""
    from cli.printing.console import print_json
    from cli.printing.settlement import print_booking, print_settlement
    from flows.payouts import PLAIN, run_settlement
    from tasks.base.workspace import open_workspace, present_moment

    prepared = run_settlement(PLAIN, open_workspace(), as_of, by, present_moment())
    if as_json:
        print_json(prepared.settlement.as_json())
        return
    if prepared.booking:
        print_booking(prepared.booking, dry_run=False)
    print_settlement(prepared.settlement)


@group.command("care")
@at_option("The quarter hour, YYYY-MM-DDTHH:MM; without it, the last one.")
@click.option("--from", "first", type=Moment(), metavar="T1", help="The first tick of a range.")
@click.option("--to", "last", type=Moment(), metavar="T2", help="The last tick of a range.")
@click.option("--dry-run", is_flag=True, help="Only look: nothing is written, nothing is sent.")
@json_option
def care(at: datetime | None, first: datetime | None, last: datetime | None, dry_run: bool, as_json: bool) -> None:
    """Follow complaints: take what came in, find what was missed, make tasks, send mails. One tick, or a range."""
    from cli import prefect_server
    from cli.printing.care import lines_as_json, print_ticks
    from cli.printing.console import print_json_list
    from flows.caring import PLAIN, run_care, told_at
    from tasks.base.workspace import now_in_amsterdam, open_workspace

    if (first is None) is not (last is None) or (at and first):
        raise click.UsageError("name one tick with --at, or a range with --from and --to", click.get_current_context())
    require_order(first, last)
    workspace, now = open_workspace(with_templates=True), now_in_amsterdam()
    begin, end = first or at or now, last or at or now
    if prefect_server.is_named() and not dry_run and first is None:
        with prefect_server.used():
            from flows.care import care as flow

            flow(at=begin, dry_run=False)
        done = told_at(workspace, begin)
    else:
        done = run_care(PLAIN, workspace, begin, end, now, dry_run)
    if as_json:
        print_json_list(lines_as_json(done))
    else:
        print_ticks(done)


def _day(flow: str, as_of: date, dry_run: bool, confirm: bool, without_daily: bool = False) -> Day:
    from programme.words.states import Flow, RunMode
    from tasks.base.workspace import open_workspace, today_in_amsterdam
    from tasks.runs.day import Day

    mode = RunMode.PLAN if dry_run else RunMode.SEND
    workspace = open_workspace(with_templates=True)
    return Day(workspace, Flow(flow), as_of, mode, today_in_amsterdam(), confirm, without_daily)


def _run(day: Day, on_server: Callable[[], DayReport]) -> None:
    from cli import prefect_server
    from cli.printing.console import working
    from cli.printing.day_progress import shown_steps
    from cli.printing.run_report import print_run
    from flows.day import run_day
    from tasks.runs.refusals import check_days

    if prefect_server.is_named():
        check_days([day])  # the flow would say it in Dutch
        with working("running on the Prefect server"), prefect_server.used():
            report = on_server()
    else:
        with shown_steps() as steps:
            report = run_day(steps, day)
    print_run(report, day.workspace)
