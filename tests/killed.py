"""Processes that tests kill: forked from one that has everything imported, which saves a second of each."""

import multiprocessing
from collections.abc import Callable
from typing import Any

# Not forked from the test's own process: it has threads, and its open SQLite files hold locks that no child has.
_FORKED = multiprocessing.get_context("forkserver")
_FORKED.set_forkserver_preload(
    [
        "tasks.referrals.mails.sending",
        "tasks.runs.outside.to_staff",
        "tests.tasks.privacy.test_erasing",
        "tests.tasks.runs.test_left_over",
        "tests.tasks.runs.test_to_people",
    ]
)


def exit_code_of(act: Callable[..., Any], *given: str) -> int:
    """Of a process that calls a function of a module; negative for the signal that killed it."""
    process = _FORKED.Process(target=act, args=given)
    process.start()
    process.join()
    assert process.exitcode is not None
    return process.exitcode
