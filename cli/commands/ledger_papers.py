"""bouwclub ledger statement, year and journal: the ledger on paper, for referrers and the bookkeeper."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from cli.options import OutFile, in_its_folder, range_options, require_order

SHEETS = (".html", ".pdf")
FIRST_YEAR, LAST_YEAR = 1901, 2999


def _out_option(*endings: str):  # type: ignore[no-untyped-def]  # click's own decorator
    meaning = f"Where to write it: {' or '.join(endings)}."
    return click.option("--out", required=True, type=OutFile(*endings), metavar="FILE", help=meaning)


_year_option = click.option(
    "--year", type=click.IntRange(FIRST_YEAR, LAST_YEAR), required=True, metavar="Y", help="The calendar year."
)


@click.command("statement")
@click.argument("client_id", metavar="CLIENT")
@_year_option
@_out_option(*SHEETS)
def statement(client_id: str, year: int, out: Path) -> None:
    """A referrer's year: what was owed, each entry, what is owed; as HTML or PDF, in Dutch. It names no friend."""
    from cli.printing.console import say
    from tasks.base.workspace import open_workspace, today_in_amsterdam
    from tasks.papers.pdf import statement_pdf
    from tasks.papers.sheet import statement_html
    from tasks.papers.statement import read_statement

    workspace = open_workspace()
    found = read_statement(workspace.engine, workspace.programme, client_id, year, today_in_amsterdam())
    brand = workspace.programme.brand
    is_pdf = out.suffix.lower() == ".pdf"
    in_its_folder(out).write_bytes(statement_pdf(found, brand) if is_pdf else statement_html(found, brand).encode())
    entries = sum(len(section.lines) for section in found.sections)
    say(f"{out}: {year} of {client_id}, {entries:,} entries up to {found.until}")


@click.command("year")
@_year_option
@_out_option(".csv")
def year(year: int, out: Path) -> None:
    """What each person was paid in a year, business or private, as CSV for the bookkeeper."""
    from cli.printing.console import say
    from tasks.base.workspace import open_workspace
    from tasks.papers.lists import write_year

    people = write_year(open_workspace().engine, year, in_its_folder(out))
    say(f"{out}: {people:,} people with a payment or a return in {year}")


@click.command("journal")
@range_options
@_out_option(".csv")
def journal(first: date | None, last: date | None, out: Path) -> None:
    """Every leg of the ledger as CSV: day, entry, account, debit, credit, text. Debit and credit are equal."""
    from cli.printing.console import say
    from programme.words.wording import euros
    from tasks.base.workspace import open_workspace
    from tasks.papers.lists import write_journal

    require_order(first, last)
    totals = write_journal(open_workspace().engine, first, last, in_its_folder(out))
    say(f"{out}: {totals.legs:,} legs, debit {euros(totals.debit)}, credit {euros(totals.credit)}")


COMMANDS = (statement, year, journal)
