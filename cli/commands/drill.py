"""bouwclub drill: plays a file of events over the ticks of care."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from cli.options import Moment, json_option, require_order


@click.command("drill")
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--from", "first", type=Moment(), required=True, metavar="T1", help="The first tick.")
@click.option("--to", "last", type=Moment(), required=True, metavar="T2", help="The last tick.")
@json_option
def command(file: Path, first: datetime, last: datetime, as_json: bool) -> None:
    """Play the events of FILE (JSON lines) over the ticks on this database, over the outbox alone.

    For rehearsal, training and tests: use a copy of the database, because what is played stays. It prints what
    `bouwclub run care` prints.
    """
    from cli.printing.care import lines_as_json, print_ticks
    from cli.printing.console import print_json_list, working
    from flows.drill import LineRefused, run_drill
    from tasks.base.workspace import open_workspace

    require_order(first, last)
    workspace = open_workspace(with_templates=True)
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    try:
        with working(f"playing {file.name}"):
            done = run_drill(workspace, lines, first, last)
    except LineRefused as error:
        raise LineRefused(f"{file}: {error}") from None
    if as_json:
        print_json_list(lines_as_json(done))
    else:
        print_ticks(done)
