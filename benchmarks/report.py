"""How long the report of a large base takes, and how much memory; with a year of mails and what became of them."""

import sys
from collections.abc import Callable
from datetime import date

from sqlalchemy import Engine, text

from benchmarks.databases import KINDS, fresh_copy
from benchmarks.process import Stopwatch, measured, tell
from models.database.engine import open_engine, writing
from models.settings import ROOT
from sample.bulk import DAY, Size
from tasks.base.programme_file import load_programme
from tasks.figures.closed import keep_closed
from tasks.figures.report import read_report

MOST_SECONDS = 60
MOST_MB = 1_000


def run(say: Callable[[str], None], scale: int) -> None:
    """The report of a base of `scale` clients, then the keeping of what it closed."""
    for kind in KINDS:
        with fresh_copy(kind, Size(scale, scale // 10)) as url:
            engine = open_engine(url)
            add_events(engine)
            engine.dispose()
            done = measured("benchmarks.report", url, DAY.isoformat())
        lap = done.laps["report"]
        counts = done.counts
        say(f"report, {kind}: {lap} of {MOST_SECONDS} s, {done.peak_mb} of {MOST_MB} MB")
        say(f"  {counts['customers']:,} customers, {counts['planned']:,} mails, {counts['delivered']:,} delivered")
        say(f"  keeping what it closed, the first time: {done.laps['keep']}")


def add_events(engine: Engine) -> None:
    """Every accepted mail was delivered a day later, one in four opened, one in eight answered."""
    moment = "'2026-02-26 12:00:00'" if engine.dialect.name == "sqlite" else "TIMESTAMPTZ '2026-02-26 12:00:00Z'"
    columns = "provider_event_id, kind, message_id, recipient, occurred_at, received_at, is_machine"
    with writing(engine) as connection:
        for kind, which in (("delivered", "1 = 1"), ("opened", "id % 4 = 0")):
            connection.execute(
                text(
                    f"INSERT INTO events ({columns}) SELECT '{kind}' || message_id, '{kind}', message_id, recipient, "
                    f"{moment}, {moment}, false FROM messages WHERE status = 'accepted' AND {which}"
                )
            )
        connection.execute(text("UPDATE message_states SET is_tracked = true WHERE id % 3 = 0"))
        connection.execute(
            text(
                "INSERT INTO answers (message_id, client_id, question, answer, answered_at, answered_on, "
                "needs_contact) "
                f"SELECT message_id, client_id, 'review', 'geschreven', {moment}, as_of, false "
                "FROM messages WHERE status = 'accepted' AND id % 8 = 0"
            )
        )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def main() -> None:
    """Measure in this process: the database's address and the day."""
    url, day = sys.argv[1], date.fromisoformat(sys.argv[2])
    programme, engine, watch = load_programme(ROOT / "programme.toml"), open_engine(url), Stopwatch()
    with watch.lap("report"):
        report = read_report(engine, programme, day)
    with watch.lap("keep"):
        keep_closed(engine, day)
    planned, delivered = (sum(getattr(each, name) for each in report.touchpoints) for name in ("planned", "delivered"))
    tell(watch, {"customers": report.value.customers, "planned": planned, "delivered": delivered})


if __name__ == "__main__":
    main()
