"""Compiles and runs the model with spin; the verdict is whether an assertion can be violated."""

import re
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

MODEL = Path(__file__).parent / "delivery.pml"
DEPTH = 20_000  # steps of one history; the longest have some 400
HASH_BITS = 24
# Every state is kept, compressed; a history needs no cycles to be wrong.
OPTIONS = ("-w", "-O2", "-DSAFETY", "-DCOLLAPSE", "-DVECTORSZ=512")


class Size(NamedTuple):
    """How much of the world is looked at. A second message shows requests of several; a third request, a third try."""

    messages: int
    requests: int
    crashes: int

    def __str__(self) -> str:
        return f"{self.messages} messages, {self.requests} requests, {self.crashes} crashes"


class Verdict(NamedTuple):
    """Attributes: violated: the assertion that some history violates; None when none does."""

    violated: str | None
    states: int


# Sound: the algorithm. Small: where each seeded fault must show.
SOUND = (Size(1, 3, 1), Size(2, 2, 1))
SMALL = Size(1, 3, 1)


def faults() -> list[str]:
    """The mistakes that can be put into the model, by name."""
    return sorted(set(re.findall(r"FAULT_([A-Z_]+[A-Z])", MODEL.read_text())))


def check(size: Size, fault: str | None = None) -> Verdict:
    """Look at every state that the model can reach. Raises CalledProcessError, e.g. where the model is no Promela."""
    settings = [f"-D{name.upper()}={value}" for name, value in size._asdict().items()]
    if fault:
        settings.append(f"-DFAULT_{fault}")
    with TemporaryDirectory() as folder:
        for command in (
            ["spin", *settings, "-a", str(MODEL)],
            ["gcc", *OPTIONS, "-o", "pan", "pan.c"],
            ["./pan", f"-m{DEPTH}", f"-w{HASH_BITS}"],
        ):
            done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, errors="replace")
    return _verdict(done.stdout)


def _verdict(told: str) -> Verdict:
    states = re.search(r"(\d+(?:\.\d+e[+]\d+)?) states, stored", told)
    errors = re.search(r"errors: (\d+)", told)
    if states is None or errors is None or "max search depth too small" in told:
        raise RuntimeError(f"spin did not look at everything: {told[:300]}")
    violated = re.search(r"pan:1: (.*) \(at depth", told)
    if errors[1] != "0" and violated is None:
        raise RuntimeError(f"spin found an error that is none of the model's own: {told[:300]}")
    return Verdict(violated[1] if violated else None, int(float(states[1])))
