"""How long `bouwclub plan` takes from a cold start, on the example's CRM export: seconds, and of the processor."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from models.settings import ROOT

EXAMPLE = ROOT / "tests" / "data" / "club"
AS_OF = "2026-03-02"
ROUNDS = 5
GOOD = (0, 3)  # 3: the example has rows that an import cannot take


PLAN = ("plan", "--as-of", AS_OF, "--json")


def run(say: Callable[[str], None], _scale: int) -> None:
    """Import the example once; then plan a day in fresh processes, the first of which compiles our modules."""
    with tempfile.TemporaryDirectory() as folder:
        _bouwclub(folder, "import", str(EXAMPLE))
        _bouwclub(folder, *PLAN)
        seconds, of_processor = zip(*sorted(_seconds(folder, *PLAN) for _ in range(ROUNDS)), strict=True)
        bare, _ = _seconds(folder, "--help")
    say(f"plan of {AS_OF} on the example, cold: {seconds[0]:.2f} to {seconds[-1]:.2f} s (at most 0.5 s)")
    say(f"  of the processor: {min(of_processor):.2f} to {max(of_processor):.2f} s")
    say(f"  of which Python and the command line alone: {bare:.2f} s")


def _seconds(folder: str, *arguments: str) -> tuple[float, float]:
    """By the clock, and of the processor."""
    started, used = time.perf_counter(), _used()
    _bouwclub(folder, *arguments)
    return time.perf_counter() - started, _used() - used


def _used() -> float:
    of_children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return of_children.ru_utime + of_children.ru_stime


def _bouwclub(folder: str, *arguments: str) -> None:
    own = {"BOUWCLUB_DATABASE_URL": f"sqlite:///{Path(folder) / 'plan.db'}", "PYTHONPATH": str(ROOT)}
    environment = os.environ | own
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # or each process compiles our modules anew
    command = [sys.executable, "-m", "cli", *arguments]
    ended = subprocess.run(command, cwd=folder, env=environment, check=False, stdout=subprocess.DEVNULL)
    if ended.returncode not in GOOD:
        raise RuntimeError(f"bouwclub {' '.join(arguments)} ended with {ended.returncode}")
