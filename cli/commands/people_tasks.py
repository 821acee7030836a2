"""bouwclub tasks: what people have to do, what to say, and what came of it."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.options import DayOption, ListByDefault, OutFile, at_option, by_option, in_its_folder, json_option

if TYPE_CHECKING:
    from programme.care.tick import Tick
    from tasks.base.workspace import Workspace
    from tasks.care.people.listing import Task

FILES = (".csv", ".ics")


@click.group("tasks", cls=ListByDefault)
def group() -> None:
    """What people have to do: calls, letters and the steps of complaints. Without a command: the list."""


@group.command("list")
@click.option("--owner", metavar="NAME", help="Only those that this person has now.")
@click.option("--all", "every", is_flag=True, help="Also those that ended.")
@at_option("The moment, YYYY-MM-DDTHH:MM: it decides who is away. Without it, now.")
@json_option
@click.option("--out", "target", type=OutFile(*FILES), metavar="FILE.csv|.ics", help="Write them to a file instead.")
def list_tasks(owner: str | None, every: bool, at: datetime | None, as_json: bool, target: Path | None) -> None:
    """Open tasks by due moment. --out writes them for a spreadsheet (.csv) or a calendar (.ics), without names."""
    from cli.printing.console import note, number_of, print_json_list, say
    from models.database.engine import reading
    from tasks.care.people.files import write_tasks
    from tasks.care.people.listing import read_tasks, task_fields

    workspace, tick = _open(at)
    with reading(workspace.engine) as connection:
        found = read_tasks(connection, tick, owner=_owner(workspace, owner), every=every)
    if target is not None:
        desk = "" if workspace.settings.desk == "off" else workspace.settings.base_url
        write_tasks(in_its_folder(target), found, desk, tick.at, tick.programme)
        say(f"{number_of(len(found), 'task')} in {target}")
    if as_json:
        print_json_list(task_fields(each) for each in found)
    elif target is None and found:
        _print(found)
    elif target is None:
        note("Nobody has to be called or written to.")


@group.command("show")
@click.argument("task_id", metavar="TASK")
@at_option()
def show(task_id: str, at: datetime | None) -> None:
    """The script of one task (in Dutch): whom to call, why, what the client wrote, what to offer and not to say."""
    from cli.printing.script import print_script
    from models.database.engine import reading
    from tasks.care.cases.store import CareRefused
    from tasks.care.people.listing import read_task
    from tasks.care.people.scripts import read_script

    workspace, tick = _open(at)
    with reading(workspace.engine) as connection:
        task = read_task(connection, tick, task_id)
        if task is None:
            raise CareRefused(f"there is no task {task_id}; see: bouwclub tasks list")
        print_script(task, read_script(connection, tick, task), tick.at, tick.programme.trade)


@group.command("done")
@click.argument("task_id", metavar="TASK")
@click.option("--outcome", required=True, metavar="O", help="What came of it, such as reached, no_answer or done.")
@by_option
@click.option(
    "--fix-by", "fix_by", type=DayOption(), metavar="D", help="Of a solution: the working day that was promised."
)
@click.option("--note", metavar="TEXT", help="What was said and agreed; the client may read it.")
@at_option("When it was done, YYYY-MM-DDTHH:MM; without it, now.")
def done(task_id: str, outcome: str, by: str, fix_by: date | None, note: str | None, at: datetime | None) -> None:
    """What came of a task: its end, or an attempt (no_answer, voicemail, call_back) that leaves it open."""
    from models.database.engine import writing
    from tasks.care.acting.opening_acts import open_act
    from tasks.care.acting.outcomes import record_outcome

    workspace, tick = _open(at)
    with writing(workspace.engine) as connection:
        act = open_act(connection, workspace.programme, by, tick.at)
        record_outcome(act, task_id, outcome, fix_by=fix_by, note=note)
    click.echo(f"{task_id}: {outcome}, by {by}")


@group.command("snooze")
@click.argument("task_id", metavar="TASK")
@click.option(
    "--until", required=True, type=DayOption(), metavar="D", help="Hidden from the day's list before this day."
)
@by_option
@at_option("When that was decided, YYYY-MM-DDTHH:MM; without it, now.")
def snooze(task_id: str, until: date, by: str, at: datetime | None) -> None:
    """Hide a task from the day's list until a day; it is due no later for it."""
    from models.database.engine import writing
    from tasks.care.acting.opening_acts import open_act
    from tasks.care.acting.outcomes import snooze_task

    workspace, tick = _open(at)
    with writing(workspace.engine) as connection:
        snooze_task(open_act(connection, workspace.programme, by, tick.at), task_id, until)
    click.echo(f"{task_id}: hidden until {until}, by {by}")


def _open(at: datetime | None) -> tuple[Workspace, Tick]:
    """The workspace, and the moment with who is away then. Raises CareRefused for a moment before the last tick."""
    from models.database.engine import reading
    from tasks.base.workspace import now_in_amsterdam, open_workspace
    from tasks.care.acting.opening_acts import require_after_last_tick
    from tasks.care.owners import read_tick

    workspace = open_workspace()
    with reading(workspace.engine) as connection:
        if at:
            require_after_last_tick(connection, at)
        return workspace, read_tick(connection, workspace.programme, at or now_in_amsterdam())


def _owner(workspace: Workspace, name: str | None) -> str | None:
    """Raises CareRefused for somebody who is not in [[people]]."""
    from tasks.care.acting.opening_acts import person_named

    return None if name is None else person_named(workspace.programme.people, name).name


def _print(found: list[Task]) -> None:
    from cli.printing.console import print_table, say

    rows: list[tuple[Any, ...]] = [
        (
            each.task_id,
            f"{each.due_at:%Y-%m-%d %H:%M}",
            each.client_id,
            each.channel,
            each.owner,
            each.attempts,
            each.outcome or each.state,
        )
        for each in found
    ]
    print_table(("task", "due", "client", "how", "owner", "attempts", "state"), rows, whole=("task", "due"))
    say("What to say: bouwclub tasks show TASK. Done? bouwclub tasks done TASK --outcome O --by NAME", dim=True)
