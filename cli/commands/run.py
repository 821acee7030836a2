"""bouwclub run: one flow for one day, as a Prefect flow run in this process."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from cli.options import as_of_option

if TYPE_CHECKING:
    from programme.sending.report import DayReport
    from tasks.base.workspace import Workspace

Options = Callable[..., Any]


@click.group("run")
def group() -> None:
    """Run a flow for a day; --dry-run only looks."""


def _run_options(command: Options) -> Options:
    for option in (
        click.option("--confirm", is_flag=True, help="Send also when it is far more than usual."),
        click.option("--dry-run", is_flag=True, help="Only look: nothing is written, nothing is sent."),
        as_of_option(meaning="The day of the run, YYYY-MM-DD."),
    ):
        command = option(command)
    return command


@group.command("daily")
@_run_options
def daily(as_of: date, dry_run: bool, confirm: bool) -> None:
    """The daily flow: who reached a moment worth a message gets it, once."""

    def start() -> DayReport:
        from flows.daily import daily as flow

        return flow(as_of=as_of, dry_run=dry_run, confirm=confirm)

    _run(_workspace(), start)


@group.command("win-back")
@_run_options
@click.option("--without-daily", is_flag=True, help="Also while no daily run of that day has finished.")
def win_back(as_of: date, dry_run: bool, confirm: bool, without_daily: bool) -> None:
    """The win-back flow, after the daily one of its day."""

    def start() -> DayReport:
        from flows.win_back import win_back as flow

        return flow(as_of=as_of, dry_run=dry_run, confirm=confirm, without_daily=without_daily)

    workspace = _workspace()
    if not (dry_run or without_daily):
        from tasks.runs.steps import require_daily

        require_daily(workspace, as_of)
    _run(workspace, start)


def _workspace() -> Workspace:
    """What is wrong with settings, programme or database is told here, before Prefect starts, which takes seconds."""
    from tasks.base.workspace import open_workspace

    return open_workspace(with_templates=True)


def _run(workspace: Workspace, start: Callable[[], DayReport]) -> None:
    from cli.prefect_here import run_prefect_here
    from cli.printing.console import working
    from cli.printing.run_report import print_run

    run_prefect_here()
    with working("running (Prefect needs some 15 s to start)"):
        report = start()
    print_run(report, workspace)
