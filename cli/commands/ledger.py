"""bouwclub ledger: amounts that two people put right, and the proof that the ledger holds."""

from __future__ import annotations

import click

from cli.commands.ledger_papers import COMMANDS
from cli.options import by_option, json_option, reason_option

BROKEN = 1  # exit code of a ledger that does not hold


@click.group("ledger")
def group() -> None:
    """The double-entry ledger of rewards and commissions."""


for command in COMMANDS:
    group.add_command(command)


@group.command("adjust")
@click.argument("client_id", metavar="CLIENT")
@click.option("--cents", type=int, required=True, metavar="N", help="In cents; below zero takes back.")
@by_option
@reason_option
def adjust(client_id: str, cents: int, by: str, reason: str) -> None:
    """Propose an amount; another person approves it."""
    from cli.printing.console import say
    from tasks.base.workspace import open_workspace, present_moment
    from tasks.referrals.adjusting import propose_adjustment

    proposed = propose_adjustment(open_workspace().engine, client_id, cents, reason, by, present_moment())
    say(f"adjustment {proposed.id} waits; another person: bouwclub ledger approve {proposed.id} --by NAME")


@group.command("approve")
@click.argument("number", metavar="ID", type=int)
@by_option
def approve(number: int, by: str) -> None:
    """Enter an amount that another person proposed; by an approver."""
    from cli.printing.console import say
    from programme.words.wording import euros
    from tasks.base.workspace import open_workspace, present_moment
    from tasks.referrals.adjusting import approve_adjustment

    workspace = open_workspace()
    done = approve_adjustment(workspace.engine, workspace.programme, number, by, present_moment())
    say(f"adjustment {number}: {euros(done.amount_cents)} entered for {done.client_id}")


@group.command("check")
@json_option
@click.pass_context
def check(context: click.Context, as_json: bool) -> None:
    """Prove every law of the ledger on this database, each with its figure; exit code 1 when one is broken."""
    from cli.printing.console import print_json_list, print_table, say
    from tasks.base.workspace import open_workspace
    from tasks.money.check import check_ledger
    from tasks.money.laws import SHOWN
    from tasks.referrals.adjusting import waiting_adjustments

    workspace = open_workspace()
    laws = check_ledger(workspace.engine, workspace.programme)
    if as_json:
        print_json_list(
            {"claim": each.claim, "figure": each.figure, "holds": each.holds, "broken": list(each.broken)}
            for each in laws
        )
    else:
        rows = [("holds" if each.holds else "BROKEN", each.claim, each.figure) for each in laws]
        print_table(("", "law", "figure"), rows)
        for each in laws:
            if not each.holds:
                say(f"BROKEN: {each.claim}: {', '.join(each.broken[:SHOWN])} ({len(each.broken)} in all)", bold=True)
        for waiting in waiting_adjustments(workspace.engine):
            say(f"adjustment {waiting.id} of {waiting.client_id} waits for another person's approval")
    if broken := sum(not each.holds for each in laws):
        click.echo(f"bouwclub: {broken} of {len(laws)} laws of the ledger do not hold", err=True)
        context.exit(BROKEN)
