"""A workspace on each database, and what erasing needs beside it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from models.settings import Settings
from tasks.base.workspace import Workspace
from tasks.care.acting.acts import record_act
from tasks.inbound.journal import Journal
from tasks.privacy.erasing import Erasure, erase_person
from tests.factories import shipped_programme

KEY = "a key for tests that is long enough"
NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)


@pytest.fixture
def workspace(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.chdir(tmp_path)
    settings = Settings(_env_file=None, secret_key=KEY, outbox_dir=tmp_path / "outbox")  # type: ignore[call-arg, arg-type]
    return Workspace(settings, shipped_programme(), engine)


@pytest.fixture
def erase(workspace: Workspace, tmp_path: Path) -> Callable[..., Erasure]:
    """Erase a client, as Anke."""
    journal = Journal(tmp_path / "wishes")

    def run(client_id: str, at: datetime = NOW, **how: Any) -> Erasure:
        return erase_person(workspace, client_id, "Anke", at, record_act, journal.forget, **how)

    return run
