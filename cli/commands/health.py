"""bouwclub health: how each client is doing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from cli.options import as_of_option, json_option

if TYPE_CHECKING:
    from tasks.clients.health import ClientHealth

SHOWN_LINES = 50  # of the table for people, the worst first


@click.command("health")
@as_of_option()
@click.option("--client", "client_id", metavar="ID", help="Only this client.")
@json_option
def command(as_of: date, client_id: str | None, as_json: bool) -> None:
    """Score, band and indicators of every client, from the facts of that day."""
    from cli.printing.console import print_json_list
    from tasks.base.workspace import open_workspace
    from tasks.clients.health import read_health
    from tasks.clients.lookup import require_client

    workspace = open_workspace()
    if client_id is not None:
        require_client(workspace.engine, client_id)
    judged = read_health(workspace.engine, workspace.programme, as_of, client_id)
    if as_json:
        print_json_list(_fields(each) for each in judged)
    else:
        _print_as_table(judged, as_of)


def _fields(each: ClientHealth) -> dict[str, Any]:
    return {
        "client_id": each.client_id,
        "score": each.health.score,
        "band": each.health.band,
        "indicators": list(each.health.indicators),
    }


def _print_as_table(judged: Iterator[ClientHealth], as_of: date) -> None:
    from cli.printing.console import advance, print_table, progress, say

    bands: Counter[str] = Counter()
    indicators: Counter[str] = Counter()
    ailing: list[ClientHealth] = []
    with progress("judging clients") as bar:
        for each in judged:
            bands[each.health.band] += 1
            indicators.update(each.health.indicators)
            ailing.append(each)
            if len(ailing) > 20 * SHOWN_LINES:
                ailing = _worst(ailing)
            advance(bar)
    shown = [each for each in _worst(ailing) if each.health.indicators]
    rows = [(each.client_id, each.health.score, each.health.band, ", ".join(each.health.indicators)) for each in shown]
    if rows:
        print_table(("client", "score", "band", "indicators"), rows, title=f"Health as of {as_of}, the worst first")
    say(f"{bands.total():,} clients: " + (", ".join(f"{band} {count:,}" for band, count in bands.most_common()) or "–"))
    if indicators:
        say(", ".join(f"{name} {count:,}" for name, count in indicators.most_common()), dim=True)


def _worst(judged: list[ClientHealth]) -> list[ClientHealth]:
    return list(islice(sorted(judged, key=lambda each: (each.health.score, each.client_id)), SHOWN_LINES))
