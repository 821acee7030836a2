"""Tasks as a file for a spreadsheet or a calendar: numbers and moments, never a client's name or words."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from programme.care.lines import moment_words
from programme.care.words import CHANNEL_WORDS, TASK_STATE_WORDS, kind_words, outcome_words
from programme.terms.schema import Programme
from programme.terms.trade import TradeTerms
from tasks.base.files.spreadsheets import write_csv
from tasks.care.people.listing import Task

HEADER = ("taak", "soort", "klant", "hoe", "niveau", "wie", "uiterlijk", "pogingen", "stand", "uitkomst")
LASTS = timedelta(minutes=15)  # how long a task takes in a calendar
PRODUCT = "-//bouwclub//tasks//NL"


def write_tasks(target: Path, found: Sequence[Task], base_url: str, at: datetime, programme: Programme) -> None:
    """Write the tasks as the ending of the file says: .csv or .ics. The file appears when it is complete.

    Args:
        base_url: of the desk that entries of a calendar lead to; "" for none.
        at: the moment of writing, which each entry of a calendar states.
    """
    kinds = kind_words(programme)
    if target.suffix.lower() == ".ics":
        fresh = target.with_name(f"{target.name}.new")
        fresh.write_bytes(calendar_of(found, base_url, at, kinds))
        fresh.replace(target)
        return
    write_csv(target, HEADER, [_cells(task, programme.trade, kinds) for task in found])


def _cells(task: Task, trade: TradeTerms, kinds: Mapping[str, str]) -> tuple[str | int, ...]:
    return (
        task.task_id,
        kinds.get(task.kind, task.kind),
        task.client_id,
        CHANNEL_WORDS[task.channel],
        trade.levels[task.level],
        task.owner,
        f"{task.due_at:%Y-%m-%d %H:%M}",
        task.attempts,
        TASK_STATE_WORDS[task.state],
        outcome_words(trade).get(task.outcome or "", ""),
    )


def calendar_of(found: Sequence[Task], base_url: str, at: datetime, kinds: Mapping[str, str]) -> bytes:
    """One event a task, which ends when it is due; a calendar that reads the file again finds the same events."""
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    for task in found:
        event = Event()
        event.add("uid", f"{quote(task.task_id, safe='')}@bouwclub")
        event.add("dtstamp", at.astimezone(UTC))
        # In UTC: a calendar shows its own clock, and the file needs no description of ours.
        event.add("dtstart", task.due_at.astimezone(UTC) - LASTS)
        event.add("dtend", task.due_at.astimezone(UTC))
        who = f" · klant {task.client_id}" if task.client_id else ""
        event.add("summary", f"{kinds.get(task.kind, task.kind)}{who}")
        event.add("description", f"{CHANNEL_WORDS[task.channel]}, {task.owner}, uiterlijk {moment_words(task.due_at)}")
        if base_url:
            event.add("url", f"{base_url.rstrip('/')}/desk/tasks/{quote(task.task_id, safe=':/')}")
        calendar.add_component(event)
    made: bytes = calendar.to_ical()
    return made
