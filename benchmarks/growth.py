"""What a day costs when the base is ten times larger and the same number of clients is due."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.databases import KINDS, fresh_copy
from benchmarks.day import STAGES
from benchmarks.process import Measured, measured
from sample.bulk import DAY, Size

ROUNDS = 3  # taken in turns, so that what else the machine does falls on both


def run(say: Callable[[str], None], scale: int) -> None:
    """A normal day on a tenth of `scale` clients, and on `scale` clients."""
    sizes = Size(scale // 10, scale // 10), Size(scale, scale // 10)
    for kind in KINDS:
        with TemporaryDirectory() as folder:  # as on most days, no template is new
            kept = str(Path(folder) / "mails.db")
            rounds = [[_measure(kind, size, kept) for size in sizes] for _ in range(ROUNDS)]
        small, large = (min(each, key=_seconds) for each in zip(*rounds, strict=True))
        say(
            f"growth, {kind}: {sizes[0].clients:,} clients with {small.counts['candidates']:,} due: "
            f"{small.total(*STAGES)}; {sizes[1].clients:,} clients with {large.counts['candidates']:,} due: "
            f"{large.total(*STAGES)}; ratio {_seconds(large) / _seconds(small):.2f} by processor time (at most 1.2)"
        )


def _measure(kind: str, size: Size, kept: str) -> Measured:
    with fresh_copy(kind, size) as url:
        return measured("benchmarks.day", url, DAY.isoformat(), kept)


def _seconds(done: Measured) -> float:
    return done.total(*STAGES).cpu
