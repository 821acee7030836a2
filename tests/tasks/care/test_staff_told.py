"""What a colleague is mailed about a case: only of one that runs, and with a link to a task that is there."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select

from flows.drill import run_drill
from models import tables
from models.database.engine import reading, writing
from models.settings import Settings
from programme.words.dates import moment_from
from tasks.base.workspace import Workspace
from tests.factories import shipped_programme

CLIENT = {"client_id": "K1", "name": "A", "email": "k@v.nl", "recipient": "k@v.nl", "kind": "consument", "id_crc32": 1}
PROJECT = {"project_id": "P1", "client_id": "K1", "type": "dakkapel", "value_cents": 1, "engineer": "Anke Wiersma"}
COMPLAINT = {
    "type": "feedback", "feedback_id": "F1", "client_id": "K1", "project_id": "P1", "given_on": "2026-03-02",
    "given_at": "2026-03-02T10:07", "kind": "nps", "score": "3",
}  # fmt: skip


@pytest.fixture
def workspace(sqlite_engine: Engine, tmp_path: Path) -> Workspace:
    day = date(2026, 2, 1)
    with writing(sqlite_engine) as connection:
        connection.execute(insert(tables.clients).values(CLIENT | {"consent": "yes", "channel": "email"}))
        connection.execute(insert(tables.projects).values(PROJECT | {"ordered_on": day, "delivered_on": day}))
    settings = Settings(secret_key="k" * 32, outbox_dir=tmp_path / "outbox", _env_file=None)
    return Workspace(settings, shipped_programme(), sqlite_engine)


def drill(workspace: Workspace, until: str, *events: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Play these events; of each mail to a colleague its kind, whom it went to and its task."""
    first, last = moment_from("2026-03-02T10:00"), moment_from(until)
    run_drill(workspace, [json.dumps(event) for event in events], first, last)
    own = tables.staff_mails.c
    with reading(workspace.engine) as connection:
        rows = connection.execute(select(own.kind, own.name, own.task_id).where(own.task_id.is_not(None)))
        return [tuple(row) for row in rows.all()]


def test_a_step_missed_before_the_one_before_it_is_done(workspace: Workspace) -> None:
    """Nobody called, and the solution is late too: its mail leads to the call, for it has no task yet."""
    told = drill(workspace, "2026-03-04T10:15", COMPLAINT | {"at": "2026-03-02T10:07", "severity": "major"})
    assert [kind for kind, _, _ in told] == ["staff_case_task", "staff_case_missed", "staff_case_missed"]
    with reading(workspace.engine) as connection:
        made = set(connection.scalars(select(tables.people_tasks.c.task_id)))
    assert {task_id for _, _, task_id in told} <= made


def test_nobody_is_given_a_case_that_has_ended(workspace: Workspace) -> None:
    """Weighed anew and resolved in the CRM within one quarter of an hour: nobody reads that it is his from now on."""
    minor = COMPLAINT | {"at": "2026-03-02T10:07", "severity": "minor"}
    weighed = {"type": "severity", "case_id": "F1", "severity": "medium", "by": "Bas Hoekstra"}
    solved = minor | {"at": "2026-03-02T11:06", "resolved_on": "2026-03-02"}
    told = drill(workspace, "2026-03-02T11:15", minor, weighed | {"at": "2026-03-02T11:05"}, solved)
    assert told == [("staff_case_task", "Anke Wiersma", "case_call:K1:F1")]
