"""bouwclub plan: the decisions of a day, with nothing written and nothing sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import click

from cli.options import as_of_option, json_option

if TYPE_CHECKING:
    from programme.states import Flow
    from tasks.desk import Desk
    from tasks.planning import PlanChunk


@click.command("plan")
@as_of_option(meaning="The day of the run, YYYY-MM-DD.")
@click.option("--flow", type=click.Choice(["daily", "win-back"]), default="daily", show_default=True)
@json_option
def command(as_of: date, flow: str, as_json: bool) -> None:
    """The decisions of that day; nothing is written, nothing is sent.

    The win-back run follows the daily one of its day, which is simulated when it has not run yet.
    """
    from programme.states import Flow
    from tasks.desk import open_desk

    desk = open_desk()
    if as_json:
        _print_as_json(desk, Flow(flow), as_of)
    else:
        _print_as_table(desk, Flow(flow), as_of)


def _chunks(desk: Desk, flow: Flow, as_of: date) -> Iterator[PlanChunk]:
    from programme.states import Flow
    from tasks.planning import plan_day, plan_win_back

    if flow == Flow.WIN_BACK:
        return plan_win_back(desk.engine, desk.programme, as_of)
    return plan_day(desk.engine, desk.programme, flow, as_of)


def _print_as_json(desk: Desk, flow: Flow, as_of: date) -> None:
    import json

    from cli.console import print_json_list
    from cli.decisions import decision_fields

    head = json.dumps({"as_of": as_of.isoformat(), "flow": flow})[:-1] + ', "decisions": ['
    decisions = (decision for chunk in _chunks(desk, flow, as_of) for decision in chunk.decisions)
    print_json_list((decision_fields(decision) for decision in decisions), before=head, after="]}")


def _print_as_table(desk: Desk, flow: Flow, as_of: date) -> None:
    from cli.console import advance, progress, say
    from cli.run_report import print_report
    from programme.report import DayReport
    from programme.states import RunMode

    report = DayReport(flow, as_of, RunMode.PLAN)
    with progress("judging candidates") as bar:
        for chunk in _chunks(desk, flow, as_of):
            report.add(chunk.decisions)
            advance(bar, len(chunk.decisions))
    print_report(report, desk.programme, f"Plan of the {flow} run as of {as_of} (nothing is written)")
    for hint in _hints(desk, flow, as_of):
        say(hint, dim=True)


def _hints(desk: Desk, flow: Flow, as_of: date) -> Iterator[str]:
    """What a reader of the table should know, or do next."""
    from programme.states import Flow
    from tasks.planning import has_finished_run

    if has_finished_run(desk.engine, flow, as_of):
        yield (
            f"The {flow} run of {as_of} has finished, so this is only what is still open. "
            f"What it decided: bouwclub decisions --from {as_of} --to {as_of}"
        )
    elif flow == Flow.WIN_BACK and not has_finished_run(desk.engine, Flow.DAILY, as_of):
        yield f"The daily run of {as_of} has not finished; it was simulated first."
    yield f"One client: bouwclub explain CLIENT_ID --as-of {as_of}. To run it: bouwclub run {flow} --as-of {as_of}"
