"""A drill: plays a file of events over the ticks of care, on this database and over the outbox alone.

Each event calls the function that import, page, webhook, desk or command line calls; this file only says when. It knows
no Prefect, so the command plays it in its own process.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from flows.drill_events import EventRefused, Player
from programme.care.tick import quarters_between
from programme.words.dates import moment_from
from tasks.base.workspace import Workspace
from tasks.care.cases.store import CareRefused
from tasks.care.tick import TickDone, run_tick
from tasks.mail.renderers import renderer_of
from tasks.runs.outside.to_staff import StaffMailer

Progress = Callable[[datetime], None]


class DrillRefused(Exception):
    """The drill cannot begin or go on."""


class LineRefused(DrillRefused):
    """A line of the file cannot be read, or the rules refuse its act; the message begins with its number."""


class Event(NamedTuple):
    """One event of the file; `line` counts from 1."""

    line: int
    at: datetime
    type: str
    values: dict[str, Any]


def run_drill(
    workspace: Workspace, lines: Sequence[str], first: datetime, last: datetime, progress: Progress | None = None
) -> list[TickDone]:
    """Play the events over every tick from `first` to `last`, both included.

    An event is taken at the first tick at or after its moment; events of one moment keep the order of the file.

    Raises:
        DrillRefused: mails would leave the machine.
        LineRefused: of a line that cannot be played. What was played until then stays.
    """
    if workspace.settings.delivery != "outbox":
        raise DrillRefused("a drill is played over the outbox alone; set BOUWCLUB_DELIVERY=outbox")
    events = sorted(_read_events(lines), key=lambda event: event.at)
    downs = [(event.at, _moment(event.line, event.values, "until")) for event in events if event.type == "down"]
    renderer = renderer_of(workspace)
    waiting = iter([event for event in events if event.type != "down"])
    following = next(waiting, None)
    mailers: dict[str, StaffMailer] = {}
    done = []
    with Player(workspace) as player:
        for at in quarters_between(first, last):
            if any(begins <= at <= ends for begins, ends in downs):
                continue
            while following and following.at <= at:
                _play(player, following)
                following = next(waiting, None)
            _flush(player)
            done.append(run_tick(workspace, renderer, at, mailers=mailers))
            if progress:
                progress(at)
    return done


def _play(player: Player, event: Event) -> None:
    try:
        player.play(event.line, event.type, event.at, event.values)
    except (EventRefused, CareRefused) as error:
        raise LineRefused(f"line {getattr(error, 'line', None) or event.line}: {error}") from None


def _flush(player: Player) -> None:
    try:
        player.flush()
    except EventRefused as error:
        raise LineRefused(f"line {error.line}: {error}") from None


def _read_events(lines: Sequence[str]) -> Iterator[Event]:
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            values = json.loads(text)
        except ValueError:
            raise LineRefused(f"line {number}: is no JSON object on one line") from None
        if not isinstance(values, dict) or not isinstance(values.get("type"), str):
            raise LineRefused(f"line {number}: is no object with a type")
        rest = {name: each for name, each in values.items() if name not in ("at", "type")}
        yield Event(number, _moment(number, values, "at"), values["type"], rest)


def _moment(line: int, values: Mapping[str, Any], name: str) -> datetime:
    try:
        # In UTC: on Amsterdam's clock the hour that comes twice has no order.
        return moment_from(str(values.get(name, ""))).astimezone(UTC)
    except ValueError as error:
        raise LineRefused(f"line {line}: {name} {values.get(name)!r} {error}") from None
