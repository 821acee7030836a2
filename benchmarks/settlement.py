"""100,000 referrals booked and settled, and read as rewards; each measurement in a process of its own.

`python -m benchmarks.settlement URL STAGES` measures the stages (of book, settle, rewards) on the database at URL.
"""

import json
import random
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

from benchmarks.databases import KINDS, empty_database
from benchmarks.process import Stopwatch, measured, tell
from models.database.bulk import batches, insert_rows
from models.database.engine import open_engine, upgrade_schema, writing
from models.settings import ROOT
from models.tables import clients, projects, referrals
from tasks.base.programme_file import load_programme

AS_OF = date(2026, 7, 1)
NOW = datetime(2026, 7, 1, 6, 5, tzinfo=UTC)
ROWS_A_TIME = 10_000
MOST_SETTLE_SECONDS, MOST_MB, MOST_REWARD_SECONDS = 30, 500, 10
IBAN = "NL91ABNA0417164300"
CLIENT = ("client_id", "name", "recipient", "kind", "consent", "channel", "iban", "iban_holder", "id_crc32")
PROJECT = ("project_id", "client_id", "type", "value_cents", "ordered_on", "delivered_on", "cancelled_on")
REFERRAL = ("referral_id", "referrer_id", "referred_client_id", "invited_on", "signed_up_on")


def run(say: Callable[[str], None], scale: int) -> None:
    """`scale` referrals, five of each referrer."""
    for kind in KINDS:
        with empty_database(kind) as url:
            _fill(url, scale)
            first = measured("benchmarks.settlement", url, "book,settle")
            again = measured("benchmarks.settlement", url, "settle")
            rewards = measured("benchmarks.settlement", url, "rewards")
        whole = first.total("book", "settle")
        say(
            f"{kind:10} {scale:,} referrals booked in {first.laps['book']}, settled in {first.laps['settle']}: "
            f"{whole.wall:.1f} s (at most {MOST_SETTLE_SECONDS} s), {first.peak_mb} MB (at most {MOST_MB}); "
            f"{first.counts['entries']:,} entries, {first.counts['lines']:,} lines"
        )
        say(f"{kind:10} found again in {again.laps['settle']}")
        seconds = rewards.laps["rewards"]
        say(f"{kind:10} rewards read in {seconds} (at most {MOST_REWARD_SECONDS} s), {rewards.peak_mb} MB")


def _fill(url: str, scale: int) -> None:
    engine = open_engine(url)
    upgrade_schema(engine)
    with writing(engine) as connection:
        for table, names, rows in (
            (clients, CLIENT, _clients(scale)),
            (projects, PROJECT, _projects(scale)),
            (referrals, REFERRAL, _referrals(scale)),
        ):
            for part in batches(rows, ROWS_A_TIME):
                insert_rows(connection, table, names, part)
    engine.dispose()


def _clients(scale: int) -> Iterator[tuple[object, ...]]:
    for n in range(scale // 5):
        yield f"A{n:06d}", f"Klant {n}", f"a{n}@voorbeeld.nl", "consument", "yes", "email", IBAN, f"Klant {n}", n
    for n in range(scale):
        yield f"F{n:06d}", f"Vriend {n}", f"f{n}@voorbeeld.nl", "consument", "unknown", "email", None, None, n


def _projects(scale: int) -> Iterator[tuple[object, ...]]:
    """One delivered project a friend; one in fifty is cancelled, one in ten is still in its hold."""
    dice = random.Random(8)
    for n in range(scale):
        delivered_on = AS_OF - timedelta(days=dice.choice((3, *range(20, 200, 20))))
        cancelled_on = AS_OF - timedelta(days=1) if n % 50 == 0 else None
        ordered_on = date(2025, 12, 1)
        yield f"P{n:06d}", f"F{n:06d}", "dakkapel", 150_000, ordered_on, delivered_on, cancelled_on


def _referrals(scale: int) -> Iterator[tuple[object, ...]]:
    day = date(2025, 12, 1)
    for n in range(scale):
        yield f"R{n:06d}", f"A{n // 5:06d}", f"F{n:06d}", day, day


def _measure(url: str, stages: str) -> None:
    from tasks.money.booking import book
    from tasks.money.rewards import read_rewards
    from tasks.referrals.settlement import prepare_settlement

    programme = load_programme(ROOT / "programme.toml")
    engine, watch = open_engine(url), Stopwatch()
    counts: dict[str, int] = {}
    for stage in stages.split(","):
        with watch.lap(stage):
            if stage == "book":
                counts["entries"] = book(engine, programme, AS_OF, "benchmark", NOW).entries.total()
            elif stage == "settle":
                counts["lines"] = len(prepare_settlement(engine, programme, AS_OF, "benchmark", NOW).settlement.lines)
            else:
                rows = _plain(read_rewards(engine, programme, AS_OF))
                counts["rewards"] = sum(1 for each in rows if json.dumps(each))
    tell(watch, counts)


def _plain(rewards: Iterator[tuple[object, ...]]) -> Iterator[list[str]]:
    return ([str(value) for value in each] for each in rewards)


if __name__ == "__main__":
    _measure(sys.argv[1], sys.argv[2])
