"""bouwclub rewards: what each referral earns, from when, and how far the money is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from cli.options import as_of_option, json_option

if TYPE_CHECKING:
    from programme.money.earning import Reward

SHOWN_LINES = 200  # of the table for people


@click.command("rewards")
@as_of_option(required=False, meaning="The day to look from, YYYY-MM-DD; without it, today.")
@click.option("--client", "client_id", metavar="ID", help="Only the rewards of this referrer.")
@json_option
def command(as_of: date | None, client_id: str | None, as_json: bool) -> None:
    """Every referral that is qualified on that day, and those taken back; nothing is written."""
    from cli.printing.console import print_json_list
    from tasks.base.workspace import open_workspace, today_in_amsterdam
    from tasks.clients.lookup import require_client
    from tasks.money.rewards import read_rewards

    workspace = open_workspace()
    if client_id is not None:
        require_client(workspace.engine, client_id)
    day = as_of or today_in_amsterdam()
    found = read_rewards(workspace.engine, workspace.programme, day, client_id)
    if as_json:
        print_json_list(_fields(each) for each in found)
    else:
        _print_as_table(found, day)


def _fields(each: Reward) -> dict[str, Any]:
    return {
        "referral_id": each.referral_id,
        "referrer_id": each.referrer_id,
        "qualified_on": each.qualified_on.isoformat() if each.qualified_on else None,
        "n": each.n,
        "reward_cents": each.reward_cents,
        "bonus_cents": each.bonus_cents,
        "payable_on": each.payable_on.isoformat() if each.payable_on else None,
        "state": each.state.value,
    }


def _print_as_table(found: Iterator[Reward], as_of: date) -> None:
    from collections import Counter

    from cli.printing.console import number_of, print_table, say
    from programme.words.wording import euros

    counts: Counter[str] = Counter()
    cents: Counter[str] = Counter()
    rows: list[tuple[object, ...]] = []
    for each in found:
        counts[each.state] += 1
        cents[each.state] += each.reward_cents + each.bonus_cents
        if len(rows) < SHOWN_LINES:
            amount = euros(each.reward_cents + each.bonus_cents)
            day = each.qualified_on or "–"
            rows.append((each.referrer_id, each.referral_id, each.n or "–", day, amount, each.state))
    if rows:
        print_table(("referrer", "referral", "n", "qualified", "earns", "state"), rows, title=f"Rewards as of {as_of}")
    if counts.total() > len(rows):
        say(f"… and {counts.total() - len(rows):,} more; --json prints all", dim=True)
    said = ", ".join(f"{state} {counts[state]:,} ({euros(cents[state])})" for state in counts)
    say(f"{number_of(counts.total(), 'referral')}: {said}" if said else f"no referral is qualified as of {as_of}")
