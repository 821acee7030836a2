"""How long a CRM import takes: a made-up export of `scale` clients, taken over into an empty database, then again.

python -m benchmarks.importing [CLIENTS] [DATABASE_URL]
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

from models.database.engine import open_engine
from sample import write_sample
from tasks.importing.folder import import_folder

DAY = date(2026, 3, 2)  # the day that the sample is made for


def run(say: Callable[[str], None], scale: int, database_url: str = "") -> None:
    """Measure in a temporary folder; `scale` is the number of clients."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with ProcessPoolExecutor(1) as other:  # its memory is not the import's
            other.submit(write_sample, folder, DAY, scale).result()
        engine = open_engine(database_url or f"sqlite:///{folder}/bench.db")
        for label in ("first import", "same folder again"):
            start = time.perf_counter()
            report = import_folder(engine, folder, imported_at=datetime.now(UTC), rejected_path=folder / "rejected.csv")
            seconds = time.perf_counter() - start
            rows = sum(count.rows for count in report.files)
            taken = sum(count.new + count.changed for count in report.files)
            say(f"{engine.dialect.name}, {label}: {rows:,} rows, {taken:,} written, {seconds:.1f} s")
        engine.dispose()
    say(f"largest memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    run(print, int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, sys.argv[2] if len(sys.argv) > 2 else "")
