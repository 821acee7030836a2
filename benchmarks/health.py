"""How long the health of everybody takes, and the snapshots of the first night and of the next.

python -m benchmarks.health DATABASE_URL DAY measures in this process and prints JSON.
"""

import sys
from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy import Engine, text

from benchmarks.databases import KINDS, fresh_copy
from benchmarks.process import Stopwatch, measured, tell
from models.database.engine import open_engine, writing
from models.settings import ROOT
from sample.bulk import DAY, Size
from tasks.base.programme_file import load_programme
from tasks.clients.health import read_health
from tasks.clients.snapshots import keep_snapshots

MOST_SECONDS, MOST_MB = 30, 1000  # of one million clients


def run(say: Callable[[str], None], scale: int) -> None:
    """The health of a base of `scale` clients."""
    for kind in KINDS:
        with fresh_copy(kind, Size(scale, scale // 10)) as url:
            done = measured("benchmarks.health", url, DAY.isoformat())
        counts = done.counts
        say(
            f"health, {kind}: {counts['clients']:,} clients, {counts['ailing']:,} with an indicator: "
            f"{done.laps['health']} (at most {MOST_SECONDS} s), {done.peak_mb} MB (at most {MOST_MB})"
        )
        say(
            f"  snapshots of the first night {done.laps['first']} ({counts['first']:,} rows), "
            f"of the next {done.laps['next']} ({counts['next']:,} rows)"
        )


def _report_arrivals(engine: Engine) -> None:
    """Every second mail is tracked and arrived; a person opened a third of those."""
    is_sqlite = engine.dialect.name == "sqlite"
    moment = "as_of || ' 09:00:00.000000'" if is_sqlite else "CAST(as_of AS timestamptz) + interval '9 hours'"
    with writing(engine) as connection:
        connection.execute(text("UPDATE message_states SET is_tracked = (id % 2 = 0)"))
        for kind, share in (("delivered", 2), ("opened", 6)):
            connection.execute(
                text(
                    "INSERT INTO events (provider_event_id, kind, message_id, recipient, occurred_at, received_at, "
                    f"is_machine) SELECT '{kind}' || id, '{kind}', message_id, recipient, {moment}, {moment}, false "
                    f"FROM messages WHERE id % {share} = 0 AND recipient <> ''"
                )
            )
        connection.execute(text("ANALYZE"))


def measure(url: str, as_of: date) -> None:
    """Judge everybody; then keep two nights in a row."""
    watch = Stopwatch()
    programme, engine = load_programme(ROOT / "programme.toml"), open_engine(url)
    counts = {"clients": 0, "ailing": 0}
    with watch.lap("prepare"):
        _report_arrivals(engine)
    with watch.lap("health"):
        for each in read_health(engine, programme, as_of):
            counts["clients"] += 1
            counts["ailing"] += bool(each.indicators)
    with watch.lap("first"):
        counts["first"] = keep_snapshots(engine, programme, as_of)
    with watch.lap("next"):
        counts["next"] = keep_snapshots(engine, programme, as_of + timedelta(days=1))
    tell(watch, counts)


if __name__ == "__main__":
    measure(sys.argv[1], date.fromisoformat(sys.argv[2]))
