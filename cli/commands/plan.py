"""bouwclub plan: the decisions of a day, with nothing written and nothing sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import click

from cli.options import as_of_option, json_option

if TYPE_CHECKING:
    from programme.rules.decide import Decision
    from programme.rules.left_over import Foreseen
    from programme.words.states import Flow
    from tasks.base.workspace import Workspace
    from tasks.runs.deciding.chunks import PlanChunk

SHOWN_LINES = 200  # of the list for people; --json prints all


@click.command("plan")
@as_of_option(meaning="The day of the run, YYYY-MM-DD.")
@click.option("--flow", type=click.Choice(["daily", "win-back"]), default="daily", show_default=True)
@click.option("--all", "with_skips", is_flag=True, help="List those too who wait or get nothing, and why.")
@json_option
def command(as_of: date, flow: str, with_skips: bool, as_json: bool) -> None:
    """The decisions of that day, and who is mailed; nothing is written, nothing is sent.

    The win-back run follows the daily one of its day, which is simulated when it has not run yet.
    """
    from programme.words.states import Flow
    from tasks.base.workspace import open_workspace

    workspace = open_workspace()
    if as_json:
        _print_as_json(workspace, Flow(flow), as_of)
    else:
        _print_as_table(workspace, Flow(flow), as_of, with_skips)


def _chunks(workspace: Workspace, flow: Flow, as_of: date, left_over: Foreseen) -> Iterator[PlanChunk]:
    from programme.words.states import Flow
    from tasks.runs.deciding.planning import plan_day, plan_win_back

    if flow == Flow.WIN_BACK:
        return plan_win_back(workspace.engine, workspace.programme, as_of, left_over=left_over)
    return plan_day(workspace.engine, workspace.programme, flow, as_of, left_over=left_over)


def _print_as_json(workspace: Workspace, flow: Flow, as_of: date) -> None:
    import json

    from cli.commands.decisions import decision_fields
    from cli.printing.console import print_json_list
    from tasks.runs.taking_up.judging_again import foresee_left_over

    left_over = foresee_left_over(workspace.engine, workspace.programme, as_of)
    names = ("message_id", "outcome", "reason")
    shown = [{name: getattr(each, name) for name in names} for each in left_over.fates]
    head = json.dumps({"as_of": as_of.isoformat(), "flow": flow})[:-1] + ', "decisions": ['
    decisions = (decision for chunk in _chunks(workspace, flow, as_of, left_over) for decision in chunk.every())
    tail = f'], "left_over": {json.dumps(shown)}}}'
    print_json_list((decision_fields(decision) for decision in decisions), before=head, after=tail)


def _print_as_table(workspace: Workspace, flow: Flow, as_of: date, with_skips: bool) -> None:
    from cli.printing.console import advance, progress, say
    from cli.printing.run_report import left_over_line, print_report
    from programme.sending.report import DayReport
    from programme.words.states import Outcome, RunMode
    from tasks.runs.taking_up.judging_again import foresee_left_over

    report, more = DayReport(flow, as_of, RunMode.PLAN), 0
    left_over = foresee_left_over(workspace.engine, workspace.programme, as_of)
    report.foresee(left_over.fates)
    listed: list[Decision] = []
    with progress("judging candidates") as bar:
        for chunk in _chunks(workspace, flow, as_of, left_over):
            decisions = list(chunk.every())
            report.add(decisions)
            wanted = [each for each in decisions if with_skips or each.outcome == Outcome.SEND]
            more += max(len(wanted) - (SHOWN_LINES - len(listed)), 0)
            listed += wanted[: SHOWN_LINES - len(listed)]
            advance(bar, len(decisions))
    print_report(report, workspace.programme, f"Plan of the {flow} run as of {as_of} (nothing is written)")
    if report.has_left_over:
        say(left_over_line(report))
    _print_people(listed, more, with_skips)
    for hint in _hints(workspace, flow, as_of):
        say(hint, dim=True)


def _print_people(listed: list[Decision], more: int, with_skips: bool) -> None:
    """Who, about what; of those who wait or get nothing also why."""
    from cli.printing.console import print_table, say

    if not listed:
        return
    headings, whole = ("client", "touchpoint", "project or occasion"), ("client", "project or occasion")
    if with_skips:
        why = ("outcome", "reason")
        rows = [(each.client_id, each.touchpoint, each.occasion, each.outcome, each.reason) for each in listed]
        print_table(headings + why, rows, title="Candidates", whole=whole)
    else:
        print_table(
            headings,
            [(each.client_id, each.touchpoint, each.occasion) for each in listed],
            title="To send",
            whole=whole,
        )
    if more:
        say(f"… and {more:,} more: print all with --json", dim=True)


def _hints(workspace: Workspace, flow: Flow, as_of: date) -> Iterator[str]:
    """What a reader of the table should know, or do next."""
    from programme.words.states import Flow
    from tasks.runs.deciding.planning import has_finished_run

    if has_finished_run(workspace.engine, flow, as_of):
        yield (
            f"The {flow} run of {as_of} has finished, so this is only what is still open. "
            f"What it decided: bouwclub decisions --from {as_of} --to {as_of}"
        )
    elif flow == Flow.WIN_BACK and not has_finished_run(workspace.engine, Flow.DAILY, as_of):
        yield f"The daily run of {as_of} has not finished; it was simulated first."
    yield f"One client: bouwclub explain CLIENT_ID --as-of {as_of}. To run it: bouwclub run {flow} --as-of {as_of}"
