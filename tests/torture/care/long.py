"""The long torture of care: thousands of histories, many to a base, and faults that the laws must catch."""

import time
from collections import Counter
from collections.abc import Callable

from tests.torture.care.faults import FAULTS, catches
from tests.torture.care.history import play
from tests.torture.care.laws import LawBroken
from tests.torture.care.world import fresh

GROUPS = 50  # histories in one base


def torture_care(say: Callable[[str], None], histories: int, seed: int) -> int:
    """Returns how many things went wrong."""
    tally, began, bad, done = Counter[str](), time.monotonic(), 0, 0
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
