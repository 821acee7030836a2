"""bouwclub privacy: all that we have of a person, and taking it away."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options import by_option

if TYPE_CHECKING:
    from sqlalchemy import Engine


@click.group("privacy")
def group() -> None:
    """A person's rights: his data written out, or erased (docs/privacy.md)."""


@group.command("export")
@click.argument("client_id", metavar="CLIENT")
@click.option(
    "--out", "folder", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER", help="Default: here."
)
def export(client_id: str, folder: Path | None) -> None:
    """Write all that we have of the person of CLIENT: JSON for a machine, and a page to read."""
    from cli.printing.console import say
    from tasks.base.workspace import open_workspace, present_moment
    from tasks.privacy.exporting import export_person

    made = export_person(open_workspace(), client_id, folder or Path(), present_moment())
    say(f"records {', '.join(made.person.client_ids)}: {made.data} and {made.page}")
    if made.person.others:
        say(f"not in it: {', '.join(made.person.others)}, who have the same address and another name")


@group.command("erase")
@click.argument("client_id", metavar="CLIENT")
@by_option
@click.option("--open-case", "ends_case", is_flag=True, help="Erase although a complaint is open; it ends as erased.")
@click.option(
    "--forfeit", is_flag=True, help="Propose to write off an open balance; another person approves that first."
)
def erase(client_id: str, by: str, ends_case: bool, forfeit: bool) -> None:
    """Erase the person of CLIENT everywhere; figures and books stay. Safe to repeat."""
    from cli.printing.console import say
    from tasks.base.workspace import open_workspace, present_moment
    from tasks.care.acting.case_acts import record_erasing
    from tasks.inbound.journal import journal_of
    from tasks.privacy.erasing import BalanceIsOpen, erase_person

    if not by.strip():
        raise click.UsageError("--by must not be empty", click.get_current_context())
    workspace, at = open_workspace(), present_moment()
    forget_wishes = journal_of(workspace.engine).forget
    try:
        done = erase_person(workspace, client_id, by.strip(), at, record_erasing, forget_wishes, ends_case=ends_case)
    except BalanceIsOpen as error:
        if not forfeit or not error.cents:
            raise
        _propose(workspace.engine, error.cents, by)
        return
    who = ", ".join(done.client_ids)
    say(f"{who} was erased before; what came since is gone" if done.was_erased else f"erased: {who}")
    if not done.is_overwritten:
        say("the log beside the database still holds copies: somebody reads it; give the same command again after that")
    if done.cases:
        say(f"complaints that end as erased: {', '.join(done.cases)}")
    if done.others:
        who = ", ".join(done.others)
        say(f"the address stays with {who}, who have another name; erase them too if it is one person")
    told = "was told to erase the address" if done.outside.is_told else "was not told: none is set up, or no address"
    say(f"the mail provider {told}; its own lists of suppressions stay, so that it sends nothing there")
    say("no connector is set up: erase the person in the CRM as well (until then its exports are held out here)")


def _propose(engine: Engine, cents: dict[str, int], by: str) -> None:
    """One adjustment a client that brings the balance to nothing; one that waits already is not proposed again."""
    from cli.printing.console import say
    from tasks.base.workspace import present_moment
    from tasks.referrals.adjusting import propose_adjustment, waiting_adjustments

    waiting = {(one.client_id, one.amount_cents): one for one in waiting_adjustments(engine)}
    for client_id, amount in sorted(cents.items()):
        proposed = waiting.get((client_id, -amount)) or propose_adjustment(
            engine,
            client_id,
            -amount,
            "vervalt bij wissen van de klant",
            by,
            present_moment(),
        )
        say(f"adjustment {proposed.id} waits; another person: bouwclub ledger approve {proposed.id} --by NAME")
    say("nothing is erased yet; give the same command again once that is approved")
