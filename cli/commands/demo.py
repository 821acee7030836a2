"""bouwclub demo: sample data, a daily run and an outbox to look at."""

from __future__ import annotations

import shutil
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options import DayOrToday

if TYPE_CHECKING:
    from sample.demo import Demo


@click.command("demo")
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("demo"),
    show_default=True,
    help="Where to make it; an earlier demo there is made anew.",
)
@click.option(
    "--as-of",
    "as_of",
    type=DayOrToday(),
    metavar="D",
    help="The day to show, YYYY-MM-DD or today; without it, one of a season, with every kind of mail.",
)
def command(folder: Path, as_of: date | None) -> None:
    """A made-up bureau in a folder of its own: its CRM export, ten days of history, and one day's mails in an outbox.

    Nothing leaves this machine, and your own database and settings are left alone.
    """
    from cli.printing.console import note
    from cli.printing.day_progress import shown_steps
    from sample.demo import DEMO_DAY, make_demo

    with shown_steps() as steps:
        demo = make_demo(folder.absolute(), as_of or DEMO_DAY, told=lambda step: note(f"{step} …"), steps=steps)
    _print(demo, folder)


def _print(demo: Demo, folder: Path) -> None:
    from cli.printing.console import say
    from cli.printing.run_report import print_report

    for report in demo.reports:
        print_report(report, demo.workspace.programme, f"The {report.flow} run as of {report.as_of}")
        delivered = report.delivered.get("accepted", 0)
        say(f"{delivered:,} mails in the outbox\n")
    day, bouwclub = demo.reports[0].as_of, _bouwclub()
    say("Look at the mails", bold=True)
    say(f"  {folder / 'outbox' / demo.index.name}   (open it in a browser)")
    say(f"\nAsk why, in the folder of the demo: cd {folder}", bold=True)
    for client_id, why in demo.clients:
        say(f"  {bouwclub} explain {client_id} --as-of {day}   ({why})")
    if demo.preview:
        touchpoint, client_id = demo.preview
        say(f"  {bouwclub} preview {touchpoint} --client {client_id} --as-of {day} --out mail.html")
    say(f"  {bouwclub} decisions --from {day} --to {day}")
    _print_money(demo, folder, day, bouwclub)
    say("\nWork at the desk of the office, on a demo of today (docs/desk.md)", bold=True)
    say("  make serve   (prints a link that logs you in)")


def _print_money(demo: Demo, folder: Path, day: date, bouwclub: str) -> None:
    from cli.printing.console import say

    settled = demo.money
    say("\nFollow the money of a year of referrals, in the same folder", bold=True)
    say(f"  {bouwclub} referrals --as-of {day}")
    say(f"  {bouwclub} rewards --as-of {day} --client {settled.top}   (who brought most)")
    say(f"  {folder / settled.folder.name}/   ({settled.paid}.xml for the bank, its statement with one line returned,")
    say("      a referrer's year as HTML and PDF, what was paid, and the journal)")
    say(f'  {bouwclub} settlement approve {settled.waiting} --by "{settled.approver}"   (it waits for somebody)')
    say(f"  {bouwclub} ledger check")


def _bouwclub() -> str:
    """How to call this program from another folder."""
    beside = Path(sys.executable).parent / "bouwclub"  # in a virtual environment that is not active
    return "bouwclub" if shutil.which("bouwclub") or not beside.exists() else str(beside)
