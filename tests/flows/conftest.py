"""One Prefect server for all flow tests, which one process has; it takes 12 to 20 s to start."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

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
def prefect() -> Iterator[None]:
    """A private Prefect server. Its heartbeat is off: the thread would cost each flow run a second."""
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
    from prefect.testing.utilities import prefect_test_harness

    with (
        _quiet(),
        prefect_test_harness(server_startup_timeout=180),
        temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}),
    ):
        yield


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
