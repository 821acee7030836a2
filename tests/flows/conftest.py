"""One Prefect server for all flow tests, which one process has; it takes 4 s to start, and 9 s the first time."""

import os
import shutil
import sqlite3
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path

import pytest

# What looks each few seconds for schedules, late runs and workers; these tests have none of them.
_LOOPS = (
    "CANCELLATION_CLEANUP",
    "CLEANUP_RECONCILER",
    "FOREMAN",
    "LATE_RUNS",
    "PAUSE_EXPIRATIONS",
    "REPOSSESSOR",
    "SCHEDULER",
    "TRIGGERS",
)


@pytest.fixture(scope="package")  # an idle server takes a twelfth of a core, so none stays for the other tests
def prefect(request: pytest.FixtureRequest) -> Iterator[None]:
    """A private Prefect server. Its heartbeat is off: the thread would cost each flow run a second."""
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
    from prefect.testing.utilities import prefect_test_harness

    kept = request.config.cache.mkdir("prefect") / f"{version('prefect')}.db"
    with (
        _quiet(),
        _certificates_once(),
        _database_from(kept) as database,
        prefect_test_harness(server_startup_timeout=180),
        temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}),
    ):
        if not kept.exists():
            _keep(database, kept)
        yield


@contextmanager
def _database_from(kept: Path) -> Iterator[Path]:
    """Inside, a server begins on a copy of `kept`: its migrations take 4 s of the processor, so they run once."""
    folder = Path(tempfile.mkdtemp(prefix="bouwclub-prefect-"))  # the harness deletes it
    database = folder / "prefect-test.db"
    if kept.exists():
        shutil.copy(kept, database)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("prefect.testing.utilities.mkdtemp", lambda: str(folder))
        yield database


def _keep(database: Path, kept: Path) -> None:
    """Keep what the migrations made, before a test adds a row; whole, or not at all."""
    fresh = kept.with_suffix(".new")
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(fresh)) as copy:
        source.backup(copy)
    fresh.replace(kept)


@contextmanager
def _quiet() -> Iterator[None]:
    """Inside, a server that starts tells nothing and looks for nothing, unless the environment says otherwise."""
    wanted = {"LOGGING_LEVEL": "ERROR", "SERVER_LOGGING_LEVEL": "CRITICAL", "SERVER_ANALYTICS_ENABLED": "false"}
    wanted |= {f"SERVER_SERVICES_{loop}_ENABLED": "false" for loop in _LOOPS}
    with pytest.MonkeyPatch.context() as patched:
        for name, value in wanted.items():
            if f"PREFECT_{name}" not in os.environ:
                patched.setenv(f"PREFECT_{name}", value)
        yield


@contextmanager
def _certificates_once() -> Iterator[None]:
    """Inside, one reading of the certificates (30 ms) serves every client that a flow makes; none calls by https."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ssl, "create_default_context", cache(ssl.create_default_context))
        yield
