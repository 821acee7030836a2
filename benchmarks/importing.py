"""How long a CRM import takes: a made-up export of `scale` clients, taken over into an empty database, then again.

python -m benchmarks.importing [CLIENTS] [DATABASE_URL]
"""

import csv
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from models.database.engine import open_engine
from tasks.importing.folder import import_folder
from tasks.importing.sheets import SHEETS

SEED = 20_261_122
FIRST_DAY = date(2019, 1, 1)
TYPES = ("dakkapel", "uitbouw", "draagmuur", "fundering", "renovatie", "overig")
# Rows of each file for a hundred clients, as in the sample of the firm.
SHARES = {"projects": 110, "quotes": 55, "interactions": 55, "feedback": 50, "invoices": 25, "referrals": 25}


def run(say: Callable[[str], None], scale: int, database_url: str = "") -> None:
    """Measure in a temporary folder; `scale` is the number of clients."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        rows = write_export(folder, scale)
        engine = open_engine(database_url or f"sqlite:///{folder}/bench.db")
        for label in ("first import", "same folder again"):
            start = time.perf_counter()
            report = import_folder(engine, folder, imported_at=datetime.now(UTC), rejected_path=folder / "rejected.csv")
            seconds = time.perf_counter() - start
            taken = sum(count.new + count.changed for count in report.files)
            say(f"{engine.dialect.name}, {label}: {rows:,} rows, {taken:,} written, {seconds:.1f} s")
        engine.dispose()
    say(f"largest memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB; seed {SEED}")


def write_export(folder: Path, clients: int) -> int:
    """Write an export without faults; return its number of rows."""
    dice = random.Random(SEED)
    many = {name: range(clients * share // 100) for name, share in SHARES.items()}
    files = {
        "clients": (_client(dice, n) for n in range(clients)),
        "projects": (_project(dice, n, clients) for n in many["projects"]),
        "quotes": (_quote(dice, n, clients) for n in many["quotes"]),
        "interactions": (_interaction(dice, n, clients) for n in many["interactions"]),
        "feedback": (_feedback(dice, n, clients) for n in many["feedback"]),
        "invoices": (_invoice(dice, n, clients) for n in many["invoices"]),
        "referrals": (_referral(dice, n, clients) for n in many["referrals"]),
        "suppressions": ((f"klant.{n}@example.nl", "unsubscribe", _day(dice)) for n in range(0, clients, 30)),
    }
    return sum(_write(folder / f"{name}.csv", rows) for name, rows in files.items())


def _write(path: Path, rows: Iterable[Sequence[object]]) -> int:
    sheet = next(sheet for sheet in SHEETS if sheet.file == path.name)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(column.name for column in sheet.columns)
        return sum(1 for row in rows if writer.writerow(row))


def _day(dice: random.Random) -> date:
    return FIRST_DAY + timedelta(days=dice.randrange(2_700))


def _euros(dice: random.Random) -> str:
    return f"{dice.randrange(300, 6000)}.{dice.randrange(100):02d}"


def _some(dice: random.Random, clients: int) -> str:
    return f"C{dice.randrange(clients):07d}"


def _client(dice: random.Random, n: int) -> Sequence[object]:
    consent = dice.choice(("yes", "no", "unknown"))
    phone = f"06{dice.randrange(10**8):08d}"
    kind = dice.choice(("consument", "aannemer"))
    return (f"C{n:07d}", f"Élise van 't Hof {n}", f"Klant.{n}@example.nl", phone, kind, consent, "email", "ja", "", "",
            "", _day(dice))  # fmt: skip


def _project(dice: random.Random, n: int, clients: int) -> Sequence[object]:
    ordered = _day(dice)
    delivered = ordered + timedelta(days=dice.randrange(5, 60)) if dice.random() < 0.9 else ""
    address = f"Kerkweg {dice.randrange(200)}, boven"
    postcode, year = f"{dice.randrange(1000, 9999)} CM", dice.randrange(1880, 2025)
    return (f"P{n:07d}", _some(dice, clients), dice.choice(TYPES), _euros(dice), ordered, delivered, "",
            "ir. S. Wiersma", address, postcode, year, "false")  # fmt: skip


def _quote(dice: random.Random, n: int, clients: int) -> Sequence[object]:
    sent = _day(dice)
    decided = sent + timedelta(days=9)
    return (f"Q{n:07d}", _some(dice, clients), dice.choice(TYPES), _euros(dice), sent, decided, "rejected")


def _interaction(dice: random.Random, n: int, clients: int) -> Sequence[object]:
    return (f"I{n:07d}", _some(dice, clients), _day(dice), dice.choice(("in", "out")), "phone", "vraag over de ligger")


def _feedback(dice: random.Random, n: int, clients: int) -> Sequence[object]:
    given = _day(dice)
    score = dice.randrange(11)
    return (f"F{n:07d}", _some(dice, clients), f"P{dice.randrange(clients):07d}", given, "nps", score, "", "minor",
            f"Prima werk, nummer {n}", "")  # fmt: skip


def _invoice(dice: random.Random, n: int, clients: int) -> Sequence[object]:
    issued = _day(dice)
    due = issued + timedelta(days=30)
    return (f"V{n:07d}", _some(dice, clients), f"P{dice.randrange(clients):07d}", _euros(dice), issued, due, due)


def _referral(dice: random.Random, n: int, clients: int) -> Sequence[object]:
    invited = _day(dice)
    return (f"R{n:07d}", _some(dice, clients), _some(dice, clients), f"Vriend {n}", f"vriend.{n}@example.nl", invited,
            invited + timedelta(days=40))  # fmt: skip


if __name__ == "__main__":
    run(print, int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, sys.argv[2] if len(sys.argv) > 2 else "")
