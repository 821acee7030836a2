"""The commands as they are typed: in an empty working folder, with the worked example's database."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from cli.__main__ import commands
from models.database.engine import open_engine
from models.settings import Settings
from programme.words.states import Flow, RunMode
from tasks.base.workspace import Workspace
from tests.conftest import DATA
from tests.factories import shipped_programme
from tests.tasks.running import backfill


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


def file_with_runs(club_file: Path, folder: Path, first: date, last: date) -> Path:
    """A copy of the worked example with the runs of these days logged."""
    path = folder / "bouwclub.db"
    shutil.copy(club_file, path)
    engine = open_engine(f"sqlite:///{path}")
    workspace = Workspace(Settings(_env_file=None), shipped_programme(), engine)  # type: ignore[call-arg]
    backfill(workspace, first, last, tuple(Flow), RunMode.LOG, today=date(2026, 3, 2))
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture
def working_folder(tmp_path: Path) -> Iterator[Path]:
    """An empty working folder, without any setting in the environment."""
    with emptied(tmp_path):
        yield tmp_path


@pytest.fixture
def club(club_file: Path, working_folder: Path) -> Path:
    """A working folder with a database of its own, filled from the worked example."""
    shutil.copy(club_file, working_folder / "bouwclub.db")
    return working_folder


@pytest.fixture
def run(working_folder: Path) -> Run:
    """Type a command: run("plan", "--as-of", "2026-03-02")."""
    return typed


def typed(*words: object) -> Result:
    """A command in the working folder; it must be a test's own."""
    result = CliRunner().invoke(commands, [str(word) for word in words])
    return Result(result.exit_code, result.stdout, result.stderr)


@contextmanager
def emptied(folder: Path) -> Iterator[Path]:
    """Inside, `folder` is the working folder, without any setting in the environment."""
    with pytest.MonkeyPatch.context() as patched:
        for name in list(os.environ):
            if name.startswith("BOUWCLUB_"):
                patched.delenv(name)
        patched.chdir(folder)
        yield folder
