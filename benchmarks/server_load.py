"""What a measurement costs outside our process: the processor time of PostgreSQL's processes, and bytes written."""

import os
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine, text

_TICKS = os.sysconf("SC_CLK_TCK")
_PPID, _USER = 1, 11  # places in /proc/PID/stat behind the name; _USER, then system, and the two of ended children


def server_seconds(engine: Engine) -> Callable[[], float]:
    """A reading of the processor seconds of the database's own processes; always 0 for SQLite, which has none."""
    if engine.dialect.name == "sqlite":
        return lambda: 0.0
    with engine.connect() as connection:
        backend = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    master = int(_stat(backend)[_PPID])
    return lambda: _seconds(master)


def written_bytes(engine: Engine) -> Callable[[], int]:
    """A reading of what was written: PostgreSQL's log, or for SQLite all that our process gave to the disk."""
    if engine.dialect.name == "sqlite":
        return lambda: int(Path("/proc/self/io").read_text().split("write_bytes: ")[1].split()[0])

    def read() -> int:
        with engine.connect() as connection:
            return int(connection.execute(text("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn")).scalar_one())

    return read


def _seconds(master: int) -> float:
    """Of the server, its living children, and those that ended."""
    ticks = sum(map(int, _stat(master)[_USER : _USER + 4]))
    for path in Path("/proc").iterdir():
        if path.name.isdigit() and (stat := _stat(path.name)) and int(stat[_PPID]) == master:
            ticks += sum(map(int, stat[_USER : _USER + 2]))
    return ticks / _TICKS


def _stat(pid: int | str) -> list[str]:
    """The fields behind the name; [] for a process that is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
