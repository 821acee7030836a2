"""The story of care: one tick, or the ticks of a range. It knows no Prefect."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.database.engine import reading
from programme.care.lines import moment_words
from programme.care.tick import quarter_before, quarters_between
from tasks.base.workspace import Workspace
from tasks.care import tick
from tasks.care.acting.opening_acts import read_last_tick
from tasks.care.cases.store import CareRefused
from tasks.care.telling import read_lines
from tasks.care.tick import TickDone
from tasks.mail.renderers import renderer_of
from tasks.runs.outside.to_staff import StaffMailer

ABROAD = timedelta(hours=1)  # a tick that mails people lies no further from now


@dataclass(frozen=True)
class CareSteps:
    """The steps; by default the plain functions, which say what each does."""

    tick: Callable[..., TickDone] = tick.run_tick


PLAIN = CareSteps()


def run_care(
    steps: CareSteps, workspace: Workspace, first: datetime, last: datetime, now: datetime, dry_run: bool
) -> list[TickDone]:
    """Run every tick from `first` to `last`; both count as the quarter hour at or before them.

    A dry run of a range works out each tick on the state that the ticks before it found, so it shows the first well
    and the others roughly.

    Raises:
        CareRefused: before the last tick; or more than an hour from now while mails leave the machine.
        DeliveryStopped: the ticks so far are done, and the next one sends what waits.
    """
    first, last = quarter_before(first), quarter_before(last)
    if last < first:
        raise CareRefused(f"{moment_words(last)} lies before {moment_words(first)}")
    _check(workspace, first, last, now)
    renderer = renderer_of(workspace)
    mailers: dict[str, StaffMailer] = {}
    return [
        steps.tick(workspace, renderer, at, dry_run=dry_run, mailers=mailers) for at in quarters_between(first, last)
    ]


def told_at(workspace: Workspace, moment: datetime) -> list[TickDone]:
    """What the tick at or before a moment did, as it was written down."""
    at = quarter_before(moment)
    with reading(workspace.engine) as connection:
        return [TickDone(at, tuple(read_lines(connection, at)))]


def _check(workspace: Workspace, first: datetime, last: datetime, now: datetime) -> None:
    with reading(workspace.engine) as connection:
        known = read_last_tick(connection)
    if known and first < known and known > now + ABROAD:
        raise CareRefused(
            f"the last tick is of {moment_words(known)}, which has not come: this machine's clock was ahead, or a "
            'later time was played. No complaint is followed until then; see docs/operations.md, "The clock was wrong"'
        )
    if known and first < known:
        raise CareRefused(
            f"{moment_words(first)} lies before the last tick, {moment_words(known)}; "
            "what did not run is not made up for: the next tick finds what is left"
        )
    leaves = workspace.settings.delivery != "outbox"
    if leaves and max(abs(now - first), abs(now - last)) > ABROAD:
        raise CareRefused(
            f"{moment_words(first)} lies more than an hour from now, and mails would leave the machine; "
            "set BOUWCLUB_DELIVERY=outbox to look at another time"
        )
