"""bouwclub experiment: what an experiment could show, before it begins."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import click

from cli.options import as_of_option, json_option

if TYPE_CHECKING:
    from programme.figures.planning import Plan
    from tasks.base.workspace import Workspace


class ExperimentRefused(click.ClickException):
    """It could show nothing; the message says what would."""

    exit_code = 2


class Share(click.ParamType):
    """A part of the clients, neither none nor all."""

    name = "S"

    def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> float:
        try:
            share = float(value)
        except ValueError:
            share = 0
        if not 0 < share < 1:
            self.fail(f"{value!r} is no share between 0 and 1; write 0.2 for a fifth (20%)", param, context)
        return share


@click.group("experiment")
def group() -> None:
    """Does a mail do anything? Some clients do not get it for a while, and the others are compared with them."""


@group.command("plan")
@click.argument("touchpoint")
@click.option(
    "--share",
    type=Share(),
    required=True,
    metavar="S",
    help="Of the clients, who does not get the mail: 0.2 is a fifth.",
)
@click.option("--days", type=click.IntRange(1, 730), required=True, metavar="N", help="How long it runs.")
@as_of_option(meaning="The day before it begins, YYYY-MM-DD: counts what is known by then.")
@json_option
def plan(touchpoint: str, share: float, days: int, as_of: date, as_json: bool) -> None:
    """The smallest effect that could be seen, with 80 % power, in words (in Dutch); nothing is written."""
    from cli.printing.console import print_json
    from tasks.base.workspace import open_workspace

    workspace = open_workspace()
    first = as_of + timedelta(days=1)
    _require_touchpoint(workspace, touchpoint, first, days)
    made = _plan(workspace, touchpoint, share, days, as_of)
    _require_something_to_see(made, workspace.programme.figures.small_n)
    if as_json:
        print_json(_fields(made, first))
    else:
        _print(made, workspace, first)


def _require_touchpoint(workspace: Workspace, touchpoint: str, first: date, days: int) -> None:
    """Raises ExperimentRefused for one that the programme has not, that holds nobody out, or that another is on."""
    from programme.terms.checks.check import NOBODY_HELD_OUT
    from programme.terms.faults import unknown
    from programme.words.states import Reason

    known = {**workspace.programme.touchpoints, **workspace.programme.campaigns}
    if touchpoint not in known:
        raise ExperimentRefused(unknown("touchpoint", touchpoint, known, "[touchpoints]"))
    if Reason.HELD_OUT not in workspace.programme.kinds[touchpoint].rules:
        raise ExperimentRefused(f"{touchpoint} {NOBODY_HELD_OUT}")
    last = first + timedelta(days=days - 1)
    for name, other in workspace.programme.experiments.items():
        if other.touchpoint == touchpoint and other.first_on <= last and first <= other.last_on:
            raise ExperimentRefused(
                f"experiments.{name} runs on {touchpoint} until {other.last_on}, and neither effect could be told from "
                f"the other's. Begin on {other.last_on + timedelta(days=1)} or later (--as-of {other.last_on})"
            )


def _plan(workspace: Workspace, touchpoint: str, share: float, days: int, as_of: date) -> Plan:
    """Who takes part: the more of what the calendar foresees and of what went out in as many days before.

    Raises:
        ExperimentRefused: no past to compare with; found out first, because looking ahead may take a minute.
    """
    from cli.printing.console import working
    from programme.figures.families.rates import exactly
    from programme.figures.planning import plan_of
    from tasks.figures.past_orders import count_taking_part, read_past_orders
    from tasks.insight.forecast import expect_clients

    engine, programme = workspace.engine, workspace.programme
    small_n = programme.figures.small_n
    window = min(max(programme.figures.window_days, 60), 90)
    ordered = read_past_orders(engine, touchpoint, window, as_of)
    of_all = ordered.n < small_n
    if of_all:
        ordered = read_past_orders(engine, None, window, as_of)
    if ordered.n < small_n:
        raise ExperimentRefused(
            f"too few mails are {window} days old to know how many order after one ({ordered.n:,}, of at least "
            f"{small_n}). Let the programme run first"
        )
    with working("looking ahead"):
        foreseen, asked = expect_clients(engine, programme, touchpoint, as_of, min(days, 366))
    before = count_taking_part(engine, touchpoint, days, as_of)
    if before >= foreseen.number:
        return plan_of(touchpoint, days, share, window, exactly(before), ordered, of_all)
    return plan_of(touchpoint, days, share, window, foreseen, ordered, of_all, asked)


def _require_something_to_see(made: Plan, small_n: int) -> None:
    """Raises ExperimentRefused with what would do."""
    from programme.figures.planning import days_to_see, share_to_see

    who = f"{made.clients:,} clients are expected in {made.days} days, of whom {made.held_out:,} without the mail"
    if made.smallest is not None and min(made.treated, made.held_out) >= small_n:
        return
    told = f"{who}; {made.ordered.k:,} of {made.ordered.n:,} ordered after such a mail before"
    ways = [f"--days {longer}"] if (longer := days_to_see(made)) else []
    ways += ["--share 0.5"] if made.holdout_share < 0.5 and share_to_see(made) else []
    does = (
        f"{' or '.join(ways)} would do"
        if ways
        else "no share and no two years would do; try a mail that more people get"
    )
    raise ExperimentRefused(
        f"nothing could be seen: {told}, so even if nobody ordered without it, that could be chance. {does}"
    )


def _fields(made: Plan, first: date) -> dict[str, Any]:
    last = first + timedelta(days=made.days - 1)
    return {
        "touchpoint": made.touchpoint,
        "first_on": first.isoformat(),
        "last_on": last.isoformat(),
        "result_on": (last + timedelta(days=made.window_days)).isoformat(),
        "holdout_share": made.holdout_share,
        "window_days": made.window_days,
        "clients": made.clients,
        "clients_asked": made.asked,
        "clients_between": [made.expected.low, made.expected.high],
        "treated": made.treated,
        "held_out": made.held_out,
        "ordered": {"k": made.ordered.k, "n": made.ordered.n, "of_all_mails": made.of_all_mails},
        "smallest_difference": None if made.smallest is None else round(made.smallest, 6),
    }


def _print(made: Plan, workspace: Workspace, first: date) -> None:
    from cli.printing.console import say
    from programme.figures.page.sections.trials import plan_words

    for line in plan_words(made, workspace.programme.kinds[made.touchpoint].label, first):
        say(line)
    last = first + timedelta(days=made.days - 1)
    say("")
    say(f"[experiments.{made.touchpoint.replace('_', '-')}-{first}]", dim=True)
    for line in (
        f'touchpoint = "{made.touchpoint}"', f"first_on = {first}", f"last_on = {last}",
        f"holdout_share = {made.holdout_share:g}", f"window_days = {made.window_days}",
    ):  # fmt: skip
        say(line, dim=True)
