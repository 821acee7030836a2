"""bouwclub health: how each client is doing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from cli.options import as_of_option, json_option

if TYPE_CHECKING:
    from tasks.base.workspace import Workspace
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

    workspace = open_workspace()
    if client_id is None:
        judged: Iterator[ClientHealth] = read_health(workspace.engine, workspace.programme, as_of)
    else:
        judged = iter([_of_one(workspace, client_id, as_of)])
    if as_json:
        print_json_list(_fields(each) for each in judged)
    else:
        _print_as_table(judged, as_of)
        if client_id is None:
            _print_falls(workspace, as_of)


def _print_falls(workspace: Workspace, as_of: date) -> None:
    """Who fell a band in the seven days up to the day, as housekeeping kept it night by night."""
    from cli.printing.console import number_of, print_table, say
    from models.database.engine import reading
    from tasks.clients.snapshots import read_falls

    with reading(workspace.engine) as connection:
        falls = read_falls(connection, as_of - timedelta(days=6), as_of)
    if falls:
        print_table(("client", "was", "is"), falls[:SHOWN_LINES], title="Fell a band this week")
    say(f"{number_of(len(falls), 'client')} fell a band this week", dim=not falls)


def _of_one(workspace: Workspace, client_id: str, as_of: date) -> ClientHealth:
    """Raises UnknownClient."""
    from models.database.engine import reading
    from tasks.clients.health import ClientHealth, read_health_of
    from tasks.clients.lookup import UnknownClient, require_client

    require_client(workspace.engine, client_id)
    with reading(workspace.engine) as connection:
        health = read_health_of(connection, workspace.programme, client_id, as_of)
    if health is None:
        raise UnknownClient(f"client '{client_id}' was erased, or the export no longer has it, so it has no health")
    return ClientHealth(client_id, health.score, health.band, health.indicators)


def _fields(each: ClientHealth) -> dict[str, Any]:
    return {
        "client_id": each.client_id,
        "score": each.score,
        "band": each.band,
        "indicators": list(each.indicators),
    }


def _print_as_table(judged: Iterator[ClientHealth], as_of: date) -> None:
    from cli.printing.console import advance, number_of, print_table, progress, say

    bands: Counter[str] = Counter()
    indicators: Counter[str] = Counter()
    ailing: list[ClientHealth] = []
    with progress("judging clients") as bar:
        for each in judged:
            bands[each.band] += 1
            indicators.update(each.indicators)
            ailing.append(each)
            if len(ailing) > 20 * SHOWN_LINES:
                ailing = _worst(ailing)
            advance(bar)
    shown = [each for each in _worst(ailing) if each.indicators]
    rows = [(each.client_id, each.score, each.band, ", ".join(each.indicators)) for each in shown]
    if rows:
        order = ", the worst first" if len(rows) > 1 else ""
        print_table(("client", "score", "band", "indicators"), rows, title=f"Health as of {as_of}{order}")
    in_bands = ", ".join(f"{band} {count:,}" for band, count in bands.most_common()) or "–"
    say(f"{number_of(bands.total(), 'client')}: {in_bands}")
    if indicators:
        say(", ".join(f"{name} {count:,}" for name, count in indicators.most_common()), dim=True)


def _worst(judged: list[ClientHealth]) -> list[ClientHealth]:
    return list(islice(sorted(judged, key=lambda each: (each.score, each.client_id)), SHOWN_LINES))
