"""The long torture of care: thousands of histories, many to a base, and faults that the laws must catch."""

import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine

from cli.printing.care import lines_as_json
from flows.drill import run_drill
from tests.tasks.care.playing import FIRST, LAST, differences, example_workspace, read_events, read_lines
from tests.torture.care.faults import FAULTS, catches
from tests.torture.care.history import play
from tests.torture.care.laws import LawBroken
from tests.torture.care.world import fresh

GROUPS = 50  # histories in one base


def torture_care(say: Callable[[str], None], fresh_engine: Callable[[str], Engine], histories: int, seed: int) -> int:
    """Returns how many things went wrong."""
    tally, began, bad, done = Counter[str](), time.monotonic(), 0, 0
    for kind in ("sqlite", "postgresql"):
        engine = fresh_engine(kind)
        with tempfile.TemporaryDirectory() as folder:
            differs = play_example(engine, Path(folder))
        engine.dispose()
        say(f"care, {kind}: the worked example differs in {len(differs)} lines {differs[:3] or ''}")
        bad += len(differs)
    while done < histories:
        try:
            with fresh(GROUPS, seed + done) as world:
                tally += play(world, GROUPS, seed + done)
        except LawBroken as broken:
            bad += 1
            say(f"care: BROKEN: {broken}")
        done += GROUPS
        if done % (10 * GROUPS) == 0:
            say(f"care: {done:,} histories, {_told(tally)}")
    missed = [fault for fault in FAULTS if not catches(fault)]
    say(f"care: {done:,} histories, {_told(tally)}; broken: {bad}; {time.monotonic() - began:,.0f} s")
    say(f"care: seeded faults caught: {len(FAULTS) - len(missed)} of {len(FAULTS)} {missed or ''}")
    return bad + len(missed)


def _told(tally: Counter[str]) -> str:
    names = ("opened", "joined", "closed", "missed", "mail", "phone", "task")
    refused = sum(times for name, times in tally.items() if name.endswith("refused"))
    return ", ".join(f"{tally[f'told {name}']:,} {name}" for name in names) + f", {refused:,} refused"


def play_example(engine: Engine, folder: Path) -> list[str]:
    """The worked example, whole, on this database; returns what differs."""
    done = run_drill(example_workspace(engine, folder), read_events(), FIRST, LAST)
    return differences(lines_as_json(done), read_lines())
