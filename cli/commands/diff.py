"""bouwclub diff: who would gain, lose or move a message under another programme."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.options import DayOption, OutFile, in_its_folder, json_option, require_order

if TYPE_CHECKING:
    from programme.insight.differences import ChangeKind, Differences, MessageChange, OccasionFate
    from programme.terms.schema import Programme
    from tasks.base.workspace import Workspace

SHOWN_PEOPLE = 10  # of each kind of change
SHOWN_KEYS = 20
MEANING = {
    "gained": "would get a mail that they do not get now",
    "lost": "would no longer get a mail that they get now",
    "moved": "would get it on another day",
    "changed": "would get it on the same day, as another segment or tier",
}


@dataclass
class ShownComparison:
    """A comparison to be made: read `changes` to its end, then the counts are complete."""

    workspace: Workspace
    new: Programme
    path: Path
    first: date
    last: date
    differences: Differences
    shown: dict[str, list[MessageChange]] = field(default_factory=dict)

    def changes(self) -> Iterator[MessageChange]:
        from cli.printing.console import advance, progress
        from tasks.clients.pages import count_clients
        from tasks.insight.what_if import compare_programmes

        workspace = self.workspace
        with progress("comparing clients", count_clients(workspace.engine)) as bar:
            yield from compare_programmes(
                workspace.engine,
                workspace.programme,
                self.new,
                self.first,
                self.last,
                self.differences,
                lambda number: advance(bar, number),
            )

    def collected(self, most: int) -> Iterator[MessageChange]:
        """The same, and the first of each kind are kept to be shown."""
        for change in self.changes():
            shown = self.shown.setdefault(change.kind, [])
            if len(shown) < most:
                shown.append(change)
            yield change


@click.command("diff")
@click.option(
    "--programme",
    "path",
    type=click.Path(path_type=Path),
    required=True,
    metavar="NEW.toml",
    help="The other one.",
)
@click.option("--from", "first", type=DayOption(), required=True, metavar="D1", help="First day, YYYY-MM-DD.")
@click.option("--to", "last", type=DayOption(), required=True, metavar="D2", help="Last day, YYYY-MM-DD.")
@click.option(
    "--people", type=click.IntRange(0), default=SHOWN_PEOPLE, show_default=True, help="How many of each kind to show."
)
@click.option("--csv", "csv_path", type=OutFile(), metavar="FILE", help="Write everyone to a CSV file.")
@json_option
@click.pass_context
def command(
    context: click.Context, path: Path, first: date, last: date, people: int, csv_path: Path | None, as_json: bool
) -> None:
    """Who would gain, lose or move a message under NEW.toml; nothing is written, nothing is sent.

    Simulates the daily and win-back runs of each day under both programmes. Both start from the messages dated before
    D1; real messages of later days are left out of both, so that a past period can be compared too.
    """
    from programme.insight.differences import Differences
    from tasks.base.workspace import open_workspace

    require_order(first, last)
    if as_json and csv_path:
        raise click.UsageError("--json and --csv each hold everyone; choose one of them", context)
    new = _load(context, path)
    comparison = ShownComparison(open_workspace(), new, path, first, last, Differences())
    if as_json:
        _print_json(comparison)
        return
    changes = comparison.collected(people)
    if csv_path:
        _write_csv(csv_path, changes)
    for _ in changes:
        pass
    _print_text(comparison, csv_path)


def _load(context: click.Context, path: Path) -> Programme:
    """The other programme; all its faults are told as `programme check` tells them."""
    from cli.printing.console import note
    from models.settings import read_settings
    from tasks.base.programme_file import ProgrammeInvalid
    from tasks.insight.what_if import load_other

    try:
        new, missing_mails = load_other(path, read_settings().templates)
    except ProgrammeInvalid as error:
        for fault in error.faults:
            click.echo(fault.in_file(path.name or str(path)), err=True)
        context.exit(2)
    for fault in missing_mails:
        note(f"not needed to compare, but before it can run: {fault.in_file(path.name)}")
    return new


def _print_json(comparison: ShownComparison) -> None:
    """The people as they are found, then the counts: flat in memory however many they are."""
    from cli.printing.console import print_json_list
    from programme.insight.differences import changed_keys

    keys = [key._asdict() for key in changed_keys(comparison.workspace.programme, comparison.new)]
    head = {
        "from": comparison.first.isoformat(),
        "to": comparison.last.isoformat(),
        "programme": comparison.path.name,
        "changed_keys": keys,
    }
    lead = json.dumps(head, ensure_ascii=False)[:-1] + ', "people": ['
    print_json_list(map(_fields, comparison.changes()), before=lead, after="],")
    counts = {
        "touchpoints": [
            line._asdict() for line in comparison.differences.lines(comparison.workspace.programme, comparison.new)
        ],
        "clients": {str(kind): number for kind, number in comparison.differences.clients.items()},
    }
    click.echo(json.dumps(counts, ensure_ascii=False)[1:].encode())


def _fields(change: MessageChange) -> dict[str, Any]:
    return change._asdict() | {"now": _fate_fields(change.now), "new": _fate_fields(change.new)}


def _fate_fields(fate: OccasionFate) -> dict[str, Any]:
    return fate._asdict() | {
        "on": fate.on and fate.on.isoformat(),
        "closes_on": fate.closes_on and fate.closes_on.isoformat(),
    }


def _write_csv(path: Path, changes: Iterator[MessageChange]) -> None:
    from tasks.base.files.spreadsheets import write_csv
    from tasks.insight.what_if import CSV_HEADER, csv_row

    write_csv(in_its_folder(path), CSV_HEADER, map(csv_row, changes))


def _print_text(comparison: ShownComparison, csv_path: Path | None) -> None:
    from cli.printing.console import note, print_table, say
    from programme.insight.differences import ChangeKind

    _print_keys(comparison)
    differences = comparison.differences
    lines = [line for line in differences.lines(comparison.workspace.programme, comparison.new) if line.now or line.new]
    title = f"Mails from {comparison.first} to {comparison.last}, now and under {comparison.path.name}"
    if not lines:
        note(f"{title}: none under either.")
        return
    totals = [sum(values) for values in list(zip(*lines, strict=True))[1:]]
    print_table(("touchpoint", "now", "new", *ChangeKind), lines, title=title, totals=("all", *totals))
    for kind in ChangeKind:
        if number := differences.total(kind):
            say()
            _print_people(comparison, kind, number)
    if csv_path:
        say(f"Everyone: {csv_path}", dim=True)
    say("Nothing was written or sent. Why now: bouwclub explain CLIENT_ID", dim=True)


def _print_keys(comparison: ShownComparison) -> None:
    from cli.printing.console import print_table, say
    from programme.insight.differences import changed_keys

    keys = changed_keys(comparison.workspace.programme, comparison.new)
    if not keys:
        say(f"{comparison.path.name} says the same as the present programme.")
        return
    rows = [(key.key, _shown(key.now), _shown(key.new)) for key in keys[:SHOWN_KEYS]]
    print_table(("key", "now", "new"), rows, title=f"What {comparison.path.name} changes")
    if len(keys) > SHOWN_KEYS:
        say(f"and {len(keys) - SHOWN_KEYS} more keys", dim=True)


def _print_people(comparison: ShownComparison, kind: ChangeKind, number: int) -> None:
    from cli.printing.console import print_table, say

    clients, shown = comparison.differences.clients[kind], comparison.shown.get(kind, [])
    counts = f"{number:,} {_plural(number, 'mail')} of {clients:,} {_plural(clients, 'client')}"
    title = f"{kind}: {counts} who {MEANING[kind]}"
    if not shown:
        say(title)
        return
    rows = [
        (change.client_id, change.touchpoint, change.occasion, *_fates_in_words(change, comparison.last))
        for change in shown
    ]
    print_table(("client", "touchpoint", "occasion", "now", "new"), rows, title=title)
    if number > len(shown):
        say(f"and {number - len(shown):,} more (--people N, --csv FILE or --json)", dim=True)


def _fates_in_words(change: MessageChange, last: date) -> tuple[str, str]:
    return _fate_words(change.now, last), _fate_words(change.new, last)


def _fate_words(fate: OccasionFate, last: date) -> str:
    """ "2026-03-04 send (overig/brons)", "2026-03-31 defer frequency_cap (until 2026-04-03)", "not_due"."""
    if fate.is_sent:
        standing = "/".join(part for part in (fate.segment, fate.tier) if part)
        return f"{fate.on} send ({standing})"
    if fate.on is None:
        return fate.outcome
    until = fate.open_after(last)
    return f"{fate.on} {fate.outcome} {fate.reason}" + (f" (open until {until})" if until else "")


def _shown(value: object) -> str:
    if value is None:
        return "–"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:59] + "…"


def _plural(number: int, noun: str) -> str:
    return noun if number == 1 else f"{noun}s"
