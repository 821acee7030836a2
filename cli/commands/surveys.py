"""bouwclub surveys: who may get a survey, and why others may not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import click

from cli.options import as_of_option, json_option

if TYPE_CHECKING:
    from tasks.clients.surveys import Surveyed

SHOWN_LINES = 50


@click.command("surveys")
@as_of_option()
@json_option
def command(as_of: date, as_json: bool) -> None:
    """Who may get a survey that day, one line a recipient, and the first rule that holds each of the others.

    A survey is started like a campaign, in the Prefect UI.
    """
    from cli.printing.console import print_json_list
    from tasks.base.workspace import open_workspace
    from tasks.clients.surveys import read_surveyed

    workspace = open_workspace()
    found = read_surveyed(workspace.engine, workspace.programme, as_of)
    if as_json:
        print_json_list(each._asdict() for each in found)
    else:
        _print_as_table(found, as_of)


def _print_as_table(found: Iterator[Surveyed], as_of: date) -> None:
    from cli.printing.console import advance, print_table, progress, say

    counts: Counter[str] = Counter()
    shown: list[tuple[str, str, str]] = []
    with progress("asking the rules") as bar:
        for each in found:
            counts[each.reason or "may get one"] += 1
            if len(shown) < SHOWN_LINES:
                shown.append((each.client_id, each.recipient or "–", each.reason or ""))
            advance(bar)
    if shown:
        print_table(("client", "recipient", "reason"), shown, title=f"Surveys as of {as_of}")
    if counts.total() > len(shown):
        say(f"{counts.total() - len(shown):,} more; --json has them all", dim=True)
    say(f"{counts.total():,} recipients: " + (", ".join(f"{why} {n:,}" for why, n in counts.most_common()) or "–"))
