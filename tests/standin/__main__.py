"""python -m tests.standin --log FILE: a stand-in as a process; its first line on standard output is its URL."""

import argparse
from pathlib import Path

from tests.standin import server
from tests.standin.faults import STORM, FaultPlan, Trouble
from tests.standin.server import StandIn


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--storm", action="store_true", help="fail in every way it knows")
    parser.add_argument("--fast", action="store_true", help="only count")
    parser.add_argument("--late-seconds", type=float, default=3.0)
    parser.add_argument("--slow", type=float, metavar="SECONDS", help="take so long for each request")
    asked = parser.parse_args()
    plan = FaultPlan(STORM if asked.storm else None, asked.seed)
    if asked.slow:
        server.SLOW_SECONDS = asked.slow
        plan = FaultPlan({Trouble.SLOW: 100})
    standin = StandIn(asked.log, plan, port=asked.port, is_fast=asked.fast, late_seconds=asked.late_seconds)
    print(standin.url, flush=True)  # noqa: T201  # this is how its starter learns the port
    standin.serve()


if __name__ == "__main__":
    main()
