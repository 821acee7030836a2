"""How long a day in mid-season takes that no run came before: every client may get the season's mail at once.

python -m benchmarks.catch_up DATABASE_URL DAY measures the run's own steps (begin, decide, finish) in this process and
prints JSON.
"""

import sys
from collections.abc import Callable
from datetime import date, timedelta

from benchmarks.databases import KINDS, fresh_copy
from benchmarks.process import Stopwatch, measured, tell
from flows.day import PLAIN, decide_day
from models.database.engine import open_engine
from models.settings import ROOT, Settings
from programme.words.states import Flow, Outcome, RunMode
from sample.bulk import KEY, SEASON_DAY, Size
from tasks.base.programme_file import load_programme
from tasks.base.workspace import Workspace
from tasks.runs.day import Day

MOST_SECONDS, MOST_MB = 180, 300
MOST_GROWTH = 1.1  # of its memory, from a tenth of the clients: flat
CAUGHT_UP_ON = SEASON_DAY + timedelta(days=9)  # after the days over which the season is spread


def run(say: Callable[[str], None], scale: int) -> None:
    """The catch-up of a tenth of `scale` clients, for its memory, and of `scale` clients."""
    for kind in KINDS:
        found = []
        for clients in (scale // 10, scale):
            with fresh_copy(kind, Size(clients, clients // 10)) as url:
                found.append(measured("benchmarks.catch_up", url, CAUGHT_UP_ON.isoformat()))
        small, done = found
        say(
            f"catch-up in mid-season, {kind}: {done.counts['candidates']:,} candidates, {done.counts['sent']:,} mails: "
            f"{done.total('run')} (at most {MOST_SECONDS} s), {done.peak_mb} MB (at most {MOST_MB}), "
            f"{done.peak_mb / small.peak_mb:.2f} x a tenth (at most {MOST_GROWTH})"
        )


def measure(url: str, as_of: date) -> None:
    """One daily run in log mode: everything that a run does but sending."""
    watch = Stopwatch()
    settings = Settings(database_url=url, secret_key=KEY.decode())
    workspace = Workspace(settings, load_programme(ROOT / "programme.toml"), open_engine(url))
    with watch.lap("run"):
        done = decide_day(PLAIN, Day(workspace, Flow.DAILY, as_of, RunMode.LOG, today=as_of))
        PLAIN.finish(done)
    counts = done.queued.counts
    sent = sum(number for (_, outcome, _), number in counts.items() if outcome == Outcome.SEND)
    tell(watch, {"candidates": counts.total(), "sent": sent})


if __name__ == "__main__":
    measure(sys.argv[1], date.fromisoformat(sys.argv[2]))
