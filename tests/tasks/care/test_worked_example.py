"""Five weeks of care, made up by others: what came out of two implementations comes out of this one."""

from pathlib import Path

from sqlalchemy import Engine

from cli.printing.care import lines_as_json
from flows.drill import run_drill
from models.database.engine import reading
from tasks.care.listing import list_cases
from tasks.care.owners import read_tick
from tasks.care.people.listing import read_tasks, task_fields
from tests.tasks.care.playing import (
    FIRST,
    LAST,
    differences,
    example_workspace,
    read_events,
    read_lines,
    read_standing,
)


def test_the_worked_example_comes_out_line_for_line(engine: Engine, tmp_path: Path) -> None:
    """Every line of every tick, and how cases and tasks stand at the end."""
    workspace = example_workspace(engine, tmp_path)

    done = run_drill(workspace, read_events(), FIRST, LAST)

    assert differences(lines_as_json(done), read_lines()) == []
    with reading(engine) as connection:
        tick = read_tick(connection, workspace.programme, LAST)
        cases = [each.as_json() for each in list_cases(connection, tick)]
        tasks = [task_fields(each) for each in read_tasks(connection, tick, every=True)]
    assert cases == read_standing("cases")
    assert tasks == read_standing("tasks")
