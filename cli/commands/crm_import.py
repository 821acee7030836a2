"""bouwclub import: take over a CRM export."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options import json_option
from tasks.base.files.rejected import REJECTED

if TYPE_CHECKING:
    from tasks.base.files.rejected import ImportFault
    from tasks.importing.folder import Progress
    from tasks.importing.report import ImportReport

EXAMPLES = 3  # values shown of each kind of fault
LACKING_SHOWN = 20  # ids named of each file; all of them with --json


@click.command("import")
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path), required=False)
@click.option(
    "--complete/--partial",
    default=None,
    help="Whether DIR holds all that the CRM has, so that what it lacks is held; else as [import] complete says.",
)
@click.option("--confirm", is_flag=True, help="Take an export that lacks much, or has known clients under new ids.")
@click.option(
    "--template",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Write the eight files with headings alone into DIR, and import nothing.",
)
@json_option
@click.pass_context
def command(
    context: click.Context,
    directory: Path | None,
    complete: bool | None,
    confirm: bool,
    template: Path | None,
    as_json: bool,
) -> None:
    """Load the CRM export in DIR; creates or upgrades the database first.

    A folder of CSV files with clients.csv among them. Rows are taken over by id: the same folder twice changes
    nothing. What cannot be taken is listed in rejected.csv, here in the working folder.

    Exit code 0: every value was taken. 3: some were not. 2: nothing could be imported.
    """
    if template is not None:
        if directory is not None or complete is not None or confirm:
            raise click.UsageError("--template writes files and imports nothing; leave out what is for an import")
        _write_template(template, as_json)
        return
    if directory is None:
        raise click.UsageError("name the folder that holds the export: bouwclub import DIR")
    if REJECTED.is_dir():
        raise click.ClickException(f"{REJECTED} is a folder here; move it: what cannot be taken is listed there")
    report = _import(directory, complete, confirm, as_json)
    if as_json:
        _print_as_json(report)
    else:
        _print_as_table(report)
    if report.exit_code == 2:
        click.echo(f"bouwclub: nothing was imported: {_why_nothing(report)}", err=True)
    context.exit(report.exit_code)


def _write_template(folder: Path, as_json: bool) -> None:
    from cli.printing.console import print_json, say
    from tasks.importing.reading.template import TemplateExists, write_template

    try:
        names = write_template(folder)
    except TemplateExists as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        print_json({"folder": str(folder), "files": names})
    else:
        say(f"Wrote {', '.join(names)} to {folder}; docs/import.md says what goes where.")


def _import(directory: Path, complete: bool | None, confirm: bool, as_json: bool) -> ImportReport:
    from dataclasses import replace
    from datetime import UTC, datetime

    from models.database.engine import is_in_memory, open_engine
    from models.settings import read_settings
    from programme.words.dates import day_in_amsterdam
    from tasks.base.programme_file import load_programme
    from tasks.importing.folder import import_folder
    from tasks.importing.rules import rules_of

    settings = read_settings()
    programme, imported_at = load_programme(settings.programme), datetime.now(UTC)
    rules = rules_of(programme, settings.every_key, day_in_amsterdam(imported_at))
    if complete is not None:
        rules = replace(rules, terms=rules.terms.model_copy(update={"complete": complete}))
    engine = open_engine(settings.database_url)
    if is_in_memory(engine):
        raise click.ClickException(
            "BOUWCLUB_DATABASE_URL names a database in memory, which is gone when this command ends; "
            "name a file, as sqlite:///bouwclub.db"
        )
    with _watched(as_json) as progress:
        return import_folder(
            engine,
            directory,
            imported_at=imported_at,
            rejected_path=REJECTED,
            rules=rules,
            confirm=confirm,
            progress=progress,
        )


@contextmanager
def _watched(as_json: bool) -> Iterator[Progress | None]:
    """Reports the share of each file that was read, where someone is watching."""
    from cli.printing.console import progress

    with progress("reading", total=None) as bar:
        if bar is None or as_json:
            yield None
            return
        yield lambda file, done, size: bar.update(bar.task_ids[0], description=file, completed=done, total=size)


def _print_as_json(report: ImportReport) -> None:
    from dataclasses import asdict

    from cli.printing.console import print_json

    print_json(
        {
            "exit_code": report.exit_code,
            "files": [asdict(count) for count in report.files],
            "faults": [fault._asdict() for fault in report.faults],
            "warnings": report.warnings,
            "notices": report.notices,
            "ignored_columns": report.ignored,
        }
    )


def _print_as_table(report: ImportReport) -> None:
    from cli.printing.console import note, print_table, say

    for warning in report.warnings:
        note(f"warning: {warning}")
    headings = ("file", "rows", "new", "changed", "unchanged", "left out")
    rows = [(each.file, each.rows, each.new, each.changed, each.unchanged, each.left_out) for each in report.files]
    print_table(headings, rows, totals=("all", *(sum(column) for column in list(zip(*rows, strict=True))[1:])))
    for line in [*_lacking(report), *report.notices]:
        say(line)
    if not report.faults:
        say(_all_taken(report))
        return
    summary = [
        (file, column, len(faults), reason, _examples(faults)) for file, column, reason, faults in _kinds(report)
    ]
    print_table(("file", "column", "times", "what is wrong: what became of it", "for example"), summary)
    say(f"{len(report.faults)} values, rows or files were not taken as they are; all of them in {REJECTED}")


def _lacking(report: ImportReport) -> Iterator[str]:
    """One line for all that we hold and the export has not."""
    from tasks.base.files.rejected import shown

    told = [
        f"{len(count.lacking):,} of {count.file} ({', '.join(shown(each) for each in count.lacking[:LACKING_SHOWN])}"
        f"{', …' if len(count.lacking) > LACKING_SHOWN else ''})"
        for count in report.files
        if count.lacking
    ]
    if told and any(count.is_held for count in report.files):
        yield f"No longer in the export: {'; '.join(told)}. Held: they count for nothing until they are in it again."
    elif told:
        yield (
            f"No longer in the export: {'; '.join(told)}. They still count; if the export is whole, "
            "import it with --complete."
        )


def _all_taken(report: ImportReport) -> str:
    if not report.ignored:
        return "Every value was taken."
    return f"Every value of the columns we know was taken; ignored: {', '.join(report.ignored)}."


def _kinds(report: ImportReport) -> Iterator[tuple[str, str, str, list[ImportFault]]]:
    """The faults by file, column and reason, in the order of the files."""
    order = {count.file: place for place, count in enumerate(report.files)}
    ranked = sorted(report.faults, key=lambda fault: (order[fault.file], fault.column, fault.reason, fault.line))
    for (file, column, reason), faults in groupby(ranked, lambda fault: (fault.file, fault.column, fault.reason)):
        yield file, column, reason, list(faults)


def _examples(faults: list[ImportFault]) -> str:
    shown = [f"line {fault.line}: {fault.value[:40]}" if fault.line else "" for fault in faults[:EXAMPLES]]
    return "; ".join(shown)


def _why_nothing(report: ImportReport) -> str:
    clients = report.files[0]
    if clients.fault:
        return f"{clients.file} {clients.fault}"
    return f"no row can be used; the reasons are in {REJECTED}"
