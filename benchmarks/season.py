"""How long the first day of a season takes, when a fifth of all clients may get its mail."""

from collections.abc import Callable

from benchmarks.databases import KINDS, fresh_copy
from benchmarks.day import report
from benchmarks.process import measured
from sample.bulk import SEASON_DAY, Size


def run(say: Callable[[str], None], scale: int) -> None:
    """The season day of a base of `scale` clients."""
    for kind in KINDS:
        with fresh_copy(kind, Size(scale, scale // 10)) as url:
            done = measured("benchmarks.day", url, SEASON_DAY.isoformat())
        report(say, f"season day, {kind}", done, most_seconds=40 if kind == "sqlite" else 60, most_mb=400)
