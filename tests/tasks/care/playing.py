"""The worked example of care, played on a database of a test; and what a drill printed."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from models.settings import Settings
from programme.words.dates import moment_from
from tasks.base.programme_file import load_programme
from tasks.base.workspace import Workspace
from tasks.importing.folder import import_folder
from tasks.importing.rules import ImportRules
from tests.conftest import DATA
from tests.factories import ROOT

EXAMPLE = DATA / "care"
FIRST, LAST = moment_from("2026-03-23T00:00"), moment_from("2026-04-29T23:45")
IMPORTED_AT = datetime(2026, 11, 26, 8, tzinfo=UTC)  # some facts of the example lie after its last tick


def example_workspace(engine: Engine, folder: Path) -> Workspace:
    """The example's database and people, with the outbox in a folder of the test."""
    programme = folder / "programme.toml"
    tables = re.split(r"(?m)^(?=\[)", (ROOT / "programme.toml").read_text("utf-8"))
    kept = [table for table in tables if not table.startswith("[[people]]")]
    programme.write_text("".join(kept) + "\n" + (EXAMPLE / "staff.toml").read_text("utf-8"), "utf-8")
    settings = Settings(programme=programme, outbox_dir=folder / "outbox", secret_key="k" * 32)
    workspace = Workspace(settings, load_programme(programme), engine)
    report = import_folder(
        engine,
        EXAMPLE / "crm",
        imported_at=IMPORTED_AT,
        rejected_path=folder / "rejected.csv",
        rules=ImportRules(workspace.programme.importing),
    )
    assert report.exit_code == 0
    return workspace


def read_events() -> list[str]:
    """The events of the example, one line each."""
    return (EXAMPLE / "events.jsonl").read_text("utf-8").splitlines()


def read_lines() -> list[dict[str, Any]]:
    """What each tick must do."""
    return [json.loads(line) for line in (EXAMPLE / "expected.jsonl").read_text("utf-8").splitlines()]


def read_standing(name: str) -> Any:
    """How it must stand at the end: cases, tasks, health or surveys."""
    return json.loads((EXAMPLE / f"{name}.json").read_text("utf-8"))


def differences(found: Iterable[Any], expected: Sequence[Any]) -> list[str]:
    """What is missing (-) and what is too much (+); the order is free."""
    have, want = (Counter(json.dumps(each, sort_keys=True) for each in some) for some in (found, expected))
    return sorted(
        [f"- {each}" for each in (want - have).elements()] + [f"+ {each}" for each in (have - want).elements()]
    )
