"""The commands as they are typed: in an empty working folder, with the worked example's database."""

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from cli.__main__ import commands
from models.database.engine import open_engine
from tests.conftest import DATA


class Result(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture(scope="session")
def club_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The worked example, imported once into a SQLite file."""
    from tasks.importing.folder import import_folder

    folder = tmp_path_factory.mktemp("club")
    engine = open_engine(f"sqlite:///{folder}/bouwclub.db")
    report = import_folder(
        engine, DATA / "club", imported_at=datetime(2028, 1, 1, tzinfo=UTC), rejected_path=folder / "rejected.csv"
    )
    assert report.exit_code == 0
    engine.dispose()
    return folder / "bouwclub.db"


@pytest.fixture
def working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, without any setting in the environment."""
    for name in list(os.environ):
        if name.startswith("BOUWCLUB_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def club(club_file: Path, working_folder: Path) -> Path:
    """A working folder with a database of its own, filled from the worked example."""
    shutil.copy(club_file, working_folder / "bouwclub.db")
    return working_folder


@pytest.fixture
def run(working_folder: Path) -> Run:
    """Type a command: run("plan", "--as-of", "2026-03-02")."""

    def typed(*words: object) -> Result:
        result = CliRunner().invoke(commands, [str(word) for word in words])
        return Result(result.exit_code, result.stdout, result.stderr)

    return typed
