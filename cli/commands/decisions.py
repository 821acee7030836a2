"""bouwclub decisions: what became of each candidate on each day, as it was kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any

import click

from cli.options import json_option, range_options, require_order

SHOWN_LINES = 200  # of a table for people; --json prints all


@click.command("decisions")
@range_options
@click.option("--client", "client_id", metavar="ID", help="Only those about this client.")
@json_option
def command(first: date | None, last: date | None, client_id: str | None, as_json: bool) -> None:
    """The decisions that runs have kept: who got what, who did not, and why."""
    from cli.printing.console import print_json_list
    from models.database.engine import reading
    from models.settings import read_settings
    from tasks.base.workspace import open_database
    from tasks.clients.lookup import require_client
    from tasks.insight.message_log import read_decisions

    require_order(first, last)
    engine = open_database(read_settings())
    if client_id is not None:
        require_client(engine, client_id)
    with reading(engine) as connection:
        rows = read_decisions(connection, first, last, client_id)
        if as_json:
            print_json_list(map(kept_fields, rows))
        else:
            _print_as_table(rows)


def kept_fields(row: Any) -> dict[str, Any]:
    """A kept decision as the contract's JSON object."""
    more = {"also": row.also.split(",") if row.also else [], "until": row.until and row.until.isoformat()}
    return {"as_of": str(row.as_of), "flow": row.flow, **decision_fields(row), **more}


def decision_fields(decision: Any) -> dict[str, Any]:
    """What a decision says, taken or kept, as JSON."""
    return {
        "client_id": decision.client_id,
        "recipient": decision.recipient,
        "touchpoint": decision.touchpoint,
        "occasion": decision.occasion,
        "due_on": decision.due_on.isoformat(),
        "outcome": decision.outcome,
        "reason": decision.reason or None,
        "segment": decision.segment,
        "tier": decision.tier,
        "priority": decision.priority,
    }


def _print_as_table(rows: Iterator[Any]) -> None:
    from cli.printing.console import note, print_table, say

    shown = list(islice(rows, SHOWN_LINES))
    if not shown:
        note("No decisions were kept for this choice. What a run would decide: bouwclub plan --as-of D")
        return
    headings = ("as of", "flow", "client", "recipient", "touchpoint", "occasion", "due on", "outcome", "reason")
    print_table(headings, [_cells(row) for row in shown], whole=("as of", "client", "due on"))
    if rest := sum(1 for _ in rows):
        say(f"… and {rest:,} more: narrow with --from, --to or --client, or print all with --json", dim=True)


def _cells(row: Any) -> tuple[object, ...]:
    return (
        row.as_of,
        row.flow,
        row.client_id,
        row.recipient,
        row.touchpoint,
        row.occasion,
        row.due_on,
        row.outcome,
        row.reason,
    )
