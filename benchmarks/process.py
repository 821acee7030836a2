"""One measurement in a process of its own, so that its time, its CPU and its largest memory are its own."""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from models.settings import ROOT


class Lap(NamedTuple):
    """Seconds of one stage: by the clock on the wall, of our own processor time, and of the database server's."""

    wall: float = 0.0
    cpu: float = 0.0
    server: float = 0.0

    @property
    def all_cpu(self) -> float:
        """Ours and the server's."""
        return self.cpu + self.server

    def __str__(self) -> str:
        return f"{self.wall:.2f} s (cpu {self.cpu:.2f})"


class Stopwatch:
    """Adds up the seconds of named stages.

    Args:
        server: reads the processor seconds of the database server (benchmarks/server_load.py).
    """

    def __init__(self, server: Callable[[], float] = lambda: 0.0) -> None:
        self.laps: dict[str, Lap] = {}
        self.server = server

    @contextmanager
    def lap(self, name: str) -> Iterator[None]:
        wall, cpu, server = time.perf_counter(), time.process_time(), self.server()
        yield
        before = self.laps.get(name, Lap())
        self.laps[name] = Lap(
            before.wall + time.perf_counter() - wall,
            before.cpu + time.process_time() - cpu,
            before.server + self.server() - server,
        )


class Measured(NamedTuple):
    """What a measuring process tells: its stages, its counts and its largest memory in MB."""

    laps: dict[str, Lap]
    counts: dict[str, int]
    peak_mb: int

    def total(self, *names: str) -> Lap:
        laps = [self.laps[name] for name in names]
        return Lap(*map(sum, zip(*laps, strict=True)))


def tell(watch: Stopwatch, counts: dict[str, int]) -> None:
    """The last line of a measuring process."""
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(json.dumps({"laps": watch.laps, "counts": counts, "peak_mb": peak_mb}) + "\n")


def measured(module: str, *arguments: str) -> Measured:
    """Run a module in a fresh Python and take what it tells."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    told = json.loads(done.stdout.splitlines()[-1])
    return Measured({name: Lap(*lap) for name, lap in told["laps"].items()}, told["counts"], told["peak_mb"])
