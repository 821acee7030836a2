"""The options that many commands share, each with one meaning."""

import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

DAYS_FROM = date(1901, 1, 1)
DAYS_TO = date(2999, 12, 31)

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class DayOption(click.ParamType):
    """A day of the calendar as YYYY-MM-DD, and in no other way."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        if not _DAY.fullmatch(str(value)):
            self.fail(f"{value!r} is not a day; write it as YYYY-MM-DD, for example 2026-03-01", param, context)
        try:
            day = date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a day of the calendar", param, context)
        if not DAYS_FROM <= day <= DAYS_TO:
            self.fail(f"{value!r} lies outside {DAYS_FROM} … {DAYS_TO}", param, context)
        return day


class DayOrToday(DayOption):
    """A day of the calendar, or the word today."""

    name = "YYYY-MM-DD|today"

    def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> date:
        if value != "today":
            return super().convert(value, param, context)
        from tasks.base.workspace import today_in_amsterdam

        return today_in_amsterdam()


class Moment(click.ParamType):
    """A moment as YYYY-MM-DDTHH:MM, in Amsterdam's time unless it names an offset."""

    name = "YYYY-MM-DDTHH:MM"

    def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        from programme.words.dates import moment_from

        try:
            return moment_from(str(value))
        except ValueError as error:
            self.fail(f"{value!r} {error}", param, context)


class OutFile(click.ParamType):
    """A file to write, with one of these endings. What could never be written is refused before the work begins."""

    name = "FILE"

    def __init__(self, *endings: str) -> None:
        self.endings = endings

    def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> Path:
        path = Path(value)
        if path.is_dir():
            self.fail(f"{str(value)!r} is a folder; name a file", param, context)
        if self.endings and path.suffix.lower() not in self.endings:
            *most, last = self.endings
            allowed = f"{', '.join(most)} or {last}" if most else last
            self.fail(f"{path.name!r} must end in {allowed}", param, context)
        above = next(each for each in path.absolute().parents if each.exists())
        if not above.is_dir():
            self.fail(f"{str(above)!r} is a file, and no folder can be made there; name another path", param, context)
        return path


def in_its_folder(path: Path) -> Path:
    """The same path, once its folder is there: each command that writes a file makes the folder that it names."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


class ListByDefault(click.Group):
    """A group whose command `list` is meant when none is named: `tasks --owner X` is `tasks list --owner X`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {*self.get_help_option_names(ctx)}
        if not args or (args[0].startswith("-") and args[0] not in own):
            args = ["list", *args]
        return super().parse_args(ctx, args)


Command = Callable[..., Any]


def as_of_option(
    required: bool = True, meaning: str = "The day to look from, YYYY-MM-DD."
) -> Callable[[Command], Command]:
    return click.option("--as-of", "as_of", type=DayOption(), required=required, metavar="D", help=meaning)


def at_option(meaning: str = "The moment, YYYY-MM-DDTHH:MM; without it, now.") -> Callable[[Command], Command]:
    return click.option("--at", "at", type=Moment(), metavar="T", help=meaning)


def json_option(command: Command) -> Command:
    return click.option("--json", "as_json", is_flag=True, help="Print JSON alone on standard output.")(command)


def by_option(command: Command) -> Command:
    return click.option("--by", required=True, metavar="NAME", help="Who does this; it is kept.")(command)


def reason_option(command: Command) -> Command:
    return click.option("--reason", required=True, metavar="TEXT", help="Why; it is kept.")(command)


def range_options(command: Command) -> Command:
    """--from and --to, both days included, both optional."""
    first = click.option(
        "--from", "first", type=DayOption(), metavar="D1", help="First day; without it, from the beginning."
    )
    last = click.option("--to", "last", type=DayOption(), metavar="D2", help="Last day; without it, to the end.")
    return first(last(command))


def require_order(first: date | None, last: date | None) -> None:
    """Raises a usage error for a range of days, or of moments, that ends before it begins."""
    if first and last and last < first:
        end, begin = (each.isoformat("T", "minutes") if isinstance(each, datetime) else each for each in (last, first))
        raise click.UsageError(f"--to {end} lies before --from {begin}", click.get_current_context())
