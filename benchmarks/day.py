"""How long a normal day takes: select, decide with every rule, log, and render every mail.

python -m benchmarks.day DATABASE_URL DAY [KEPT_MAILS] measures that one run in this process and prints JSON.
"""

import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.databases import KINDS, fresh_copy
from benchmarks.naive import seconds_of_orm_loop
from benchmarks.process import Lap, Measured, Stopwatch, measured, tell
from models.database.engine import copying_log, open_engine, reading
from models.settings import ROOT
from models.tables import messages
from programme.words.states import Flow, MessageStatus, Outcome, RunMode
from sample.bulk import DAY, KEY, Size
from tasks.base.memory import searching_between_chunks
from tasks.base.programme_file import load_programme
from tasks.mail.render import Renderer
from tasks.runs.deciding.ahead import one_ahead
from tasks.runs.deciding.planning import plan_day
from tasks.runs.deciding.queueing import enqueue

RUN_ID = "benchmark"
STAGES = ("select and decide", "log", "render")


def run(say: Callable[[str], None], scale: int) -> None:
    """A normal day on `scale` clients, with new templates and without; and a loop over ORM objects."""
    size = Size(scale, scale // 10)
    for kind in KINDS:
        with TemporaryDirectory() as folder:
            for templates in ("new templates", "the templates of the day before"):
                with fresh_copy(kind, size) as url:
                    done = measured("benchmarks.day", url, DAY.isoformat(), str(Path(folder) / "mails.db"))
                total = report(say, f"normal day, {kind}, {templates}", done, most_seconds=3, most_mb=300)
        with fresh_copy(kind, size) as url:
            loop = seconds_of_orm_loop(url, scale, DAY)
        say(f"  loop over ORM objects, extrapolated: {loop:,.0f} s; ratio {loop / total.wall:,.0f} (at least 100)")


def report(say: Callable[[str], None], title: str, done: Measured, most_seconds: int, most_mb: int) -> Lap:
    """Tell the figures of a run with the targets beside them; returns the total."""
    total = done.total(*STAGES)
    say(
        f"{title}: {done.counts['candidates']:,} candidates, {done.counts['sent']:,} mails: {total} "
        f"(at most {most_seconds} s), {done.peak_mb} MB (at most {most_mb})"
    )
    say("  " + "; ".join(f"{stage} {done.laps[stage]}" for stage in ("start", *STAGES)))
    return total


def measure(url: str, as_of: date, kept: Path | None) -> None:
    """One run in log mode; then every mail it logged is rendered whole, as a delivery would."""
    watch, counts = Stopwatch(), {"candidates": 0, "sent": 0, "html_mb": 0}
    with watch.lap("start"):
        programme = load_programme(ROOT / "programme.toml")
        renderer = Renderer(programme, "https://bouwclub.example", kept=kept)
        engine = open_engine(url)
        with reading(engine):
            pass
    copying = ExitStack()  # as the run's own step does
    copy_log = copying.enter_context(copying_log(engine))
    search_cycles = copying.enter_context(searching_between_chunks())
    chunks = copying.enter_context(one_ahead(engine, plan_day(engine, programme, Flow.DAILY, as_of)))
    while True:
        with watch.lap("select and decide"):
            chunk = next(chunks, None)
        if chunk is None:
            break
        with watch.lap("log"):
            enqueue(engine, renderer, KEY, chunk, RUN_ID, RunMode.LOG)
            copy_log()
        counts["candidates"] += chunk.number
        counts["sent"] += sum(decision.outcome == Outcome.SEND for decision in chunk.every())
        with watch.lap("log"):
            del chunk
            search_cycles()
    with watch.lap("log"):
        copying.close()  # waits for the last copy
    with watch.lap("render"), reading(engine) as connection:
        logged = messages.select().where(messages.c.run_id == RUN_ID, messages.c.status == MessageStatus.LOGGED.value)
        for row in connection.execution_options(yield_per=1000).execute(logged.where(messages.c.as_of == as_of)):
            counts["html_mb"] += len(renderer.mail(row, row.variant, as_of).html)
    counts["html_mb"] //= 1_000_000
    tell(watch, counts)


if __name__ == "__main__":
    measure(sys.argv[1], date.fromisoformat(sys.argv[2]), Path(sys.argv[3]) if len(sys.argv) > 3 else None)
