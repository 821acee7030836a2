"""Measure the parts and print their figures with the targets beside them: python -m benchmarks [PART …] [--scale S]."""

import argparse
import sys
import time
from importlib import import_module
from typing import NamedTuple


class Part(NamedTuple):
    """A part of the benchmark: its module's `run(say, scale)`, and what `scale` is when small and in full."""

    module: str
    small: int
    full: int


PARTS = {
    "plan": Part("plan_cold", 1, 1),
    "day": Part("day", 100_000, 1_000_000),
    "growth": Part("growth", 100_000, 1_000_000),
    "season": Part("season", 100_000, 1_000_000),
    "catch_up": Part("catch_up", 100_000, 1_000_000),
    "health": Part("health", 100_000, 1_000_000),
    "rendering": Part("rendering", 2_000, 20_000),
    "import": Part("importing", 10_000, 100_000),
    "campaign": Part("campaign", 100_000, 1_000_000),
    "delivery": Part("delivery", 100_000, 1_000_000),
    "together": Part("together", 50_000, 200_000),
    "workers": Part("workers", 4_000, 40_000),
    "settlement": Part("settlement", 10_000, 100_000),
    "webhook": Part("webhook", 6_000, 60_000),
    "report": Part("report", 100_000, 1_000_000),
    "care": Part("care", 10_000, 100_000),
    "bank_file": Part("bank_file", 500, 500),
}


def main() -> None:
    arguments = _arguments()
    for name in arguments.parts or PARTS:
        part = PARTS[name]
        print(f"\n== {name} ==", flush=True)
        started = time.perf_counter()
        import_module(f"benchmarks.{part.module}").run(_say, getattr(part, arguments.scale))
        print(f"(measured in {time.perf_counter() - started:.0f} s, the making of its data included)", flush=True)


def _say(line: str) -> None:
    print(line, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"all, or some of: {', '.join(PARTS)}")
    parser.add_argument("--scale", choices=("small", "full"), default="full", help="a tenth of it all, or the whole")
    arguments = parser.parse_args()
    if unknown := [name for name in arguments.parts if name not in PARTS]:
        parser.error(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    return arguments


if __name__ == "__main__":
    sys.exit(main())
