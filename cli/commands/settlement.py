"""bouwclub settlement: what people decide about a batch of payouts, and what the bank answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options import OutFile, by_option, in_its_folder, json_option, reason_option

if TYPE_CHECKING:
    from tasks.referrals.batches import Settlement


@click.group("settlement")
def group() -> None:
    """Approve, export, withdraw or reject a batch of payouts; read the bank's statement.

    A batch is prepared by `bouwclub run settlement`.
    """


@group.command("approve")
@click.argument("batch_id", metavar="BATCH")
@by_option
@json_option
def approve(batch_id: str, by: str, as_json: bool) -> None:
    """Fix the file for the bank; by an approver who did not prepare the batch."""
    from cli.printing.console import print_json, say
    from cli.printing.settlement import print_settlement
    from tasks.base.workspace import open_workspace, present_moment
    from tasks.referrals import deciding

    workspace = open_workspace()
    approval = deciding.approve(workspace.engine, workspace.programme, batch_id, by, present_moment())
    if as_json:
        voided = [{"end_to_end_id": each.line.end_to_end_id, "reason": each.what} for each in approval.voided]
        print_json(approval.settlement.as_json() | {"voided": voided})
        return
    for change in approval.voided:
        say(f"{change.line.end_to_end_id} is void, its amount stays open: {change.what}")
    print_settlement(approval.settlement)


@group.command("export")
@click.argument("batch_id", metavar="BATCH")
@click.option("--out", "target", type=OutFile(), required=True, metavar="FILE", help="Where to write it.")
def export(batch_id: str, target: Path) -> None:
    """Write the approved file for the bank: the same bytes each time."""
    from cli.printing.console import say
    from tasks.base.workspace import open_workspace, present_moment
    from tasks.referrals import deciding

    workspace = open_workspace()
    content = deciding.export(workspace.engine, batch_id, present_moment())
    in_its_folder(target).write_bytes(content)
    say(f"{batch_id} is in {target} ({len(content):,} bytes); upload it to the bank, then import its statement")


@group.command("withdraw")
@click.argument("batch_id", metavar="BATCH")
@by_option
@reason_option
@json_option
def withdraw(batch_id: str, by: str, reason: str, as_json: bool) -> None:
    """Take back a batch that was never exported; its amounts are payable again."""
    from tasks.base.workspace import open_workspace, present_moment
    from tasks.referrals import deciding

    _print(deciding.withdraw(open_workspace().engine, batch_id, by, reason, present_moment()), as_json)


@group.command("reject")
@click.argument("what", metavar="END_TO_END_ID|BATCH")
@by_option
@reason_option
@json_option
def reject(what: str, by: str, reason: str, as_json: bool) -> None:
    """What the bank never took of an exported batch, after its execution day; by an approver."""
    from tasks.base.workspace import open_workspace, present_moment
    from tasks.referrals import deciding

    workspace = open_workspace()
    _print(deciding.reject(workspace.engine, workspace.programme, what, by, reason, present_moment()), as_json)


@group.command("import-statement")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE")
@json_option
def import_statement(file: Path, as_json: bool) -> None:
    """Read what the bank answered (camt.053, pain.002, or a zip of them); the same file twice changes nothing."""
    from dataclasses import asdict

    from cli.printing.console import print_json
    from cli.printing.settlement import print_statement
    from flows.payouts import run_statement
    from tasks.base.workspace import open_workspace, present_moment, today_in_amsterdam

    now, today = present_moment(), today_in_amsterdam()
    report = run_statement(open_workspace(), file.read_bytes(), file.name, today, now)
    if as_json:
        print_json(asdict(report))
    else:
        print_statement(report)


def _print(settlement: Settlement, as_json: bool) -> None:
    from cli.printing.console import print_json
    from cli.printing.settlement import print_settlement

    if as_json:
        print_json(settlement.as_json())
    else:
        print_settlement(settlement)
