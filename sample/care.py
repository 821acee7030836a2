"""The demo's complaints: the ticks of the last days, so that the desk has cases that run and tasks to do."""

from datetime import UTC, date, datetime, time, timedelta

from programme.care.tick import quarters_between
from programme.words.dates import AMSTERDAM
from tasks.base.workspace import Workspace
from tasks.care.tick import run_tick
from tasks.mail.render import Renderer

DAYS = 4  # of ticks
UNTIL = time(10, 30)  # of the demo's day
EVERY = 4  # an hour between two ticks; a quarter is what the flow does


def play_care(workspace: Workspace, as_of: date) -> int:
    """Run the ticks up to the demo's morning, or to now where that is still to come; returns how many."""
    last = min(datetime.combine(as_of, UNTIL, AMSTERDAM), datetime.now(UTC).astimezone(AMSTERDAM))
    first = datetime.combine(as_of - timedelta(days=DAYS), time(8), AMSTERDAM)
    moments = quarters_between(first, last)[::EVERY]
    renderer = Renderer(workspace.programme, workspace.settings.base_url)
    for moment in moments:
        run_tick(workspace, renderer, moment)
    return len(moments)
