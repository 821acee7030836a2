"""Health over time: a row only when a client's health changed, and who fell a band."""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, delete, func, select

from models.database.bulk import batches, insert_rows
from models.database.engine import reading, writing
from models.database.given import in_values
from models.tables import health_snapshots
from programme.care.health import Band
from programme.terms.schema import Programme
from tasks.clients.health import ROWS_A_TIME, ClientHealth, stream_health

COLUMNS = ("client_id", "day", "score", "band", "indicators")
WORST_LAST = tuple(Band)


class Fall(NamedTuple):
    """A client whose band is worse than it was."""

    client_id: str
    was: Band
    now: Band


def keep_snapshots(engine: Engine, programme: Programme, day: date) -> int:
    """Write the health of every client whose health differs from the last snapshot; returns how many were written.

    Safe to run twice. Snapshots are those of one day after another: none is written before a later one.
    """
    written = 0
    with reading(engine) as connection:
        latest = connection.scalar(select(func.max(health_snapshots.c.day)))
        if latest is not None and latest > day:
            return 0
        for part in batches(_changes(connection, programme, day), ROWS_A_TIME):
            with writing(engine) as other:
                written += _write(other, part, day)
    return written


def read_falls(connection: Connection, first: date, last: date) -> list[Fall]:
    """Who has a worse band at `last` than at the day before `first`, by client id; who had none before is not told."""
    own = health_snapshots.c
    changed = select(own.client_id).where(own.day.between(first, last))
    place = func.row_number().over(partition_by=own.client_id, order_by=own.day.desc())

    def standing(*when: Any) -> Any:
        found = select(own.client_id, own.band, place.label("place")).where(own.client_id.in_(changed), *when)
        return found.subquery()

    now, was = standing(own.day <= last), standing(own.day < first)
    query = (
        select(now.c.client_id, was.c.band.label("was"), now.c.band.label("now"))
        .join_from(now, was, was.c.client_id == now.c.client_id)
        .where(now.c.place == 1, was.c.place == 1)
        .order_by(now.c.client_id)
    )
    falls = (Fall(row.client_id, Band(row.was), Band(row.now)) for row in connection.execute(query))
    return [fall for fall in falls if WORST_LAST.index(fall.now) > WORST_LAST.index(fall.was)]


def _changes(connection: Connection, programme: Programme, day: date) -> Iterator[ClientHealth]:
    """Those whose health is not that of their last snapshot, merged in the order of the clients."""
    kept = iter(connection.execute(_last_snapshots(day), execution_options={"yield_per": ROWS_A_TIME}))
    row: Any = next(kept, None)
    for health in stream_health(connection, programme, day):
        while row is not None and row.client_id < health.client_id:
            row = next(kept, None)
        known = row if row is not None and row.client_id == health.client_id else None
        if known is None or (known.score, known.indicators) != (health.score, ",".join(health.indicators)):
            yield health


def _last_snapshots(day: date) -> Any:
    own, earlier = health_snapshots.c, health_snapshots.alias("of_client")
    latest = select(func.max(earlier.c.day)).where(earlier.c.client_id == own.client_id, earlier.c.day <= day)
    columns = select(own.client_id, own.score, own.indicators)
    return columns.where(own.day == latest.scalar_subquery()).order_by(own.client_id)


def _write(connection: Connection, part: list[ClientHealth], day: date) -> int:
    """Those of the day itself are written anew: the day's facts may have come in later."""
    ids = [health.client_id for health in part]
    own = health_snapshots.c
    connection.execute(delete(health_snapshots).where(in_values(own.client_id, ids), own.day == day))
    rows = [(each.client_id, day, each.score, each.band.value, ",".join(each.indicators)) for each in part]
    return insert_rows(connection, health_snapshots, COLUMNS, rows)
