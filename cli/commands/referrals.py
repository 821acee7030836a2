"""bouwclub referrals: how the referral programme does, for the marketer."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from cli.options import as_of_option, json_option

if TYPE_CHECKING:
    from programme.figures.families.referrals import Overview


@click.command("referrals")
@as_of_option(required=False, meaning="The day to look from, YYYY-MM-DD; without it, today.")
@json_option
def command(as_of: date | None, as_json: bool) -> None:
    """Where visits and sign-ups get to, who brings most, what a new client costs, and what is owed."""
    from cli.printing.console import print_json
    from tasks.base.workspace import open_workspace, today_in_amsterdam
    from tasks.figures.families.referrals import read_overview

    workspace = open_workspace()
    overview = read_overview(workspace.engine, workspace.programme, as_of or today_in_amsterdam())
    small_n = workspace.programme.figures.small_n
    if as_json:
        print_json(overview.as_json(small_n))
    else:
        _print(overview, small_n)


def _print(overview: Overview, small_n: int) -> None:
    from cli.printing.console import number_of, print_table, say
    from programme.words.wording import euros

    headings = ("month", "visits", "signed up", "linked", "quoted", "ordered", "qualified")
    if overview.months:
        totals = ("all", *(f"{sum(column):,}" for column in list(zip(*overview.months, strict=True))[1:]))
        print_table(headings, overview.months, title=f"Referrals as of {overview.as_of}", totals=totals)
    if overview.top:
        rows = [(each.client_id, each.qualified, euros(each.earned_cents)) for each in overview.top]
        print_table(("referrer", "qualified", "earned"), rows, title="Who brought most")
    cost, days = overview.cost_per_client_cents, overview.median_days
    say(f"{number_of(overview.qualified, 'client')} won" + (f", at {euros(cost)} each" if cost is not None else ""))
    if days is not None:
        say(f"{days} days from sign-up to the delivery that qualifies (median)")
    say(f"owed: {euros(overview.open_cents)} in rewards, {euros(overview.open_commission_cents)} in commission")
    share = overview.clients_who_referred
    if share.n < small_n or share.rate is None or share.low is None or share.high is None:
        say(f"clients who referred somebody: {share.k:,} of {share.n:,}, too few to say more")
    else:
        low, high = f"{share.low:.1%}", f"{share.high:.1%}"
        say(f"clients who referred somebody: {share.rate:.1%} ({share.k:,} of {share.n:,}; 95 %: {low} to {high})")
