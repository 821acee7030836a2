"""Step (6) of a tick: the daily look of a working day, which ends with the digest."""

from sqlalchemy import Connection

from programme.care.lines import Line
from programme.care.tick import Tick
from tasks.care.people.digest import queue_digests
from tasks.care.people.signals.daily import daily_signals
from tasks.care.people.signals.ending import end_tasks
from tasks.care.people.signals.making import make_tasks


def take_daily_look(connection: Connection, tick: Tick) -> list[Line]:
    """Cancel, expire and make the tasks of the day, then queue each owner's digest.

    The tick calls it once a working day, after the cases; `long_open` is the tick's own.
    """
    end_tasks(connection, tick)
    clock = tick.clock
    made = make_tasks(
        connection,
        tick,
        daily_signals(connection, tick),
        lambda days: clock.closing(clock.working_day_after(tick.day, days)),
    )
    return [*made, *queue_digests(connection, tick)]
