"""Step (6) of a tick: the daily look of a working day, which ends with the digest."""

from sqlalchemy import Connection

from programme.care.lines import Line
from programme.care.tick import Tick


def take_daily_look(connection: Connection, tick: Tick) -> list[Line]:
    """Make, cancel and expire the tasks of the day, then queue each owner's digest.

    The tick calls it once a working day, after the cases; `long_open` is the tick's own.
    """
    return []
