"""Identifies a sending process, so that the claims of a dead one need not wait for their lease."""

import os
from functools import cache
from pathlib import Path

_PROC = Path("/proc")


@cache
def this_worker() -> str:
    """The machine's boot id, process namespace, process id and the process's start, joined by colons."""
    pid = os.getpid()
    return f"{_place()}:{pid}:{_started(pid)}"


def is_gone(worker: str) -> bool:
    """Whether that process has certainly ended. False for processes of other machines, because nobody can know.

    A wrong True causes a doubt at worst: a claim is fenced before anything is sent.
    """
    place, _, rest = worker.rpartition(":")[0].rpartition(":")
    started = worker.rpartition(":")[2]
    if not started or place != _place() or not rest.isdigit():
        return False
    return _started(int(rest)) != started


@cache
def _place() -> str:
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}:{os.readlink(_PROC / 'self/ns/pid')[5:-1]}"
    except OSError:
        return "unknown:0"


def _started(pid: int) -> str:
    """The start of a process in clock ticks since boot; "" when there is no such process."""
    try:
        status = (_PROC / str(pid) / "stat").read_text()
    except OSError:
        return ""
    after_name = status.rpartition(")")[2].split()
    return "" if after_name[0] in "ZX" else after_name[19]
