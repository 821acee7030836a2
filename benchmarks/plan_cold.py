"""How long `bouwclub plan` takes from a cold start, on the example's CRM export."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from models.settings import ROOT

EXAMPLE = ROOT / "tests" / "data" / "club"
AS_OF = "2026-03-02"
ROUNDS = 3
GOOD = (0, 3)  # 3: the example has rows that an import cannot take


def run(say: Callable[[str], None], _scale: int) -> None:
    """Import the example once; then plan a day in fresh processes."""
    with tempfile.TemporaryDirectory() as folder:
        _bouwclub(folder, "import", str(EXAMPLE))
        seconds = sorted(_seconds(folder, "plan", "--as-of", AS_OF, "--json") for _ in range(ROUNDS))
        bare = _seconds(folder, "--help")
    say(f"plan of {AS_OF} on the example, cold: {seconds[0]:.2f} to {seconds[-1]:.2f} s (at most 0.5 s)")
    say(f"  of which Python and the command line alone: {bare:.2f} s")


def _seconds(folder: str, *arguments: str) -> float:
    started = time.perf_counter()
    _bouwclub(folder, *arguments)
    return time.perf_counter() - started


def _bouwclub(folder: str, *arguments: str) -> None:
    own = {"BOUWCLUB_DATABASE_URL": f"sqlite:///{Path(folder) / 'plan.db'}", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "cli", *arguments]
    ended = subprocess.run(command, cwd=folder, env=os.environ | own, check=False, stdout=subprocess.DEVNULL)
    if ended.returncode not in GOOD:
        raise RuntimeError(f"bouwclub {' '.join(arguments)} ended with {ended.returncode}")
