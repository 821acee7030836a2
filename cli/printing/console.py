"""How commands print: JSON alone on standard output, tables for people, progress for who is watching."""

import json
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress
    from rich.table import Table

WIDTH_OF_A_FILE = 140  # columns, when the output goes to no terminal
WIDEST = 10_000  # columns of a table in a file, where each row stands on one line, to be searched
REPLACED_KINDS = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # control, direction and line characters


def print_json(value: object) -> None:
    """One JSON document in UTF-8, whatever the terminal speaks."""
    click.echo(json.dumps(value, ensure_ascii=False, separators=(", ", ": ")).encode())


def print_json_list(rows: Iterable[object], before: str = "[", after: str = "]") -> None:
    """A JSON list written row by row, so that a million rows need no memory; one row a line."""
    first = True
    for row in rows:
        lead = before + "\n" if first else ",\n"
        click.echo((lead + json.dumps(row, ensure_ascii=False)).encode(), nl=False)
        first = False
    click.echo((f"{before}{after}" if first else f"\n{after}").encode())


def console(stderr: bool = False) -> "Console":
    """A console that takes no markup from data, as wide as the terminal (or 140 columns into a file, tables apart)."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else WIDTH_OF_A_FILE
    return Console(file=stream, markup=False, highlight=False, emoji=False, width=width)


def print_table(
    headings: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    title: str | None = None,
    totals: Sequence[object] = (),
    whole: Sequence[str] = (),
) -> None:
    """A table of plain cells; columns of numbers are aligned to the right.

    Args:
        totals: a last row below a line.
        whole: headings of columns that are never broken, as ids that people copy.
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    body = [list(row) for row in rows]
    if title:
        say(title)  # rich would break it at the width of the table
    table = Table(box=box.SIMPLE_HEAD, show_footer=bool(totals), pad_edge=False)
    for place, heading in enumerate(headings):
        is_number = bool(body) and all(isinstance(row[place], int) for row in body)
        footer = _cell(totals[place]) if totals else ""
        longest = max((len(_cell(row[place])) for row in body), default=0) if heading in whole else None
        table.add_column(
            Text(heading),
            Text(footer),
            justify="right" if is_number else "left",
            overflow="fold",
            no_wrap=is_number or heading in whole,
            min_width=longest,
        )
    for row in body:
        table.add_row(*(Text(_cell(cell)) for cell in row))
    show(table)


def show(table: "Table") -> None:
    """Print a table; into a file with a line a row, and without the blanks that fill its lines."""
    out = console()
    if out.is_terminal:
        out.print(table)
        return
    out.width = max(WIDTH_OF_A_FILE, out.measure(table, options=out.options.update(max_width=WIDEST)).maximum)
    with out.capture() as captured:
        out.print(table)
    click.echo("\n".join(line.rstrip() for line in captured.get().rstrip().split("\n")))


def number_of(count: int, what: str) -> str:
    """ "1 message", "2,000 messages"."""
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def say(text: str = "", *, bold: bool = False, dim: bool = False) -> None:
    """One paragraph for people, wrapped to the terminal."""
    from rich.text import Text

    style = "bold" if bold else "dim" if dim else ""
    console().print(
        Text("\n".join(plain(line) for line in text.split("\n")), style=style), soft_wrap=not sys.stdout.isatty()
    )


def note(text: str) -> None:
    """A remark beside the result, on standard error, so that the result stays clean."""
    click.echo(plain(text), err=True)


def plain(text: str) -> str:
    """Data as a terminal may see it: without control characters, which could move the cursor or hide text."""
    if text.isprintable():
        return text
    return "".join("\ufffd" if unicodedata.category(sign) in REPLACED_KINDS else sign for sign in text)


@contextmanager
def progress(what: str, total: int | None = None) -> Iterator["Progress | None"]:
    """A progress bar on standard error, only where someone is watching. Its single task has id 0."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console(stderr=True), transient=True) as bar:
        bar.add_task(what, total=total)
        yield bar


@contextmanager
def working(what: str) -> Iterator[None]:
    """A sign of life on standard error while something takes seconds, only where someone is watching."""
    if not sys.stderr.isatty():
        yield
        return
    with console(stderr=True).status(what):
        yield


def advance(bar: "Progress | None", by: int = 1, **changes: Any) -> None:
    """Move the bar of `progress`, where there is one."""
    if bar is not None:
        bar.update(bar.task_ids[0], advance=by, **changes)


def _cell(value: object) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return plain(str(value))
