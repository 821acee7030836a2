"""Five weeks of care, made up by others: what came out of two implementations comes out of this one."""

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from cli.printing.care import lines_as_json
from flows.drill import run_drill
from models.database.engine import reading
from models.tables import messages
from programme.care.lines import moment_words
from programme.care.mails import CASE_ACK
from programme.words.dates import moment_from
from tasks.care.listing import list_cases
from tasks.care.owners import read_tick
from tasks.care.people.listing import read_tasks, task_fields
from tasks.clients.health import read_health
from tasks.clients.surveys import read_surveyed
from tests.tasks.care.playing import (
    FIRST,
    LAST,
    differences,
    example_workspace,
    read_events,
    read_lines,
    read_standing,
)

OF_ACK = messages.c.touchpoint == CASE_ACK.id
pytestmark = pytest.mark.slow


@pytest.mark.long
def test_the_worked_example_comes_out_line_for_line(sqlite_engine: Engine, tmp_path: Path) -> None:
    """Every line of every tick, and how cases, tasks, health and surveys stand at the end."""
    workspace = example_workspace(sqlite_engine, tmp_path)

    done = run_drill(workspace, read_events(), FIRST, LAST)

    assert differences(lines_as_json(done), read_lines()) == []
    with reading(sqlite_engine) as connection:
        tick = read_tick(connection, workspace.programme, LAST)
        cases = [each.as_json() for each in list_cases(connection, tick)]
        tasks = [task_fields(each) for each in read_tasks(connection, tick, every=True)]
    assert cases == read_standing("cases")
    assert tasks == read_standing("tasks")
    health = [
        {"client_id": each.client_id, "score": each.score, "band": each.band, "indicators": list(each.indicators)}
        for each in read_health(sqlite_engine, workspace.programme, tick.day)
    ]
    assert health == read_standing("health")
    surveyed = [each._asdict() for each in read_surveyed(sqlite_engine, workspace.programme, tick.day)]
    assert differences(surveyed, read_standing("surveys")) == []
    said = _acknowledgements(sqlite_engine)
    assert {case for case, own in said.items() if own["before"] == "unsolved"} == {
        case["case_id"] for case in cases if case["previous"] and case["case_id"] in said
    }
    assert {own["came_by"] for case, own in said.items() if case == "reply-X54-r"} == {"mail"}


def _acknowledgements(engine: Engine) -> dict[str, dict[str, str]]:
    """What each acknowledgement that went says of how the complaint came and what there was before, by case."""
    with reading(engine) as connection:
        kept = select(messages.c.occasion, messages.c.variant).where(OF_ACK, messages.c.variant.is_not(None))
        rows = connection.execute(kept).all()
    return {row.occasion: CASE_ACK.choices | json.loads(row.variant) for row in rows}


@pytest.mark.postgres
def test_its_first_days_come_out_on_postgres(postgres_engine: Engine, tmp_path: Path) -> None:
    """The same SQL runs on both databases, so three days are enough here; the torture plays all of it."""
    workspace, last = example_workspace(postgres_engine, tmp_path), moment_from("2026-03-25T16:00")

    done = run_drill(workspace, read_events(), FIRST, last)

    expected = [line for line in read_lines() if line["at"] <= moment_words(last)]
    assert differences(lines_as_json(done), expected) == []
